// The rules of a pack as guards: what a step is refused for, beyond the transition table.
#include "engine/pack_toml.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* ocs = "ocs01.contoso.com";
constexpr const char* pool = "pool:ocs01.contoso.com";
constexpr const char* user1 = "user:user1@contoso.com";
constexpr const char* user2 = "user:user2@contoso.com";

/// The default pack with more rules at its end.
Pack with(const std::string& more) {
    auto reading = read_pack(std::string(built_in_packs().front().toml) + more);
    REQUIRE(reading.pack);
    return std::move(*reading.pack);
}

std::string guards_of(const v1::CommandResult& result) {
    std::string guards;
    for (const auto& failed : result.failed_guards())
        guards += (guards.empty() ? "" : " ") + failed.guard();
    return guards;
}

std::string reason_of(const v1::CommandResult& result) {
    return result.failed_guards().empty() ? "" : result.failed_guards(0).reason();
}

v1::Command approve(const char* actor, std::string_view entity, std::string_view action) {
    v1::Command command = ask(entity);
    command.set_actor(actor);
    command.mutable_approve()->set_action(std::string(action));
    return command;
}

v1::Command check_of(std::string_view entity, std::string_view name, std::string_view side) {
    v1::Command command = check(entity, name);
    command.mutable_record_check()->set_deployment(std::string(side));
    return command;
}

}  // namespace

TEST_CASE("a check of the pool may be asked for before any of its users moves") {
    const Pack pack = with("[checks.user-replicator-30024]\n[[require]]\nkind = \"user\"\n"
                           "action = \"start-pilot\"\non = \"pool\"\n"
                           "checks = [\"user-replicator-30024\"]\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 2);
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done(enter_coexistence(user1));
    const auto refused = estate.give(start_pilot(user1));
    CHECK(guards_of(refused) == "checks-passed");
    CHECK(reason_of(refused) ==
          "not passed: user-replicator-30024 (never recorded); repeat each with `ferry check "
          "pool:ocs01.contoso.com CHECK pass`");
    estate.done(check(pool, "user-replicator-30024"));
    estate.done(start_pilot(user1));
}

TEST_CASE("a check may be asked for from one state and of one class alone") {
    const Pack pack = with("[checks.moved-well]\n[classes.mediation]\n"
                           "[[require]]\nkind = \"user\"\naction = \"promote\"\nfrom = \"pilot\"\n"
                           "checks = [\"moved-well\"]\n"
                           "[[require]]\nkind = \"application\"\naction = \"promote\"\n"
                           "class = \"mediation\"\nchecks = [\"moved-well\"]\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 2);
    estate.done({add_application("gateway", ocs, "mediation"), add_application("desk", ocs)});
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), start_pilot(user1)});
    estate.done({check("application:gateway", compatibility_check),
                 check("application:desk", compatibility_check), promote(pool)});
    CHECK(guards_of(estate.give(promote(user1))) == "checks-passed");
    estate.done(promote(user2));
    CHECK(guards_of(estate.give(promote("application:gateway"))) == "checks-passed");
    estate.done(promote("application:desk"));
    estate.done({check(user1, "moved-well"), promote(user1)});
    estate.done({check("application:gateway", "moved-well"), promote("application:gateway")});
}

TEST_CASE("a check counts only for the deployment that the pack wants looked at") {
    const Pack pack = with("[checks.backed-up]\ndeployment = \"legacy\"\n"
                           "[checks.both-run]\ndeployment = \"each\"\n[[require]]\n"
                           "kind = \"pool\"\naction = \"enter-coexistence\"\n"
                           "checks = [\"backed-up\", \"both-run\"]\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 0);
    estate.done(check_of(pool, "backed-up", "successor"));
    CHECK(reason_of(estate.give(enter_coexistence(pool)))
              .starts_with("not passed: backed-up of the legacy side (never recorded), both-run of "
                           "the legacy side (never recorded), both-run of the successor side"));
    // Who names no side is taken to have looked where the pack says.
    estate.done({check(pool, "backed-up"), check_of(pool, "both-run", "legacy")});
    CHECK(reason_of(estate.give(enter_coexistence(pool)))
              .starts_with("not passed: both-run of the successor side (never recorded)"));
    estate.done({check_of(pool, "both-run", "successor"), enter_coexistence(pool)});
}

TEST_CASE("a class waits for what the pack puts before it, in its pool or in the whole site") {
    const Pack pack =
        with("[classes.mediation]\n[classes.response-groups]\n"
             "[[order]]\nclass = \"response-groups\"\nafter = [\"users\"]\n"
             "[[order]]\nclass = \"mediation\"\nafter = [\"users\", "
             "\"response-groups\"]\nwithin = \"site\"\nreason = \"it cannot talk\"\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 1);
    estate.done({add_pool("ocs02.contoso.com"), add_user("far@contoso.com", "ocs02.contoso.com"),
                 add_application("gateway", ocs, "mediation"), add_application("desk", ocs)});
    for (const char* name : {"application:gateway", "application:desk"})
        estate.done(check(name, compatibility_check));
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), start_pilot(user1), promote(pool)});
    CHECK(guards_of(estate.give(promote("application:desk"))) == "order-respected");
    estate.done({promote(user1), promote("application:desk")});
    const auto refused = estate.give(promote("application:gateway"));
    CHECK(reason_of(refused) ==
          "1 user of this site not in production yet; move them first: it cannot talk");
    estate.done({withdraw("user:far@contoso.com"), promote("application:gateway")});
}

TEST_CASE("a class is kept from pilot by its order too, where the pack asks for it there") {
    const std::string order = "[classes.mediation]\n[[order]]\nclass = \"mediation\"\n"
                              "after = [\"users\"]\n";
    const std::string also = "[[require]]\nkind = \"application\"\naction = \"start-pilot\"\n"
                             "guards = [\"order-respected\"]\n";
    for (const bool asked : {false, true}) {
        const Pack pack = with(asked ? order + also : order);
        Estate estate(1, pack);
        estate.with_pool(ocs, 1);
        estate.done({add_application("gateway", ocs, "mediation"), add_application("desk", ocs)});
        estate.bring_pool_to(ocs, v1::STATE_PILOT);
        estate.done({enter_coexistence("application:gateway"),
                     enter_coexistence("application:desk"), start_pilot("application:desk")});
        CHECK(guards_of(estate.give(start_pilot("application:gateway"))) ==
              (asked ? "order-respected" : ""));
    }
}

TEST_CASE("a pilot may have to be of a size, and to last") {
    const Pack pack = with("[pilot]\nmembers = 2\nhours = 72\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 3);
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), start_pilot(user1)});
    CHECK(reason_of(estate.give(promote(pool))).starts_with("1 of the 2 members that pack "));
    estate.done({enter_coexistence(user2), start_pilot(user2)});
    CHECK(reason_of(estate.give(promote(pool))).find("has to last 72 hours") != std::string::npos);
    estate.clock.pass(std::chrono::hours(71));
    CHECK(guards_of(estate.give(promote(pool))) == "pilot-ran");
    estate.clock.pass(std::chrono::hours(1));
    estate.done(promote(pool));
}

TEST_CASE("a step may need several people, or those of a role") {
    const Pack pack = with("[roles.board]\npeople = [\"mia\", \"noa\"]\n"
                           "[[approval]]\nkind = \"pool\"\naction = \"start-pilot\"\n"
                           "people = 1\nrole = \"board\"\n"
                           "[[approval]]\nkind = \"pool\"\naction = \"promote\"\npeople = 2\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 1);
    estate.bring_pool_to(ocs, v1::STATE_COEXIST_TEST);
    estate.done(approve("erik", pool, "startPilot"));
    CHECK(guards_of(estate.give(start_pilot(pool))) == "approved");
    estate.done({approve("mia", pool, "startPilot"), start_pilot(pool)});
    estate.done({enter_coexistence(user1), start_pilot(user1)});
    estate.done({approve("erik", pool, "promote"), approve("erik", pool, "promote"),
                 approve("dana", pool, "promote")});
    const auto refused = estate.give(promote(pool));
    CHECK(reason_of(refused).find("asks that 2 people other than dana approve to promote") !=
          std::string::npos);
    CHECK(reason_of(refused).find("and 1 have") != std::string::npos);
    estate.done({approve("mia", pool, "promote"), promote(pool)});
}

TEST_CASE("no more than so many may be in pilot, or be moved, at once") {
    Pack pack = with("[limits]\nmembers_in_pilot = 1\n");
    pack.transfer = Transfer::confirmed;
    pack.limits.moves_in_flight = 1;
    Estate estate(1, pack);
    estate.with_pool(ocs, 3);
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), enter_coexistence(user2)});
    const auto opened = estate.done(start_pilot(user1));
    const auto refused = estate.give(start_pilot(user2));
    CHECK(guards_of(refused) == "within-limits");
    CHECK(reason_of(refused).starts_with("1 move in flight in pool:ocs01.contoso.com"));
    v1::Command report = ask(user1);
    report.mutable_report_move()->set_move(fmt::format("paris:{}", opened.position()));
    report.mutable_report_move()->set_outcome("SUCCEEDED");
    estate.done(report);
    CHECK(
        reason_of(estate.give(start_pilot(user2))).starts_with("1 member in pilot in pool:ocs01"));
}

TEST_CASE("a guard that the pack names is asked beside the table's") {
    const Pack pack = with("[[require]]\nkind = \"user\"\naction = \"promote\"\n"
                           "guards = [\"coexistence-verified\"]\n");
    Estate estate(1, pack);
    estate.with_pool(ocs, 2);
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), start_pilot(user1), promote(pool)});
    estate.done(check(pool, "services-started", "FAIL"));
    CHECK(guards_of(estate.give(promote(user2))) == "coexistence-verified");
}

TEST_CASE("the default pack refuses members for nothing but the table's guards") {
    Estate estate;
    estate.with_pool(ocs, 1);
    estate.done(add_application("desk", ocs));
    estate.bring_pool_to(ocs, v1::STATE_PILOT);
    estate.done({enter_coexistence(user1), start_pilot(user1), promote(pool)});
    CHECK(guards_of(estate.give(promote("application:desk"))) == "compatible");
}

}  // namespace ferry::test
