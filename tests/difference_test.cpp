#include "projections/difference.hpp"

#include "projections/as_of.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace ferry::test {
namespace {

Difference between(Estate& estate, Position from, Position to,
                   std::span<const EntityNumber> scope = {}) {
    const auto before = fleet_as_of(*estate.replica.log, from);
    const auto after = fleet_as_of(*estate.replica.log, to);
    REQUIRE(before);
    REQUIRE(after);
    return difference(*before, *after, scope);
}

const EntityDifference& of(const Difference& found, std::string_view entity) {
    const auto each = std::find_if(found.entities.begin(), found.entities.end(),
                                   [&](const auto& one) { return one.entity == entity; });
    REQUIRE(each != found.entities.end());
    return *each;
}

std::string change(const EntityDifference& of, std::string_view field) {
    for (const FieldChange& each : of.changes)
        if (each.field == field)
            return (each.decided ? "decided " : "observed ") + each.before + ">" + each.after;
    return "none";
}

}  // namespace

TEST_CASE("a difference names what was decided and what was observed of each entity") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    const Position from = estate.position();
    estate.done({enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com"),
                 observe_client("user:user1@contoso.com", "lync-2013"),
                 observe_meeting("user:user1@contoso.com", "m-1", "lync-2013"),
                 observe_policy("user:user1@contoso.com", "voice", "gold"),
                 check("pool:ocs01.contoso.com", "services-started", "FAIL"),
                 approve_retirement("pool:ocs01.contoso.com")});
    const Difference found = between(estate, from, estate.position());
    CHECK(found.from == from);
    CHECK(found.to == estate.position());
    REQUIRE(found.entities.size() == 2);
    CHECK(found.registered == 0);
    const EntityDifference& user = of(found, "user:user1@contoso.com");
    CHECK(user.events == 6);
    CHECK(change(user, "lifecycle") == "decided legacy>pilot");
    CHECK(change(user, "home") == "decided ocs01.contoso.com>new.contoso.com");
    CHECK(change(user, "client") == "observed legacy-client>upgraded-client");
    CHECK(change(user, "client lync-2013") == "observed >seen");
    CHECK(change(user, "meeting m-1") == "observed >made with lync-2013");
    CHECK(change(user, "policy voice") == "observed >gold");
    CHECK(change(user, "pool") == "none");
    const EntityDifference& pool = of(found, "pool:ocs01.contoso.com");
    CHECK(change(pool, "coexistence") == "decided verified>degraded");
    CHECK(change(pool, "pilot-ran") == "decided no>yes");
    CHECK(change(pool, "check services-started") == "observed PASS>FAIL");
    CHECK(change(pool, "approval to retire by erik") == "observed >given");
}

TEST_CASE("a wave is summed by the change that it made") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 5);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_COEXIST_TEST);
    const Position from = estate.position();
    for (int i = 1; i <= 3; ++i)
        estate.done(enter_coexistence("user:user" + std::to_string(i) + "@contoso.com"));
    const Difference found = between(estate, from, estate.position());
    CHECK(found.entities.size() == 3);
    REQUIRE(found.sums.size() == 1);
    CHECK(found.sums.at({"lifecycle", "legacy", "coexist-test", true}) == 3);
}

TEST_CASE("what was registered between is told apart, and the way back shows the same") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    const Position from = estate.position();
    estate.done(add_application("rgs-helpdesk", "ocs01.contoso.com"));
    for (const bool back : {false, true}) {
        const Difference found = back ? between(estate, estate.position(), from)
                                      : between(estate, from, estate.position());
        REQUIRE(found.entities.size() == 1);
        CHECK(found.registered == 1);
        CHECK(found.entities[0].registered_between);
        CHECK(found.entities[0].entity == "application:rgs-helpdesk");
        CHECK(found.sums.empty());
    }
}

TEST_CASE("a moment does not differ from itself, and a scope hides the others") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_COEXIST_TEST);
    const Position from = estate.position();
    CHECK(between(estate, from, from).entities.empty());
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), enter_coexistence("user:user2@contoso.com")});
    const EntityNumber scope[] = {estate.number("user:user2@contoso.com"), {4711}};
    const Difference found = between(estate, from, estate.position(), scope);
    REQUIRE(found.entities.size() == 1);
    CHECK(found.entities[0].entity == "user:user2@contoso.com");
}

}  // namespace ferry::test
