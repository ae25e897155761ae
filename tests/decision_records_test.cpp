// What is recorded and what follows from it: coexistence, compatibility, clients, marks, approvals.
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";
constexpr const char* user = "user:user1@contoso.com";
constexpr const char* application = "application:rgs";
constexpr const char* four[] = {"services-started", "site-administrable",
                                "clients-reach-current-users", "clients-reach-legacy-users"};

v1::State coexistence(const Estate& estate) { return estate.entity(pool).knowledge; }

void pass_all(Estate& estate, const char* id = pool) {
    for (const char* name : four) estate.done(check(id, name));
}

}  // namespace

TEST_CASE("coexistence is verified once all four checks pass, and not before") {
    Estate estate;
    estate.done({add_pool("ocs01"), enter_coexistence(pool)});
    for (const char* name : four) {
        CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_UNVERIFIED);
        estate.done(check(pool, name));
    }
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("entering coexistence looks at what is already recorded") {
    Estate estate;
    estate.done(add_pool("ocs01"));
    pass_all(estate);
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_UNVERIFIED);
    const auto entered = estate.done(enter_coexistence(pool));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
    // Two events of one command: its answer is the last of them.
    CHECK(entered.position() == estate.position().value);
    CHECK(entered.version() == estate.entity(pool).version);
}

TEST_CASE("a failure leaves unverified unverified, and degrades what was verified") {
    Estate estate;
    estate.done({add_pool("ocs01"), enter_coexistence(pool), check(pool, four[0], "FAIL")});
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_UNVERIFIED);
    pass_all(estate);
    for (const char* outcome : {"FAIL", "INCONCLUSIVE"}) {
        CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
        estate.done(check(pool, four[2], outcome));
        CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
        estate.done(check(pool, four[1], outcome));
        estate.done(check(pool, four[2]));
        CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
        estate.done(check(pool, four[1]));
    }
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
    estate.done(check(pool, "legacy-operational", "FAIL"));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("degraded coexistence stops the pilot of a member and names the pool's check") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done({enter_coexistence(user), check(pool, four[3], "INCONCLUSIVE")});
    const auto refused = estate.give(start_pilot(user));
    CHECK(failed_guards(refused) == Names{"coexistence-verified"});
    const std::string reason = reason_of(refused, "coexistence-verified");
    CHECK(says(reason, "coexistence of pool:ocs01 is degraded"));
    CHECK(says(reason, "clients-reach-legacy-users (INCONCLUSIVE at position"));
    CHECK(says(reason, "ferry check pool:ocs01 CHECK pass"));
    estate.done({check(pool, four[3]), start_pilot(user)});
}

TEST_CASE("after the pilot, coexistence keeps its last value") {
    Estate estate;
    estate.with_pool("ocs01", 0);
    estate.bring_pool_to("ocs01", v1::STATE_PRODUCTION);
    estate.done(check(pool, four[0], "FAIL"));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("the latest outcome counts, whichever deployment it looked at") {
    Estate estate;
    estate.done({add_pool("ocs01"), enter_coexistence(pool)});
    pass_all(estate);
    v1::Command on_successor = check(pool, four[0], "FAIL");
    on_successor.mutable_record_check()->set_deployment("successor");
    estate.done(on_successor);
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
    on_successor.mutable_record_check()->set_outcome("PASS");
    estate.done(on_successor);
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("an application is compatible by PASS, incompatible by FAIL, and stays by INCONCLUSIVE") {
    Estate estate;
    estate.with_pool("ocs01", 0);
    estate.done(add_application("rgs", "ocs01"));
    const auto after = [&](const char* outcome, const char* name = "application-compatible") {
        estate.done(check(application, name, outcome));
        return v1::State(estate.entity(application).knowledge);
    };
    CHECK(after("INCONCLUSIVE") == v1::STATE_COMPATIBILITY_UNVERIFIED);
    CHECK(after("PASS", "something-else") == v1::STATE_COMPATIBILITY_UNVERIFIED);
    CHECK(after("FAIL") == v1::STATE_INCOMPATIBLE);
    CHECK(after("PASS") == v1::STATE_COMPATIBLE);
    CHECK(after("PASS") == v1::STATE_COMPATIBLE);
    estate.bring_pool_to("ocs01", v1::STATE_COEXIST_TEST);
    estate.done({enter_coexistence(application), start_pilot(pool), start_pilot(application),
                 promote(pool)});
    CHECK(after("INCONCLUSIVE") == v1::STATE_COMPATIBLE);
    const auto refused = estate.give(promote(application));
    CHECK(failed_guards(refused) == Names{"compatible"});
    CHECK(says(reason_of(refused, "compatible"), "application-compatible (INCONCLUSIVE"));
    CHECK(after("FAIL") == v1::STATE_INCOMPATIBLE);
    CHECK(after("PASS") == v1::STATE_COMPATIBLE);
    estate.done({promote(application), check(application, "application-compatible", "FAIL"),
                 retire(application)});
}

TEST_CASE("a user is upgraded while any newer client is known") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto after = [&](const char* client, bool gone = false) {
        estate.done(observe_client(user, client, gone));
        return v1::State(estate.entity(user).knowledge);
    };
    CHECK(after("communicator-2007-r2") == v1::STATE_LEGACY_CLIENT);
    CHECK(after("lync-2013") == v1::STATE_UPGRADED_CLIENT);
    CHECK(after("lync-2010") == v1::STATE_UPGRADED_CLIENT);
    CHECK(after("lync-2013") == v1::STATE_UPGRADED_CLIENT);
    CHECK(after("lync-2013", true) == v1::STATE_UPGRADED_CLIENT);
    CHECK(after("lync-2010", true) == v1::STATE_LEGACY_CLIENT);
    CHECK(after("skype-for-business-2016") == v1::STATE_UPGRADED_CLIENT);
    CHECK(after("never-seen", true) == v1::STATE_UPGRADED_CLIENT);
    for (const char* old : {"communicator-2007", "live-meeting-2007", "attendant-2007-r2"})
        CHECK_FALSE(side_by_side().is_newer(old));
    for (const char* newer : {"lync-2010", "lync-2016", "skype-for-business-2019", "teams"})
        CHECK(side_by_side().is_newer(newer));
}

TEST_CASE("clients and meetings belong to users alone") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_application("rgs", "ocs01"));
    for (const char* id : {pool, application}) {
        CHECK(estate.give(observe_client(id, "lync-2013")).outcome() == "INVALID");
        CHECK(estate.give(observe_meeting(id, "m-1", "lync-2013")).outcome() == "INVALID");
    }
    estate.done({observe_meeting(user, "m-1", "lync-2010"),
                 observe_meeting(user, "m-2", "lync-2013"),
                 observe_meeting(user, "m-1", "lync-2013")});
    const auto slot = static_cast<std::uint32_t>(estate.number(user).value);
    CHECK(estate.replica.fleet.meetings.at(slot).size() == 2);
    CHECK(estate.entity(user).knowledge == v1::STATE_LEGACY_CLIENT);
}

TEST_CASE("the latest policy of each sort is kept, of users alone") {
    Estate estate;
    estate.with_pool("ocs01", 0);
    estate.done({add_user("user1@contoso.com", "ocs01"), observe_policy(user, "voice", "paris"),
                 observe_policy(user, "client", "standard"), observe_policy(user, "voice", "")});
    const auto slot = static_cast<std::uint32_t>(estate.number(user).value);
    const auto& policies = estate.replica.fleet.policies.at(slot);
    REQUIRE(policies.size() == 2);
    CHECK(estate.replica.fleet.texts.text(policies[1].policy) == "voice");
    CHECK(estate.replica.fleet.texts.text(policies[1].name).empty());
    CHECK(estate.give(observe_policy(pool, "voice", "paris")).outcome() == "INVALID");
}

TEST_CASE("checks, observations and approvals are taken in every state, and again and again") {
    Estate estate;
    estate.with_pool("ocs01", 0);
    estate.done(add_user("user1@contoso.com", "ocs01", "production"));
    estate.bring_pool_to("ocs01", v1::STATE_PRODUCTION);
    estate.done({promote(user), approve_retirement(pool), retire(pool), retire(user)});
    for (int i = 0; i < 2; ++i)
        estate.done({check(pool, "services-started"), check(user, "anything"),
                     observe_client(user, "lync-2013"), observe_meeting(user, "m-1", "lync-2013"),
                     observe_policy(user, "voice", "paris"), approve_retirement(pool),
                     approve_retirement(user)});
}

TEST_CASE("a check given for a site is recorded on each of its pools and on nothing else") {
    Estate estate;
    estate.done({add_pool("ocs01"), add_pool("ocs02"), add_user("user1@contoso.com", "ocs01"),
                 enter_coexistence(pool)});
    for (const char* name : four) estate.done(check("site:paris", name));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
    CHECK(estate.entity("pool:ocs02").knowledge == v1::STATE_COEXISTENCE_UNVERIFIED);
    estate.done(enter_coexistence("pool:ocs02"));
    CHECK(estate.entity("pool:ocs02").knowledge == v1::STATE_COEXISTENCE_VERIFIED);
    CHECK(estate.entity(user).version == 1);
    estate.done(check("site:paris", four[1], "FAIL"));
    for (const char* id : {pool, "pool:ocs02"})
        CHECK(estate.entity(id).knowledge == v1::STATE_COEXISTENCE_DEGRADED);
}

TEST_CASE("a check for a site that one commit cannot hold is invalid and says how to give it") {
    Estate estate;
    std::vector<v1::Command> pools;
    for (int i = 0; i < 120; ++i) pools.push_back(add_pool(fmt::format("ocs{}", i)));
    estate.give_all(pools);
    v1::Command heavy = check("site:paris", "services-started");
    heavy.mutable_record_check()->set_evidence(std::string(4096, 'e'));
    heavy.set_reason(std::string(4096, 'r'));
    const auto refused = estate.give(heavy);
    CHECK(refused.outcome() == "INVALID");
    CHECK(says(refused.message(), "120 pools"));
    CHECK(says(refused.message(), "give the check pool by pool"));
    heavy.mutable_record_check()->set_evidence("sha256:1f");
    heavy.set_reason("weekly");
    estate.done(heavy);
    CHECK(estate.entity("pool:ocs119").version == 2);
    pools.clear();
    for (int i = 120; i < 501; ++i) pools.push_back(add_pool(fmt::format("ocs{}", i)));
    estate.give_all(pools);
    CHECK(estate.give(check("site:paris", "services-started")).outcome() == "INVALID");
}

TEST_CASE("a label marks one position, and is not used twice") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto marked = estate.done(mark("before wave 1"));
    CHECK(marked.version() == 3);
    CHECK(estate.replica.fleet.label("before wave 1") == Position{marked.position()});
    const auto refused = estate.give(mark("before wave 1"));
    CHECK(failed_guards(refused) == Names{"label-unused"});
    CHECK(says(reason_of(refused, "label-unused"), "choose another"));
    estate.done(mark("before wave 2"));
    CHECK_FALSE(estate.replica.fleet.label("before wave 3"));
}

}  // namespace ferry::test
