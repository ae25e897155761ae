// Who belongs to the estate: registering, what an import finds, leaving, coming back, corrections.
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";
constexpr const char* user = "user:user1@contoso.com";

v1::Command register_user(std::string_view found = "", std::string_view in_pool = "ocs01") {
    return add_user("user1@contoso.com", in_pool, found);
}

v1::Command correct(std::string_view entity, std::string_view field, std::string_view value) {
    v1::Command command = ask(entity);
    command.mutable_correct()->set_field(std::string(field));
    command.mutable_correct()->set_value(std::string(value));
    command.mutable_correct()->set_evidence("sha256:1f");
    return command;
}

void retire_pool(Estate& estate) { estate.bring_pool_to("ocs01", v1::STATE_RETIRED); }

}  // namespace

TEST_CASE("what exists is not registered again, and the refusal says where it is") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto refused = estate.give(register_user());
    CHECK(failed_guards(refused) == Names{"already-registered"});
    CHECK(says(reason_of(refused, "already-registered"), "in site paris, in legacy"));
    CHECK(failed_guards(estate.give(add_pool("ocs01"))) == Names{"already-registered"});
}

TEST_CASE("a registration into an unknown pool or another site is invalid") {
    Estate estate;
    CHECK(estate.give(register_user()).outcome() == "INVALID");
    CHECK(estate.store->size() == 0);
    estate.done(add_pool("ocs01"));
    CHECK(says(estate.give(register_user("", "ocs02")).message(), "register the pool first"));
    v1::Command elsewhere = register_user();
    elsewhere.mutable_register_()->set_site("rome");
    CHECK(says(estate.give(elsewhere).message(), "site `rome` is not the site of this log"));
    CHECK(says(estate.give(add_pool("p", "n", "rome")).message(), "which is `paris`"));
}

TEST_CASE("who is found on the new side stands where the pool says, at home with the successor") {
    Estate estate;
    estate.done(add_pool("ocs01", "lync01"));
    const auto found_in = [&](v1::State expected, std::string_view name) {
        estate.done(add_user(name, "ocs01", "production"));
        const std::string id = "user:" + std::string(name);
        CHECK(estate.entity(id).lifecycle == expected);
        CHECK(estate.replica.fleet.home(estate.number(id)) == "lync01");
        CHECK(estate.entity(id).exempt);
    };
    CHECK_FALSE(estate.entity(pool).pilot_ran);
    found_in(v1::STATE_PILOT, "a@contoso.com");
    CHECK(estate.entity(pool).pilot_ran);
    estate.bring_pool_to("ocs01", v1::STATE_PRODUCTION);
    found_in(v1::STATE_PRODUCTION, "b@contoso.com");
    CHECK(failed_guards(estate.give(enter_coexistence("user:a@contoso.com"))) ==
          Names{"NO_TRANSITION"});
    estate.done({promote("user:a@contoso.com"), approve_retirement(pool), retire(pool)});
    CHECK_FALSE(estate.entity("user:a@contoso.com").exempt);
    found_in(v1::STATE_PRODUCTION, "c@contoso.com");
}

TEST_CASE("nobody is found on the new side of a pool that names no successor") {
    Estate estate;
    estate.done(add_pool("ocs01", ""));
    CHECK(failed_guards(estate.give(register_user("pilot"))) == Names{"successor-named"});
    estate.done(register_user("legacy"));
}

TEST_CASE("a retired pool takes no legacy member, neither new nor coming back") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(withdraw(user));
    retire_pool(estate);
    const auto refused = estate.give(register_user());
    CHECK(failed_guards(refused) == Names{"pool-not-retired"});
    CHECK(says(reason_of(refused, "pool-not-retired"), "register into the pool that serves"));
    CHECK(failed_guards(estate.give(add_application("rgs", "ocs01"))) == Names{"pool-not-retired"});
    CHECK(possible_now(estate.give(promote(user))) == Names{"register"});
    estate.done(register_user("production"));
}

TEST_CASE("who left comes back as legacy, with what is known and into any pool of the site") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_pool("ocs02", "lync02"));
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done({enter_coexistence(user), start_pilot(user), observe_client(user, "lync-2013")});
    CHECK(estate.replica.fleet.members({1}).users[v1::STATE_PILOT] == 1);
    estate.done(withdraw(user));
    CHECK(estate.replica.fleet.members({1}).users[v1::STATE_PILOT] == 0);
    const auto back = estate.done(register_user("", "ocs02"));
    CHECK(back.version() == estate.entity(user).version);
    CHECK(estate.entity(user).lifecycle == v1::STATE_LEGACY);
    CHECK(estate.entity(user).present());
    CHECK(estate.entity(user).knowledge == v1::STATE_UPGRADED_CLIENT);
    CHECK(estate.replica.fleet.home(estate.number(user)) == "ocs02");
    const EntityNumber second = estate.number("pool:ocs02");
    CHECK(estate.replica.fleet.members(second).users[v1::STATE_LEGACY] == 1);
    CHECK(estate.replica.fleet.members({1}).users[v1::STATE_LEGACY] == 0);
}

TEST_CASE("who left may be found on the new side, and counts for the pilot") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done({withdraw(user), register_user("pilot")});
    CHECK(estate.entity(user).lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity(pool).pilot_ran);
}

TEST_CASE("withdrawn, nothing is recorded, observed or approved") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(withdraw(user));
    for (const v1::Command& command :
         {check(user, "x"), observe_client(user, "lync-2013"), observe_meeting(user, "m", "c"),
          approve_retirement(user), withdraw(user), correct(user, "enabled", "false")})
        CHECK(possible_now(estate.give(command)) == Names{"register"});
}

TEST_CASE("a correction of the side puts a member where its pool is, or back to legacy") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(correct(user, "side", "new"));
    CHECK(estate.entity(user).lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity(user).exempt);
    CHECK(estate.entity(pool).pilot_ran);
    estate.done(correct(user, "side", "legacy"));
    CHECK(estate.entity(user).lifecycle == v1::STATE_LEGACY);
    CHECK_FALSE(estate.entity(user).exempt);
    CHECK(estate.replica.fleet.home(estate.number(user)) == "ocs01");
    CHECK(estate.give(correct(user, "side", "middle")).outcome() == "INVALID");
}

TEST_CASE("a correction of the pool never leaves a member in a state that its new pool denies") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_pool("ocs02", "lync02"));
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done(enter_coexistence(user));
    SUBCASE("still on the legacy side it is legacy there") {
        estate.done(correct(user, "pool", "ocs02"));
        CHECK(estate.entity(user).lifecycle == v1::STATE_LEGACY);
    }
    SUBCASE("on the new side it is as if found there") {
        estate.done({start_pilot(user), promote(pool), promote(user)});
        estate.done(correct(user, "pool", "ocs02"));
        CHECK(estate.entity(user).lifecycle == v1::STATE_PILOT);
        CHECK(estate.entity(user).exempt);
        CHECK(estate.entity("pool:ocs02").pilot_ran);
        CHECK(estate.replica.fleet.home(estate.number(user)) == "lync02");
    }
    CHECK(estate.give(correct(user, "pool", "ocs03")).outcome() == "INVALID");
}

TEST_CASE("a correction that a retired pool or a missing successor forbids is refused") {
    Estate estate;
    estate.done({add_pool("ocs02", ""), add_pool("ocs01"), register_user("", "ocs02")});
    estate.bring_pool_to("ocs01", v1::STATE_RETIRED);
    CHECK(failed_guards(estate.give(correct(user, "pool", "ocs01"))) == Names{"pool-not-retired"});
    CHECK(failed_guards(estate.give(correct(user, "side", "new"))) == Names{"successor-named"});
}

TEST_CASE("successor, class and enabled are corrected where there is such a thing") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_application("rgs", "ocs01"));
    estate.done({correct(pool, "successor", "lync09"), correct(user, "enabled", "false"),
                 correct("application:rgs", "class", "exchange-um")});
    CHECK(estate.replica.fleet.successor(estate.number(pool)) == "lync09");
    CHECK(estate.entity(user).disabled);
    CHECK(estate.give(correct(user, "successor", "x")).outcome() == "INVALID");
    CHECK(estate.give(correct(pool, "class", "x")).outcome() == "INVALID");
    CHECK(estate.give(correct(pool, "pool", "ocs01")).outcome() == "INVALID");
    CHECK(estate.give(correct(user, "enabled", "maybe")).outcome() == "INVALID");
}

}  // namespace ferry::test
