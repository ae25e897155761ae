#pragma once
/// A command that was understood: what can be said about it without looking at any state. What is
/// wrong here is wrong for ever, and the line it stood on is a bad line.
#include "engine/entity.hpp"
#include "events/error.hpp"
#include "ferry/v1/command.pb.h"

#include <string>

namespace ferry {

/// The version a caller expects its entity to have.
struct Expected {
    enum class Kind { any, none, exists, exactly } kind = Kind::any;
    Version version;
    bool met_by(Version actual) const;
};

struct HomeEvidence;  // engine/home_evidence.hpp

/// Borrowed from the command it was made of; valid as long as that is.
struct Request {
    const v1::Command* command = nullptr;
    v1::Action action = v1::ACTION_UNSPECIFIED;
    v1::Kind kind = v1::KIND_UNSPECIFIED;  ///< unspecified for `site:NAME`
    std::string_view name;                 ///< of the entity, without the kind
    Expected expected;
    std::uint64_t digest = 0;  ///< first eight bytes of SHA-256 of what is asked, big-endian
    /// What the logs say about an entity that changes its home; null where nobody has looked.
    const HomeEvidence* evidence = nullptr;
    /// What it was made of stands here now.
    void borrow_from(const v1::Command& moved);
    bool is_site() const { return kind == v1::KIND_UNSPECIFIED; }
};

/// Of the name of an entity or a site, and of what else is named.
constexpr std::size_t name_bytes_max = 512;
/// Of the id of a command, and of what is told apart by such ids.
constexpr std::size_t id_bytes_max = 128;

/// Errc::bad_input, with what is wrong and what would be right.
Result<Request> understand(const v1::Command& command);

/// `user:alice@contoso.com` → kind and name, or what is wrong with it. KIND_UNSPECIFIED: a site.
struct EntityName {
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::string_view name;
};
Result<EntityName> parse_entity(std::string_view id);

inline std::unexpected<Error> bad_request(std::string message) {
    return fail(Errc::bad_input, std::move(message));
}

/// A label may not look like a time or a position.
Result<void> check_label(std::string_view label);

}  // namespace ferry
