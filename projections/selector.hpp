#pragma once
/// SELECTOR of the command line: which entities are meant (design.md section 8).
///
///     user:alice@contoso.com      one entity; a bare address is a user
///     pool:NAME/*                 its members; /users or /applications for one kind
///     pool:NAME/5%                a share of its users, the same ones each time
///     5%                          the same, with Narrowing::pool
///     site:NAME/*                 every entity of a site; /pools, /users, /applications
///     @FILE                       one id or address a line; empty lines and lines after # say
///     nothing
///
/// Who was withdrawn is found only by id, unless asked for. A share is taken of the present,
/// enabled users of a pool in the order of the SHA-256 of their ids, rounded up: stable while users
/// come and go, and 5% is part of 10%. It is taken before narrowing, so `5%` with a state does not
/// creep on to other users. Pure, but for reading FILE. Errors: usage; bad_input with file:line for
/// a line of FILE; io.
#include "engine/fleet.hpp"
#include "events/error.hpp"

#include <span>

namespace ferry {

/// What is not set narrows nothing. An id that is given in full is narrowed too.
struct Narrowing {
    std::optional<v1::Kind> kind = {};
    std::optional<v1::State> lifecycle = {};
    std::string application_class = {};
    std::string pool = {};  ///< a bare name: members of this pool only, and where a share is taken
    /// Wildcards find them too, and who was released: a rollback may concern them.
    bool with_withdrawn = false;
};

/// `site` is the index of the fleet that the entity belongs to.
struct Selected {
    std::size_t site = 0;
    EntityNumber number;
    friend auto operator<=>(const Selected&, const Selected&) = default;
};

/// In the order given (FILE), of the hashes (share) or of registration (wildcards); none twice.
Result<std::vector<Selected>> select(std::span<const Fleet* const> fleets,
                                     std::string_view selector, const Narrowing& narrowing = {});

/// Of one site.
Result<std::vector<EntityNumber>> select(const Fleet& fleet, std::string_view selector,
                                         const Narrowing& narrowing = {});

}  // namespace ferry
