#pragma once
/// What differs between two moments of one site: per entity, and summed over all of them. Decided
/// state is what a rollback sets back; observed facts are not (design.md section 7). Pure.
#include "engine/fleet.hpp"

#include <map>
#include <optional>
#include <span>

namespace ferry {

struct FieldChange {
    std::string field;   ///< `lifecycle`, `home`, `client`, `check services-started`, …
    std::string before;  ///< empty where there was none
    std::string after;
    bool decided = false;
};

struct EntityDifference {
    EntityNumber number;
    std::string entity;
    bool registered_between = false;  ///< it is known at the later moment alone
    std::uint64_t events = 0;         ///< between the two
    std::vector<FieldChange> changes;
};

/// How many entities made one change: `lifecycle`, `legacy`, `pilot`.
struct ChangeKind {
    std::string field;
    std::string before;
    std::string after;
    bool decided = false;
    friend auto operator<=>(const ChangeKind&, const ChangeKind&) = default;
};

struct Difference {
    Position from;
    Position to;
    std::vector<EntityDifference> entities;  ///< those that differ, by number
    std::map<ChangeKind, std::uint64_t> sums;
    std::uint64_t registered = 0;
};

/// Between `before` and `after`, which are moments of one log in either order. `scope` empty: every
/// entity. Observed facts are named one by one for each entity and not summed.
Difference difference(const Fleet& before, const Fleet& after,
                      std::span<const EntityNumber> scope = {});

}  // namespace ferry
