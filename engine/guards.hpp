#pragma once
/// Guards: the named conditions on transitions. Each looks at the state the command is decided
/// against and, where it fails, says why and what would make it pass. Pure; any thread that may
/// read the fleet.
#include "engine/fleet.hpp"
#include "engine/guard_names.hpp"
#include "engine/pack.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

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
    Time recorded{};  ///< when the step would be recorded; the fleet's own time where not given

    const Entity& entity() const { return fleet.at(number); }
    Time now() const { return std::max(recorded, fleet.recorded); }
    /// A member's pool; a pool itself.
    EntityNumber pool() const {
        return entity().is_member() ? EntityNumber{entity().pool} : number;
    }
};

/// Nothing where the guard holds, else why not and what would make it pass.
std::optional<std::string> failure(Guard guard, const GuardContext& context);

/// The same for the guards of waves.
std::optional<std::string> wave_failure(Guard guard, const GuardContext& context);

/// What the pack asks of a step beyond its row of the transition table: checks, order, approvals,
/// limits and guards that it names, as far as `of_row` does not have them already.
std::vector<FailedGuard> pack_failures(const GuardContext& context, std::span<const Guard> of_row);

/// Does the check have PASS as its latest outcome, on the deployment that the pack wants looked at.
bool passes(const Fleet& fleet, const Pack& pack, EntityNumber number, std::string_view check);

/// Whether any client seen at the user is one that the legacy system does not have.
bool has_newer_client(const Fleet& fleet, const Pack& pack, EntityNumber user);

/// Do all the coexistence checks of the pack have PASS as their latest outcome on this pool.
bool coexistence_holds(const Fleet& fleet, const Pack& pack, EntityNumber pool);

}  // namespace ferry
