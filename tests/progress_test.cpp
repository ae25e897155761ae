#include "projections/progress.hpp"

#include "engine/evolve.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("progress counts by kind and lifecycle, withdrawn and disabled apart") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 4);
    v1::Command disabled = add_user("off@contoso.com", "ocs01.contoso.com");
    disabled.mutable_register_()->set_disabled(true);
    estate.done({disabled, add_application("rgs", "ocs01.contoso.com"),
                 add_application("dialin", "ocs01.contoso.com"), withdraw("user:user4@contoso.com"),
                 withdraw("application:dialin"),
                 observe_client("user:user1@contoso.com", "lync-2013"),
                 check("application:rgs", "application-compatible")});
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com")});
    const Progress progress = progress_of(estate.replica.fleet);
    CHECK(progress.site == "paris");
    CHECK(progress.position == estate.position());
    CHECK(progress.users.present == 4);
    CHECK(progress.users.in(v1::STATE_LEGACY) == 3);
    CHECK(progress.users.in(v1::STATE_PILOT) == 1);
    CHECK(progress.users.withdrawn == 1);
    CHECK(progress.users.disabled == 1);
    CHECK(progress.applications.present == 1);
    CHECK(progress.applications.withdrawn == 1);
    CHECK(progress.pools.in(v1::STATE_PILOT) == 1);
    CHECK(progress.coexistence_verified == 1);
    CHECK(progress.upgraded_clients == 1);
    CHECK(progress.compatible == 1);
}

TEST_CASE("pools are listed by name, each with its own members") {
    Estate estate;
    estate.with_pool("ocs02.contoso.com", 3);
    estate.done({add_pool("ocs01.contoso.com", "lync01.contoso.com"),
                 add_user("x@contoso.com", "ocs01.contoso.com", "production"),
                 add_application("rgs", "ocs02.contoso.com")});
    const Progress progress = progress_of(estate.replica.fleet);
    REQUIRE(progress.by_pool.size() == 2);
    const PoolProgress& first = progress.by_pool.front();
    CHECK(first.name == "ocs01.contoso.com");
    CHECK(first.successor == "lync01.contoso.com");
    CHECK(first.lifecycle == v1::STATE_LEGACY);
    CHECK(first.coexistence == v1::STATE_COEXISTENCE_UNVERIFIED);
    CHECK(first.pilot_ran);
    CHECK(first.users.present == 1);
    CHECK(progress.by_pool.back().users.in(v1::STATE_LEGACY) == 3);
    CHECK(progress.by_pool.back().applications.present == 1);
}

TEST_CASE("an open move and a failed one are counted until they are settled") {
    Pack pack = side_by_side();
    pack.transfer = Transfer::confirmed;
    Estate estate(1, pack);
    estate.with_pool("ocs01.contoso.com", 2);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    for (const std::string user : {"user:user1@contoso.com", "user:user2@contoso.com"})
        estate.done({enter_coexistence(user), start_pilot(user)});
    CHECK(progress_of(estate.replica.fleet).users.moving == 2);
    v1::Command report = ask("user:user2@contoso.com");
    const auto number = static_cast<std::uint32_t>(estate.number(report.entity()).value);
    report.mutable_report_move()->set_move(estate.replica.fleet.moves.at(number).move);
    report.mutable_report_move()->set_outcome("FAILED");
    estate.done(report);
    const Progress progress = progress_of(estate.replica.fleet);
    CHECK(progress.users.moving == 1);
    CHECK(progress.users.failed == 1);
    CHECK(progress.by_pool.front().users.moving == 1);
}

TEST_CASE("a rollback that is half-way is shown with what it closes") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 3);
    v1::StoredEvent started;
    started.mutable_rollback_started()->set_rollback("r1");
    started.mutable_rollback_started()->set_target(4);
    // Two numbers are left out, then two are in.
    started.mutable_rollback_started()->add_scope(2);
    started.mutable_rollback_started()->add_scope(2);
    evolve(estate.replica.fleet, estate.position().next(), estate.clock.now(), started);
    const Progress progress = progress_of(estate.replica.fleet);
    REQUIRE(progress.rollbacks.size() == 1);
    CHECK(progress.rollbacks.front().id == "r1");
    CHECK(progress.rollbacks.front().target == Position{4});
    CHECK(progress.rollbacks.front().closed == 2);
    CHECK(estate.entity("user:user1@contoso.com").closed);
}

TEST_CASE("progress agrees with the counts that guards look at") {
    for (const std::uint64_t seed : seeds(20)) {
        INFO("seed " << seed);
        Estate estate(seed);
        estate.with_pool("ocs0.contoso.com", 2);
        RandomHistory(seed).play(estate, 200);
        for (const PoolProgress& pool : progress_of(estate.replica.fleet).by_pool) {
            const PoolCounts& counts = estate.replica.fleet.members(pool.number);
            for (std::size_t state = 0; state < 6; ++state) {
                CHECK(pool.users.lifecycles[state] == counts.users[state]);
                CHECK(pool.applications.lifecycles[state] == counts.applications[state]);
            }
            CHECK(pool.users.moving + pool.applications.moving == counts.moving);
        }
    }
}

TEST_CASE("a log without any event has no progress to show") {
    const Progress progress = progress_of(Fleet());
    CHECK(progress.by_pool.empty());
    CHECK(progress.users.present == 0);
}

}  // namespace ferry::test
