#include "projections/rollback_proof.hpp"

#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_plan.hpp"
#include "projections/rollback_steps.hpp"
#include "projections/verification.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

/// One rollback of a pool with its users to before they moved, written as it would be; `change` may
/// falsify its events first.
Verification rolled_back(const std::function<void(v1::StoredEvent&)>& change = {}) {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 3);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    const Position target = estate.position();
    estate.done({enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com"),
                 enter_coexistence("user:user2@contoso.com")});
    auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then);
    PlanRequest request{estate.replica.fleet, *then, side_by_side(),
                        {{1}, {2}, {3}, {4}}, false, {}};
    const RollbackPlan plan = plan_rollback(request);
    REQUIRE(plan.executable());
    REQUIRE(plan.items.size() == 3);
    RollbackStamp stamp;
    stamp.id = "r1";
    stamp.actor = "dana";
    const auto commits = rollback_commits(plan, estate.replica.fleet, stamp, false);
    REQUIRE(commits);
    for (std::vector<v1::StoredEvent> events : *commits) {
        const auto completed = [&](const Fleet& before, v1::StoredEvent& event) -> Result<void> {
            if (event.has_rollback_finished()) {
                const Hash digest = decided_digest(before, plan.scope);
                event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
            }
            if (change) change(event);
            return {};
        };
        const auto appended = estate.writer.append(events, completed);
        REQUIRE_MESSAGE(appended, appended.error().message);
    }
    auto found = verify_log(*estate.replica.log);
    REQUIRE(found);
    return std::move(*found);
}

bool says(const Verification& found, std::string_view part) {
    for (const Discrepancy& each : found.discrepancies)
        if (each.what.find(part) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("the digests of a rollback are recomputed and found right") {
    const Verification found = rolled_back();
    for (const Discrepancy& each : found.discrepancies) FAIL_CHECK(each.what);
    CHECK(found.verdict == Integrity::intact);
    CHECK(found.rollback_digests == 2);
    CHECK(to_text(found).find("2 digests of rollbacks recomputed") != std::string::npos);
}

TEST_CASE("a rollback that restored something else than it says is found") {
    const Verification found = rolled_back([](v1::StoredEvent& event) {
        if (event.has_restored() && event.entity() == 2)
            event.mutable_restored()->set_lifecycle(v1::STATE_COEXIST_TEST);
    });
    CHECK(found.verdict == Integrity::inconsistent);
    CHECK(says(found, "and its target has"));
}

TEST_CASE("a rollback that claims another digest of its target is found") {
    const Verification found = rolled_back([](v1::StoredEvent& event) {
        if (event.has_rollback_started())
            event.mutable_rollback_started()->set_digest(std::string(32, 'x'));
    });
    CHECK(found.verdict == Integrity::inconsistent);
    CHECK(says(found, "states digest 7878"));
}

TEST_CASE("a rollback that claims another digest of its end is found") {
    const Verification found = rolled_back([](v1::StoredEvent& event) {
        if (event.has_rollback_finished())
            event.mutable_rollback_finished()->set_digest(std::string(32, 'x'));
    });
    CHECK(found.verdict == Integrity::inconsistent);
    CHECK(says(found, "states digest 7878"));
}

TEST_CASE("a scope of entities that were never registered is named and not written out") {
    const Verification found = rolled_back([](v1::StoredEvent& event) {
        if (!event.has_rollback_started()) return;
        event.mutable_rollback_started()->clear_scope();
        event.mutable_rollback_started()->add_scope(1);
        event.mutable_rollback_started()->add_scope(std::uint64_t{1} << 40);
    });
    CHECK(says(found, "names entities that are not registered"));
}

TEST_CASE("a rollback that ends without a beginning, or looks ahead of itself, is named") {
    CHECK(says(rolled_back([](v1::StoredEvent& event) {
                   if (event.has_rollback_finished())
                       event.mutable_rollback_finished()->set_rollback("r2");
               }),
               "rollback r2 finishes here and never started"));
    CHECK(says(rolled_back([](v1::StoredEvent& event) {
                   if (event.has_rollback_started())
                       event.mutable_rollback_started()->set_target(4711);
               }),
               "names a target after itself"));
}

}  // namespace ferry::test
