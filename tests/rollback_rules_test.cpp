// What random histories found once: rollbacks that broke a standing rule half-way, shrunk to the
// steps that matter.
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_plan.hpp"
#include "projections/rollback_steps.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/standing_rules.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

const std::string pool = "pool:ocs01.contoso.com";

RollbackPlan plan_to(Estate& estate, Position target, std::vector<EntityNumber> scope) {
    const auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then.has_value());
    return plan_rollback({estate.replica.fleet, *then, side_by_side(), std::move(scope), false,
                          std::vector<EntityNumber>{estate.number(pool)}});
}

/// Commits of two events each; a step that must stand together may be larger.
RollbackCommits commits_of(const Estate& estate, const RollbackPlan& plan) {
    auto commits =
        rollback_commits(plan, estate.replica.fleet, {"r1", "dana", "", {}, {}, false}, false, 2);
    REQUIRE(commits.has_value());
    return std::move(*commits);
}

void run_all(Estate& estate, const RollbackPlan& plan, RollbackCommits commits) {
    for (std::vector<v1::StoredEvent>& events : commits) {
        const auto completed = [&](const Fleet& before, v1::StoredEvent& event) -> Result<void> {
            if (!event.has_rollback_finished()) return {};
            const Hash digest = decided_digest(before, plan.scope);
            CHECK(digest == plan.digest);
            event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
            return {};
        };
        REQUIRE(estate.writer.append(events, completed).has_value());
        for (const std::string& broken : broken_rules(estate.replica.fleet)) FAIL_CHECK(broken);
    }
}

v1::Command correct_pool(std::string_view user, std::string_view to) {
    v1::Command command = ask(user);
    command.mutable_correct()->set_field("pool");
    command.mutable_correct()->set_value(std::string(to));
    return command;
}

}  // namespace

TEST_CASE("retired users leave a retired pool's end state before the pool does") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 6);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com")});
    const Position target = estate.position();
    estate.done(promote(pool));
    for (const EntityNumber number : {EntityNumber{2}, {3}, {4}, {5}, {6}, {7}})
        estate.done(promote(estate.replica.fleet.id(number)));
    estate.done({approve_retirement(pool), retire(pool)});
    estate.done({retire("user:user1@contoso.com"), retire("user:user2@contoso.com"),
                 retire("user:user3@contoso.com")});
    const RollbackPlan plan = plan_to(estate, target, {{1}, {2}, {3}, {4}, {5}, {6}, {7}});
    REQUIRE(plan.executable());
    const RollbackCommits commits = commits_of(estate, plan);
    CHECK(commits.size() > 4);
    run_all(estate, plan, commits);
    CHECK(estate.entity(pool).lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity("user:user1@contoso.com").lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity("user:user2@contoso.com").lifecycle == v1::STATE_LEGACY);
}

TEST_CASE("a pool does not move while a withdrawn member of it is on its way back") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 4);
    const Position target = estate.position();
    estate.done({withdraw("user:user1@contoso.com"), withdraw("user:user2@contoso.com"),
                 withdraw("user:user3@contoso.com")});
    const RollbackPlan plan = plan_to(estate, target, {{2}, {3}, {4}});
    REQUIRE(plan.executable());
    RollbackCommits commits = commits_of(estate, plan);
    REQUIRE(commits.size() > 2);
    REQUIRE(estate.writer.append(commits.front()).has_value());
    const v1::CommandResult refused = estate.give(enter_coexistence(pool));
    CHECK(refused.outcome() == "REFUSED");
    CHECK(failed_guards(refused).contains("rollback-in-progress"));
    commits.erase(commits.begin());
    run_all(estate, plan, std::move(commits));
    CHECK(estate.give(check(pool, "services-started")).outcome() == "DONE");
}

TEST_CASE("nobody is corrected into a pool that an open rollback will set back") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 3);
    estate.done({add_pool("ocs02.contoso.com"), add_user("zoe@contoso.com", "ocs02.contoso.com")});
    const Position target = estate.position();
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), enter_coexistence("user:user2@contoso.com")});
    const RollbackPlan plan = plan_to(estate, target, {{1}, {2}, {3}, {4}});
    REQUIRE(plan.executable());
    RollbackCommits commits = commits_of(estate, plan);
    REQUIRE(commits.size() > 2);
    REQUIRE(estate.writer.append(commits.front()).has_value());
    const v1::CommandResult refused =
        estate.give(correct_pool("user:zoe@contoso.com", "ocs01.contoso.com"));
    CHECK(refused.outcome() == "REFUSED");
    CHECK(failed_guards(refused).contains("rollback-in-progress"));
}

TEST_CASE("a move that is under way keeps its pool where it must arrive, also of a found member") {
    Pack pack = side_by_side();
    pack.transfer = Transfer::confirmed;
    Estate estate(1, pack);
    estate.with_pool("ocs01.contoso.com", 1);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done(add_user("found@contoso.com", "ocs01.contoso.com", "pilot"));
    const Position target = estate.position();
    estate.done(promote(pool));
    estate.done(promote("user:found@contoso.com"));
    CHECK(estate.entity("user:found@contoso.com").transfer == v1::STATE_MOVING);
    const RollbackPlan plan = plan_to(estate, target, {{1}});
    REQUIRE(plan.left_behind.size() == 1);
    CHECK(plan.left_behind.front().entity == "user:found@contoso.com");
    CHECK(says(plan.left_behind.front().reason, "its move to production is open"));
}

}  // namespace ferry::test
