#pragma once
/// Commands tried on a copy of a fleet in memory, by the same decisions that a writer makes and
/// with nothing written anywhere: who would be refused and why, what would be lost, what the way
/// back would cost, and who could not talk to whom. One thread.
#include "engine/decision.hpp"
#include "projections/move_impact.hpp"
#include "projections/rollback_plan.hpp"

#include <map>

namespace ferry {

/// A fleet of its own, equal to `fleet`.
Fleet copy_of(const Fleet& fleet);

/// Those who would have been refused by one guard.
struct RefusedGroup {
    std::size_t count = 0;
    std::string entity;  ///< the first
    std::string reason;  ///< its
};

/// Users who could not talk, or for whom nobody has shown that they can.
struct Apart {
    std::string who;     ///< one user, or the users of a pool
    std::string reason;  ///< with what would put it right
};

struct WhatIfResult {
    std::size_t decisions = 0;
    std::size_t moved = 0;  ///< entities that would be further on
    std::size_t refused = 0;
    std::map<std::string, RefusedGroup> refusals;  ///< by guard
    std::string holds;  ///< why a wave would not be done, where it is not
    std::vector<StaysBehind> lost;
    std::vector<Apart> apart;
    RollbackPlan way_back;
};

class WhatIf {
public:
    /// `now` is copied; `pack` decides until the fleet's own does, and both must outlive this.
    /// `at` is when it would be recorded.
    WhatIf(const Fleet& now, const Pack& pack, std::string actor, Time at);

    /// Decided and folded in. The command needs no id.
    v1::CommandResult give(v1::Command command);
    /// As `give`; what is refused is counted.
    bool try_out(v1::Command command);
    /// Starts the wave where it has not run, and steps it to its end: as if all that it waits for
    /// came in time, and every move succeeded.
    void run_wave(EntityNumber wave);
    /// Sets back what the plan says, and asks nobody.
    void set_back(const RollbackPlan& plan);

    /// What it all came to for `scope`, which is compared with the fleet as it was. Who was to
    /// come to `to` and is neither there nor moving has not moved, however far the way.
    WhatIfResult finish(std::span<const EntityNumber> scope, v1::State to = {});

    const Fleet& fleet() const { return fleet_; }

private:
    const Pack& pack() const { return pack_in_force(fleet_, program_pack_); }
    v1::Command command(EntityNumber entity) const;
    void refuse(const std::string& guard, std::string_view entity, const std::string& reason);
    void take_failures();
    bool report_moves(const WaveState& wave);
    /// False where no time will bring anything.
    bool let_time_pass(const WaveState& wave);

    const Fleet& before_;
    Fleet fleet_;
    const Pack& program_pack_;
    std::string actor_;
    Draft draft_;
    WhatIfResult result_;
};

/// Who of `scope` could not talk to others, as the fleet stands after it was `before`. The sides of
/// a pool count as they were on the way, too: while its last users move, the first are there
/// already.
std::vector<Apart> who_is_apart(const Fleet& before, const Fleet& fleet, const Pack& pack,
                                std::span<const EntityNumber> scope);

}  // namespace ferry
