#include "projections/conformance.hpp"

#include "engine/machine.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

struct Judged {
    Conformance sum;
    std::vector<Nonconformity> found;
};

Judged judge(Log& log, const Pack& pack = side_by_side()) {
    Judged judged;
    const auto sum = check_conformance(
        log, pack, [&](const Nonconformity& each) { judged.found.push_back(each); });
    REQUIRE_MESSAGE(sum, sum.error().message);
    judged.sum = *sum;
    return judged;
}

/// A pool taken to its end, with members of every kind, one found and one that left and came back.
void live(Estate& estate) {
    estate.with_pool("ocs01.contoso.com", 2);
    estate.done({add_user("found@contoso.com", "ocs01.contoso.com", "pilot"),
                 add_application("rgs", "ocs01.contoso.com"), withdraw("user:user2@contoso.com"),
                 add_user("user2@contoso.com", "ocs01.contoso.com")});
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done({check("pool:ocs01.contoso.com", "services-started", "FAIL"),
                 check("pool:ocs01.contoso.com", "services-started"),
                 enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com"),
                 observe_client("user:user1@contoso.com", "lync-2013"),
                 observe_client("user:user1@contoso.com", "lync-2013", true),
                 check("application:rgs", "application-compatible"),
                 promote("pool:ocs01.contoso.com"), promote("user:user1@contoso.com"),
                 promote("user:user2@contoso.com"), promote("user:found@contoso.com"),
                 promote("application:rgs"), retire("application:rgs"),
                 approve_retirement("pool:ocs01.contoso.com"), retire("pool:ocs01.contoso.com"),
                 retire("user:user1@contoso.com")});
}

v1::StoredEvent event_of(std::uint64_t entity, std::uint64_t version) {
    v1::StoredEvent event;
    event.set_entity(entity);
    event.set_version(version);
    event.set_actor("dana");
    return event;
}

v1::StoredEvent registered_pool() {
    v1::StoredEvent event = event_of(1, 1);
    event.mutable_registered()->set_kind(v1::KIND_POOL);
    event.mutable_registered()->set_name("ocs01");
    event.mutable_registered()->set_successor("lync01");
    event.mutable_registered()->set_lifecycle(v1::STATE_LEGACY);
    return event;
}

v1::StoredEvent transitioned(std::uint64_t version, v1::State from, v1::State to,
                             v1::Action command) {
    v1::StoredEvent event = event_of(1, version);
    auto& body = *event.mutable_transitioned();
    body.set_region(v1::REGION_LIFECYCLE);
    body.set_from(from);
    body.set_to(to);
    body.set_command(command);
    return event;
}

/// A log that no writer of this build would have made.
Judged judge_events(const std::vector<v1::StoredEvent>& events) {
    Chain chain;
    auto store = std::make_shared<MemoryStore>();
    store->append(chain.first());
    store->append(chain.plain(events));
    MemoryLog log(store, "paris");
    return judge(log);
}

}  // namespace

TEST_CASE("what this build decided, this build would decide again") {
    Estate estate;
    live(estate);
    const Judged judged = judge(*estate.replica.log);
    for (const Nonconformity& each : judged.found)
        FAIL_CHECK(each.position.value << " " << each.entity << ": " << each.why);
    CHECK(judged.sum.refused == 0);
    CHECK(judged.sum.judged >= 20);
    CHECK(judged.sum.judged_to == estate.position());
    CHECK(judged.sum.commits_of_other_tables == 0);
}

TEST_CASE("moves that were confirmed are judged when they were opened") {
    Pack pack = side_by_side();
    pack.transfer = Transfer::confirmed;
    Estate estate(1, pack);
    estate.with_pool("ocs01.contoso.com", 2);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), enter_coexistence("user:user2@contoso.com")});
    const auto moved = estate.done(start_pilot("user:user1@contoso.com"));
    v1::Command report = ask("user:user1@contoso.com");
    report.mutable_report_move()->set_move("paris:" + std::to_string(moved.position()));
    report.mutable_report_move()->set_outcome("SUCCEEDED");
    estate.done(report);
    // The pool goes on before the second report comes, which it does not undo.
    const auto open = estate.done(start_pilot("user:user2@contoso.com"));
    estate.done(check("pool:ocs01.contoso.com", "services-started", "FAIL"));
    report = ask("user:user2@contoso.com");
    report.mutable_report_move()->set_move("paris:" + std::to_string(open.position()));
    report.mutable_report_move()->set_outcome("FAILED");
    estate.done(report);
    const Judged judged = judge(*estate.replica.log, pack);
    for (const Nonconformity& each : judged.found) FAIL_CHECK(each.entity << ": " << each.why);
    CHECK(judged.sum.judged >= 8);
}

TEST_CASE("a guard that asks for more today names what it would have refused, and why") {
    Estate estate;
    live(estate);
    Pack stricter = side_by_side();
    stricter.required.push_back({v1::KIND_APPLICATION, v1::ACTION_RETIRE, {"owner-informed"}});
    const Judged judged = judge(*estate.replica.log, stricter);
    REQUIRE(judged.found.size() == 1);
    CHECK(judged.sum.refused == 1);
    const Nonconformity& found = judged.found[0];
    CHECK(found.entity == "application:rgs");
    CHECK(found.from == v1::STATE_PRODUCTION);
    CHECK(found.to == v1::STATE_RETIRED);
    CHECK(found.trigger == "retire");
    REQUIRE(found.failures.size() == 1);
    CHECK(found.failures[0].guard == Guard::checks_passed);
    CHECK(found.failures[0].reason.find("owner-informed") != std::string::npos);
    CHECK(found.position.value > 0);
}

TEST_CASE("a check that coexistence asks for today is missed where it was concluded without") {
    Estate estate;
    live(estate);
    Pack stricter = side_by_side();
    stricter.coexistence_checks.push_back("phones-ring");
    bool met = false;
    for (const Nonconformity& each : judge(*estate.replica.log, stricter).found)
        met = met || (each.region == v1::REGION_COEXISTENCE &&
                      each.why.find("not all coexistence checks") != std::string::npos);
    CHECK(met);
}

TEST_CASE("a transition without a row in today's table is refused") {
    const Judged judged =
        judge_events({registered_pool(),
                      transitioned(2, v1::STATE_LEGACY, v1::STATE_RETIRED, v1::ACTION_RETIRE)});
    REQUIRE(judged.found.size() == 1);
    CHECK(judged.found[0].why.find("no row from legacy to retired") != std::string::npos);
    CHECK(judged.sum.commits_of_other_tables == 2);
}

TEST_CASE("a transition that begins elsewhere than the log before it leads is named") {
    const Judged judged =
        judge_events({registered_pool(),
                      transitioned(2, v1::STATE_PILOT, v1::STATE_PRODUCTION, v1::ACTION_PROMOTE)});
    REQUIRE(judged.found.size() == 1);
    CHECK(judged.found[0].why.find("began in pilot") != std::string::npos);
    CHECK(judged.found[0].why.find("leads to legacy") != std::string::npos);
}

TEST_CASE("what follows a restore is judged on the restored state") {
    v1::StoredEvent restored = event_of(1, 2);
    restored.mutable_restored()->set_lifecycle(v1::STATE_PRODUCTION);
    const Judged judged =
        judge_events({registered_pool(), restored,
                      transitioned(3, v1::STATE_PRODUCTION, v1::STATE_RETIRED, v1::ACTION_RETIRE)});
    REQUIRE(judged.found.size() == 1);
    CHECK(judged.sum.judged == 1);
    CHECK(judged.found[0].why == "today's guards refuse it: approved");
}

}  // namespace ferry::test
