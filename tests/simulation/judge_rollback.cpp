// What a rollback must be: exact, over several sites closed everywhere before anything is set back,
// to the place that a cut names, and never across a change of owner.
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_plan.hpp"
#include "tests/simulation/judge.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

/// By nothing but the fields; a move in flight does not come back.
bool stands_as(const Entity& now, const Entity& then) {
    const bool settled = then.transfer == v1::STATE_MOVING || now.transfer == then.transfer;
    return now.lifecycle == then.lifecycle && now.presence == then.presence &&
           now.on_new_side == then.on_new_side && now.pilot_ran == then.pilot_ran &&
           (!now.is_member() || settled);
}

bool names_these(const Cut& cut, const v1::RollbackStarted& started) {
    return std::ranges::all_of(started.cut(), [&](const v1::SiteTarget& target) {
        return std::ranges::any_of(cut.places, [&](const CutAt& place) {
            return place.site == target.site() && place.position.value == target.target();
        });
    });
}

}  // namespace

bool SiteJudge::moved_since(EntityNumber number, Position position) const {
    const auto moved = home_moved_.find(number.value);
    return moved != home_moved_.end() && moved->second > position;
}

void SiteJudge::planned(std::span<const EntityNumber> scope, Position target, bool executable) {
    const bool moved = std::ranges::any_of(
        scope, [&](EntityNumber number) { return moved_since(number, target); });
    if (!moved) return;
    ++world_.totals[Count::kept_owners];
    demand(!executable, site_, ": a rollback to ", std::to_string(target.value),
           " would cross a change of owner");
}

void SiteJudge::judge_start(const v1::RollbackStarted& started) {
    Scope& scope = rollbacks_[started.rollback()];
    scope.target = {started.target()};
    scope.entities =
        numbers_of({started.scope().data(), static_cast<std::size_t>(started.scope_size())});
    for (const v1::SiteTarget& target : started.cut()) scope.sites.push_back(target.site());
    for (const EntityNumber number : scope.entities)
        demand(!moved_since(number, scope.target), site_, ": rollback ", started.rollback(),
               " has somebody in its scope who came after its target");
    if (scope.sites.empty()) return;
    const auto& cuts = campaign_.campaign()->cuts;
    demand(std::ranges::any_of(cuts, [&](const Cut& cut) { return names_these(cut, started); }),
           site_, ": rollback ", started.rollback(), " goes to no cut");
    // Who asks for everything asks for those as well that left since, or came.
    for (const auto& [number, moved] : home_moved_)
        demand(started.selectors_size() > 0 || moved <= scope.target, site_, ": rollback ",
               started.rollback(), " crosses a change of owner at ", std::to_string(moved.value));
}

void SiteJudge::judge_restored(const v1::Restored& restored) {
    const auto scope = rollbacks_.find(restored.rollback());
    demand(scope != rollbacks_.end(), site_, ": something is set back by no rollback");
    for (const std::string& other : scope->second.sites)
        demand(other == site_ || campaign_.site(other).closed_for(restored.rollback()), site_,
               ": rollback ", restored.rollback(), " sets back before ", other, " is closed");
}

void SiteJudge::judge_rollback(const v1::RollbackFinished& finished) {
    ++world_.totals[Count::rollbacks];
    const auto scope = rollbacks_.find(finished.rollback());
    demand(scope != rollbacks_.end(), site_, ": a rollback ends that never began");
    const auto then = fleet_as_of(*replica_.log, scope->second.target);
    demand(then.has_value(), site_, ": cannot be folded as of a rollback's target");
    demand(decided_digest(replica_.fleet, scope->second.entities) ==
               decided_digest(*then, scope->second.entities),
           site_, ": rollback ", finished.rollback(), " is not exact");
    for (const EntityNumber number : scope->second.entities)
        demand(stands_as(replica_.fleet.at(number), then->at(number)), site_, ": rollback ",
               finished.rollback(), " leaves ", std::string(then->id(number)), " otherwise");
    if (!scope->second.sites.empty()) ++world_.totals[Count::joint_shares];
}

}  // namespace ferry::simulation
