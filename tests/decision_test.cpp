// What a lifecycle command is answered: done, refused with every reason, no transition, conflict.
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";
constexpr const char* user = "user:user1@contoso.com";
constexpr const char* application = "application:rgs";

v1::Command expecting(v1::Command command, std::string_view version) {
    command.set_expected_version(std::string(version));
    return command;
}

}  // namespace

TEST_CASE("a pool and its members go all the way, and the answer says where each event stands") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_application("rgs", "ocs01"));
    CHECK(estate.position() == Position{5});
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    const auto before = estate.position();
    const auto entered = estate.done(enter_coexistence(user));
    CHECK(entered.position() == before.value + 1);
    CHECK(entered.version() == 2);
    estate.done({start_pilot(user), promote(pool), promote(user),
                 check(application, "application-compatible"), promote(application),
                 retire(application), approve_retirement(pool), retire(pool), retire(user)});
    for (const char* id : {pool, user, application})
        CHECK(estate.entity(id).lifecycle == v1::STATE_RETIRED);
}

TEST_CASE("a pool without a successor is told how to name one") {
    Estate estate;
    estate.done(add_pool("ocs01", ""));
    const auto refused = estate.give(enter_coexistence(pool));
    CHECK(failed_guards(refused) == Names{"successor-named"});
    CHECK(says(reason_of(refused, "successor-named"), "--accept-drift"));
}

TEST_CASE(
    "a pool that is asked to start its pilot too early hears of every check that is missing") {
    Estate estate;
    estate.done({add_pool("ocs01"), enter_coexistence(pool), check(pool, "services-started"),
                 check(pool, "site-administrable", "INCONCLUSIVE"),
                 check(pool, "clients-reach-current-users", "FAIL")});
    const auto refused = estate.give(start_pilot(pool));
    CHECK(failed_guards(refused) == Names{"checks-passed", "coexistence-verified"});
    const std::string reason = reason_of(refused, "checks-passed");
    CHECK_FALSE(says(reason, "services-started"));
    CHECK(says(reason, "site-administrable (INCONCLUSIVE at position"));
    CHECK(says(reason, "clients-reach-current-users (FAIL at position"));
    CHECK(says(reason, "clients-reach-legacy-users (never recorded)"));
    CHECK(says(reason, "ferry check pool:ocs01 CHECK pass"));
    CHECK(says(reason_of(refused, "coexistence-verified"), "unverified"));
}

TEST_CASE("a pool is not promoted before some member was in the pilot or none is left to be") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    const auto refused = estate.give(promote(pool));
    CHECK(failed_guards(refused) == Names{"pilot-ran"});
    CHECK(says(reason_of(refused, "pilot-ran"), "1 are still before it"));
    SUBCASE("a member reached pilot") {
        estate.done({enter_coexistence(user), start_pilot(user), promote(pool)});
    }
    SUBCASE("the last member before the pilot left") {
        estate.done({withdraw(user), promote(pool)});
    }
    SUBCASE("another came from an import already moved") {
        estate.done({add_user("found@contoso.com", "ocs01", "production"), promote(pool)});
    }
    SUBCASE("a member that reached pilot and left has still been there") {
        estate.done({enter_coexistence(user), start_pilot(user), withdraw(user),
                     add_user("user2@contoso.com", "ocs01"), promote(pool)});
    }
}

TEST_CASE("a pool's promotion also asks for the three checks that do not make coexistence") {
    Estate estate;
    estate.with_pool("ocs01", 0);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done(check(pool, "features-verified", "FAIL"));
    CHECK(estate.entity(pool).knowledge == v1::STATE_COEXISTENCE_VERIFIED);
    const auto refused = estate.give(promote(pool));
    CHECK(failed_guards(refused) == Names{"checks-passed"});
    CHECK(says(reason_of(refused, "checks-passed"), "features-verified (FAIL"));
}

TEST_CASE("a pool is retired once its members moved and a second named person agreed") {
    Estate estate;
    estate.with_pool("ocs01", 2);
    estate.done(add_application("rgs", "ocs01"));
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done({enter_coexistence(user), start_pilot(user), promote(pool), promote(user)});
    const auto early = estate.give(retire(pool));
    CHECK(failed_guards(early) == Names{"members-moved", "approved"});
    CHECK(says(reason_of(early, "members-moved"), "1 user not in production, 1 application not"));
    CHECK(says(reason_of(early, "approved"), "ferry approve pool:ocs01 retire"));

    v1::Command own = approve_retirement(pool);
    own.set_actor("dana");
    v1::Command unsigned_one = approve_retirement(pool);
    unsigned_one.set_actor("");
    v1::Command other_action = approve_retirement(pool);
    other_action.mutable_approve()->set_action("promote");
    estate.done({promote("user:user2@contoso.com"), withdraw(application), own, unsigned_one,
                 other_action});
    CHECK(failed_guards(estate.give(retire(pool))) == Names{"approved"});
    estate.done({approve_retirement(pool), approve_retirement(pool), retire(pool)});
    CHECK(estate.replica.fleet.approvals.at(1).size() == 1);  // the one for another action
    estate.done({retire(user), retire("user:user2@contoso.com")});
}

TEST_CASE("a member is refused with every guard on its pool that failed") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_application("rgs", "ocs01"));
    CHECK(failed_guards(estate.give(enter_coexistence(user))) == Names{"pool-in-coexistence"});
    CHECK(failed_guards(estate.give(promote(user))) == Names{"pool-in-production"});
    const auto refused = estate.give(promote(application));
    CHECK(failed_guards(refused) == Names{"pool-in-production", "compatible"});
    CHECK(says(reason_of(refused, "compatible"), "application-compatible (never recorded)"));
    CHECK(says(reason_of(refused, "pool-in-production"), "pool:ocs01 is in legacy"));
    estate.done({enter_coexistence(pool), enter_coexistence(user)});
    CHECK(failed_guards(estate.give(start_pilot(user))) ==
          Names{"pool-in-pilot", "coexistence-verified"});
}

TEST_CASE("a command that no row takes lists what is possible, by JSON name") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CHECK(possible_now(estate.give(promote(pool))) == Names{"enterCoexistence"});
    CHECK(possible_now(estate.give(retire(user))) ==
          Names{"enterCoexistence", "promote", "withdraw"});
    CHECK(possible_now(estate.give(withdraw(pool))) == Names{"enterCoexistence"});
    estate.done(withdraw(user));
    const auto gone = estate.give(promote(user));
    CHECK(possible_now(gone) == Names{"register"});
    CHECK(says(gone.message(), "withdrawn"));
}

TEST_CASE("who is in production is not withdrawn, and who is retired does nothing more") {
    Estate estate;
    estate.done({add_pool("ocs01"), add_user("user1@contoso.com", "ocs01", "production")});
    estate.bring_pool_to("ocs01", v1::STATE_PRODUCTION);
    estate.done(promote(user));
    CHECK(possible_now(estate.give(withdraw(user))) == Names{"retire"});
    estate.done({approve_retirement(pool), retire(pool), retire(user)});
    CHECK(possible_now(estate.give(promote(user))) == Names{});
    CHECK(possible_now(estate.give(enter_coexistence(pool))) == Names{});
}

TEST_CASE("an entity that nobody registered is invalid, and nothing is written") {
    Estate estate;
    CHECK(estate.give(promote(user)).outcome() == "INVALID");
    CHECK(estate.give(mark("x")).outcome() == "INVALID");
    CHECK(estate.store->size() == 0);
    estate.with_pool("ocs01", 0);
    const auto position = estate.position();
    const auto unknown = estate.give(promote(user));
    CHECK(unknown.outcome() == "INVALID");
    CHECK(says(unknown.message(), "unknown entity `user:user1@contoso.com`; register it first"));
    CHECK(says(estate.give(mark("x", "rome")).message(), "site `rome` has no log yet"));
    CHECK(estate.position() == position);
}

TEST_CASE("a conflict carries the actual version and the events in between, oldest first") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(
        {enter_coexistence(pool), enter_coexistence(user), observe_client(user, "lync-2013")});
    const auto conflict = estate.give(expecting(withdraw(user), "1"));
    CHECK(conflict.outcome() == "CONFLICT");
    CHECK(conflict.version() == 4);
    REQUIRE(conflict.events_size() == 3);
    CHECK(conflict.events(0).type() == "Transitioned");
    CHECK(conflict.events(0).to() == "coexist-test");
    CHECK(conflict.events(0).entity() == user);
    CHECK(conflict.events(1).type() == "ClientObserved");
    CHECK(conflict.events(2).to() == "upgraded-client");
    for (int i = 0; i < 3; ++i) CHECK(conflict.events(i).version() == std::uint64_t(i) + 2);
    // A version that is yet to come is a conflict too, with nothing in between.
    const auto ahead = estate.give(expecting(withdraw(user), "9"));
    CHECK(ahead.outcome() == "CONFLICT");
    CHECK(ahead.events_size() == 0);
    CHECK(estate.give(expecting(withdraw(user), "none")).events_size() == 4);
    estate.done({expecting(withdraw(user), "4")});
    CHECK(estate.done(expecting(add_user("user2@contoso.com", "ocs01"), "none")).version() == 1);
}

TEST_CASE("a conflict inside one batch tells of events that are not in the log yet") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto results =
        estate.give_all({enter_coexistence(pool), enter_coexistence(user),
                         expecting(withdraw(user), "1"), expecting(withdraw(user), "2")});
    CHECK(results[2].outcome() == "CONFLICT");
    REQUIRE(results[2].events_size() == 1);
    CHECK(results[2].events(0).to() == "coexist-test");
    CHECK(results[3].outcome() == "DONE");
}

TEST_CASE("what exists and what does not can be asked for") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CHECK(estate.give(expecting(add_user("new@contoso.com", "ocs01"), "exists")).outcome() ==
          "CONFLICT");
    const auto again = estate.give(expecting(add_user("user1@contoso.com", "ocs01"), "none"));
    CHECK(again.outcome() == "CONFLICT");
    CHECK(again.version() == 1);
    CHECK(estate.give(expecting(mark("a"), "7")).outcome() == "CONFLICT");
    CHECK(estate.give(expecting(mark("a"), "2")).outcome() == "DONE");
    estate.done(expecting(withdraw(user), "exists"));
}

TEST_CASE("what is in the scope of an unfinished rollback says so beside its other reasons") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    v1::StoredEvent started;
    started.mutable_rollback_started()->set_rollback("r1");
    started.mutable_rollback_started()->add_scope(1);
    started.mutable_rollback_started()->add_scope(2);  // a run: the pool and its user
    REQUIRE(estate.writer.append(std::span(&started, 1)).has_value());
    CHECK(failed_guards(estate.give(promote(user))) ==
          Names{"pool-in-production", "rollback-in-progress"});
    CHECK(failed_guards(estate.give(observe_client(user, "lync-2013"))) ==
          Names{"rollback-in-progress"});
    CHECK(failed_guards(estate.give(check("site:paris", "services-started"))) ==
          Names{"rollback-in-progress"});
    CHECK(failed_guards(estate.give(add_user("user2@contoso.com", "ocs01"))) ==
          Names{"rollback-in-progress"});
    // Where no row stands there is nothing that a guard could refuse.
    CHECK(possible_now(estate.give(retire(user))) ==
          Names{"enterCoexistence", "promote", "withdraw"});
    v1::StoredEvent ended;
    ended.mutable_rollback_abandoned()->set_rollback("r1");
    REQUIRE(estate.writer.append(std::span(&ended, 1)).has_value());
    estate.done(enter_coexistence(pool));
}

}  // namespace ferry::test
