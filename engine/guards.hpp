#pragma once
/// Guards: the named conditions on transitions. Each looks at the state the command is decided
/// against and, where it fails, says why and what would make it pass. Pure; any thread that may
/// read the fleet.
#include "engine/fleet.hpp"
#include "engine/pack.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

enum class Guard : std::uint8_t {
    successor_named,
    checks_passed,
    coexistence_verified,
    pilot_ran,
    members_moved,
    approved,
    pool_in_coexistence,
    pool_in_pilot,
    pool_in_production,
    pool_retired,
    compatible,
    order_respected,
    no_move_in_flight,
    already_registered,
    pool_not_retired,
    label_unused,
    rollback_in_progress,
};

/// `pool-in-pilot`.
std::string_view name_of(Guard guard);

struct FailedGuard {
    Guard guard;
    std::string reason;
};

/// What a guard looks at.
struct GuardContext {
    const Fleet& fleet;
    const Pack& pack;
    EntityNumber number;
    v1::Action action;
    std::string_view actor;

    const Entity& entity() const { return fleet.at(number); }
    /// A member's pool; a pool itself.
    EntityNumber pool() const {
        return entity().is_member() ? EntityNumber{entity().pool} : number;
    }
};

/// Nothing where the guard holds, else why not and what would make it pass.
std::optional<std::string> failure(Guard guard, const GuardContext& context);

/// Do all the coexistence checks of the pack have PASS as their latest outcome on this pool.
bool coexistence_holds(const Fleet& fleet, const Pack& pack, EntityNumber pool);

}  // namespace ferry
