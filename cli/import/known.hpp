#pragma once
/// What Ferry knows already, as the import needs it. Plain structs, so that this half of the import
/// depends on nothing of the engine.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::intake {

enum class Kind { pool, user, application };

/// `pool`, `user` or `application`, as entity ids begin.
std::string_view name_of(Kind kind);

struct KnownPool {
    std::string name;
    std::string site;
    std::string successor;
};

/// Views must live until the resolution is done.
struct KnownMember {
    std::string_view site;
    std::string_view pool;
    std::string_view application_class;
    bool on_new_side = false;  ///< its home is the successor
    std::optional<bool> enabled;
    bool withdrawn = false;
};

struct Known {
    std::vector<KnownPool> pools;
    /// Looks up a user or an application by its bare name; may be left empty.
    std::function<std::optional<KnownMember>(Kind, std::string_view name)> member;
};

}  // namespace ferry::intake
