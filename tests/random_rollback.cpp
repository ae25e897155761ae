#include "tests/random_rollback.hpp"

#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_steps.hpp"
#include "tests/standing_rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace ferry::test {

namespace {

std::vector<EntityNumber> everything(const Fleet& fleet) {
    std::vector<EntityNumber> numbers;
    for (std::size_t number = 1; number < fleet.entities.size(); ++number)
        numbers.push_back({number});
    return numbers;
}

std::vector<EntityNumber> without(const std::vector<EntityNumber>& all,
                                  const std::vector<EntityNumber>& scope) {
    std::vector<EntityNumber> rest;
    std::set_difference(all.begin(), all.end(), scope.begin(), scope.end(),
                        std::back_inserter(rest));
    return rest;
}

std::vector<EntityNumber> random_scope(RandomHistory& history, const Fleet& fleet) {
    const auto all = everything(fleet);
    if (history.below(2) == 0) return all;
    std::vector<EntityNumber> scope;
    for (const EntityNumber number : all)
        if (history.below(3) != 0) scope.push_back(number);
    return scope;
}

/// Appends commits, and checks the standing rules after each.
void run(Estate& estate, const RollbackPlan& plan, RollbackCommits commits, std::size_t upto) {
    for (std::size_t i = 0; i < commits.size() && i < upto; ++i) {
        std::string events;
        for (const v1::StoredEvent& event : commits[i]) events += event.ShortDebugString() + "\n";
        INFO("commit " << i + 1 << " of " << commits.size() << " to " << plan.target.value << ":\n"
                       << events);
        const auto appended = estate.writer.append(
            commits[i], [&](const Fleet& fleet, v1::StoredEvent& event) -> Result<void> {
                if (!event.has_rollback_finished()) return {};
                const Hash digest = decided_digest(fleet, plan.scope);
                CHECK(digest == plan.digest);
                event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
                return {};
            });
        REQUIRE(appended.has_value());
        const auto broken = broken_rules(estate.replica.fleet);
        CHECK_MESSAGE(broken.empty(), (broken.empty() ? "" : broken.front()));
    }
}

RollbackPlan plan_to(Estate& estate, Position target, std::vector<EntityNumber> scope,
                     bool with_members, const Pack& pack) {
    const auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then.has_value());
    std::vector<EntityNumber> redeployed;
    for (const EntityNumber number : everything(estate.replica.fleet))
        if (estate.replica.fleet.at(number).kind == v1::KIND_POOL) redeployed.push_back(number);
    return plan_rollback(
        {estate.replica.fleet, *then, pack, std::move(scope), with_members, std::move(redeployed)});
}

}  // namespace

std::optional<RolledBack> roll_back_at_random(Estate& estate, RandomHistory& history,
                                              const Pack& pack) {
    if (estate.position().value < 4) return std::nullopt;
    const Position target{3 + history.below(estate.position().value - 2)};
    const auto scope = random_scope(history, estate.replica.fleet);
    RollbackPlan plan = plan_to(estate, target, scope, history.below(2) == 0, pack);
    auto outside = without(everything(estate.replica.fleet), plan.scope);
    Hash outside_before = decided_digest(estate.replica.fleet, outside);
    if (!plan.executable() || plan.items.empty()) return std::nullopt;
    const RollbackStamp stamp{
        "rb-" + std::to_string(estate.position().value), "dana", "test", {}, {}, false};
    const std::size_t events_max = history.below(2) == 0 ? commit_events_max : 4;
    auto commits = rollback_commits(plan, estate.replica.fleet, stamp, false, events_max);
    REQUIRE(commits.has_value());
    const std::size_t stop =
        history.below(2) == 0 ? commits->size() : 1 + history.below(commits->size());
    const std::size_t all = commits->size();
    run(estate, plan, std::move(*commits), stop);
    if (stop < all) {
        REQUIRE(estate.replica.fleet.rollbacks.size() == 1);
        const OpenRollback& open = estate.replica.fleet.rollbacks.front();
        CHECK(numbers_of(open.scope) == plan.scope);
        // Life goes on around a rollback that waits to be resumed.
        history.live(estate, 6);
        outside = without(everything(estate.replica.fleet), plan.scope);
        outside_before = decided_digest(estate.replica.fleet, outside);
        RollbackPlan rest = plan_to(estate, open.target, numbers_of(open.scope), false, pack);
        CHECK(rest.digest == plan.digest);
        auto more = rollback_commits(rest, estate.replica.fleet, stamp, true, events_max);
        REQUIRE(more.has_value());
        run(estate, rest, std::move(*more), more->size());
    }
    CHECK(estate.replica.fleet.rollbacks.empty());
    const auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then.has_value());
    CHECK(decided_digest(estate.replica.fleet, plan.scope) == decided_digest(*then, plan.scope));
    CHECK(decided_digest(estate.replica.fleet, outside) == outside_before);
    return RolledBack{plan.items.size(), stop < all};
}

}  // namespace ferry::test
