// Checks that grow old: their expiry is an event of the log like any other, appended before
// anything is decided at a time at which they no longer count.
#include "engine/writer.hpp"

#include <algorithm>

namespace ferry {

bool Writer::expiry_is_due() const {
    const bool never = std::ranges::all_of(
        pack().checks, [](const CheckRule& rule) { return rule.fresh.count() == 0; });
    if (never || replica_.fleet.position.value == 0) return false;
    if (!quiet_ || quiet_->pack != replica_.fleet.pack) return true;
    return quiet_->until && clock_.now() >= *quiet_->until;
}

void Writer::expire_checks() {
    const Position in_force = replica_.fleet.pack;
    const bool looked = quiet_ && quiet_->pack == in_force;
    if (looked && (!quiet_->until || draft_.recorded < *quiet_->until)) return;
    const StaleChecks stale = stale_checks(replica_.fleet, pack(), draft_.recorded);
    const v1::Command nobody;
    const Request unasked{&nobody, v1::ACTION_UNSPECIFIED, {}, {}, {}, 0};
    for (const StaleCheck& each : stale.due) {
        v1::CommandResult unheard;
        Decision(replica_.fleet, pack(), unasked, draft_, unheard)
            .expire_check(each.number, each.check);
        boundaries_.push_back(draft_.events.size());
    }
    quiet_ = Quiet{in_force, stale.quiet_until};
}

}  // namespace ferry
