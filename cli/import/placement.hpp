#pragma once
/// Which legacy pool a member belongs to, and on which side it stands.
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cli/import/dn.hpp"
#include "cli/import/known.hpp"
#include "cli/import/mapping.hpp"
#include "cli/import/pool_book.hpp"

namespace ferry::intake {

/// What an export says about one member.
struct Whereabouts {
    std::string_view member;          ///< bare name, lower case
    std::string_view registrar_pool;  ///< or the pool column of an application
    const HomeServer* home = nullptr;
};

struct Placed {
    const PoolEntry* pool = nullptr;
    bool on_new_side = false;
};

/// Why a member could not be placed.
struct Misplaced {
    bool mapping_helps = false;  ///< ambiguous: a person has to say which pool it is
    std::string what;
    std::string remedy;
};

using Placement = std::variant<Placed, Misplaced>;

/// Decides by the registrar pool first, because it names a host where a home server may give only
/// a number. What Ferry knows of a member settles what the export leaves open; a mapping comes
/// before both.
Placement place(const Whereabouts& whereabouts, const PoolBook& book, const Mapping& mapping,
                const std::optional<KnownMember>& known);

}  // namespace ferry::intake
