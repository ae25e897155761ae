// A pack that is adopted: an event with the pack's bytes, the transitions it causes in the same
// commit, and every later decision under it. And checks that grow too old for their pack.
#include "engine/engine.hpp"
#include "engine/evolve.hpp"
#include "engine/pack_toml.hpp"
#include "projections/conformance.hpp"
#include "projections/digest.hpp"
#include "projections/event_order.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>

namespace ferry::test {

namespace {

constexpr const char* ocs = "ocs01.contoso.com";
constexpr const char* pool = "pool:ocs01.contoso.com";
constexpr const char* user1 = "user:user1@contoso.com";

std::string default_toml(const std::string& more = "") {
    return std::string(built_in_packs().front().toml) + more;
}

/// The default pack whose coexistence asks for one more check.
std::string stricter() {
    std::string toml = default_toml("[checks.network-ready]\n");
    const std::string list = "checks = [\n";
    toml.insert(toml.find(list) + list.size(), "  \"network-ready\",\n");
    return toml;
}

std::string fresh_for_a_day() {
    std::string toml = default_toml();
    const std::string table = "[checks.services-started]\n";
    return toml.insert(toml.find(table) + table.size(), "fresh_hours = 24\n");
}

v1::Command adopt(const std::string& toml) {
    v1::Command command = ask("site:paris");
    command.mutable_adopt_pack()->set_toml(toml);
    return command;
}

/// Every event of the log, with the header of its commit.
struct Written {
    CommitHeader header;
    Position position;
    v1::StoredEvent event;
};
std::vector<Written> written(Estate& estate) {
    std::vector<Written> all;
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    reader.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            all.push_back({commit.header, placed.position, event});
        });
    };
    REQUIRE(reader.catch_up());
    return all;
}

/// What a reader that begins at position 1 comes to.
Hash folded(Estate& estate) {
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    REQUIRE(reader.catch_up());
    return fleet_digest(reader.fleet);
}

v1::State coexistence(const Estate& estate) { return estate.entity(pool).knowledge; }

/// A pool in pilot with two users.
struct Piloting : Estate {
    explicit Piloting(const Pack& pack = side_by_side()) : Estate(1, pack) {
        with_pool(ocs, 2);
        bring_pool_to(ocs, v1::STATE_PILOT);
    }
};

}  // namespace

TEST_CASE("an adoption carries the pack byte for byte, and what follows in the same commit") {
    Piloting estate;
    REQUIRE(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
    const auto adopted = estate.done(adopt(stricter()));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
    const auto events = written(estate);
    // The answer is the adoption's own place, not that of what follows.
    REQUIRE(events.size() == adopted.position() + 1);
    const Written& adoption = events[adopted.position() - 1];
    const Written& degraded = events[adopted.position()];
    CHECK(adoption.event.pack_adopted().toml() == stricter());
    CHECK(adoption.event.pack_adopted().name() == "side-by-side");
    CHECK(degraded.event.transitioned().to() == v1::STATE_COEXISTENCE_DEGRADED);
    CHECK(degraded.header.commit_id == adoption.header.commit_id);
}

TEST_CASE("coexistence is verified by an adoption that asks for less") {
    Piloting estate;
    estate.done(adopt(stricter()));
    estate.done(adopt(default_toml()));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("every later decision names the pack it was made under, also in one batch") {
    Piloting estate;
    const auto answers = estate.give_all({check(pool, "services-started"), adopt(stricter()),
                                          check(pool, "services-started"), adopt(default_toml()),
                                          mark("after"), check(pool, "network-ready")});
    for (const auto& answer : answers) REQUIRE(answer.outcome() == "DONE");
    Position in_force{0};
    std::vector<Position> adoptions;
    std::string adopter;
    for (const Written& each : written(estate)) {
        const bool begins = each.position == each.header.first;
        if (begins) in_force = adoptions.empty() ? Position{0} : adoptions.back();
        CHECK(each.header.pack == in_force);
        // Nothing but what an adoption itself caused shares its commit after it.
        if (!adoptions.empty() && adoptions.back() >= each.header.first)
            CHECK(each.event.command_id() == adopter);
        if (!each.event.has_pack_adopted()) continue;
        adoptions.push_back(each.position);
        adopter = each.event.command_id();
    }
    CHECK(adoptions.size() == 2);
    CHECK(estate.replica.fleet.pack == adoptions.back());
    CHECK(estate.replica.fleet.packs.size() == 2);
}

TEST_CASE("a commit that names another pack than the one in force is a discrepancy") {
    CommitHeader header;
    header.first = {3};
    header.pack = {2};
    v1::StoredEvent marked;
    marked.set_version(1);
    marked.mutable_marked()->set_label("here");
    const auto stored = commit_of(header, {marked});
    std::vector<std::string> found;
    EventOrder().follow(read_commit(stored).view,
                        [&](const Discrepancy& each) { found.push_back(each.what); });
    REQUIRE(found.size() == 1);
    CHECK(found.front() == "the commit names the pack adopted at position 2, and the one in force "
                           "was adopted at 0");
}

TEST_CASE("what is decided after an adoption is decided by it") {
    Piloting estate;
    estate.done({enter_coexistence(user1), adopt(stricter())});
    const auto refused = estate.give(start_pilot(user1));
    CHECK(refused.outcome() == "REFUSED");
    estate.done({check(pool, "network-ready"), start_pilot(user1)});
}

TEST_CASE("clients that a pack calls newer upgrade their users when it is adopted") {
    Piloting estate;
    estate.done(observe_client(user1, "zoom-6"));
    CHECK(estate.entity(user1).knowledge == v1::STATE_LEGACY_CLIENT);
    std::string toml = default_toml();
    const std::string list = "newer = [";
    estate.done(adopt(toml.insert(toml.find(list) + list.size(), "\"zoom\", ")));
    CHECK(estate.entity(user1).knowledge == v1::STATE_UPGRADED_CLIENT);
    estate.done(adopt(default_toml()));
    CHECK(estate.entity(user1).knowledge == v1::STATE_LEGACY_CLIENT);
}

TEST_CASE("a move that is open when another pack is adopted finishes as it began") {
    std::string confirmed = default_toml();
    confirmed.replace(confirmed.find("immediate"), 9, "confirmed");
    Piloting estate;
    estate.done({enter_coexistence(user1), adopt(confirmed)});
    const auto opened = estate.done(start_pilot(user1));
    CHECK(estate.entity(user1).transfer == v1::STATE_MOVING);
    estate.done(adopt(stricter()));
    CHECK(estate.entity(user1).transfer == v1::STATE_MOVING);
    v1::Command report = ask(user1);
    report.mutable_report_move()->set_move(fmt::format("paris:{}", opened.position()));
    report.mutable_report_move()->set_outcome("SUCCEEDED");
    estate.done(report);
    CHECK(estate.entity(user1).lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity(user1).transfer == v1::STATE_SETTLED);
}

TEST_CASE("a pack that is wrong, and one for an entity, are bad commands") {
    Piloting estate;
    const Position before = estate.position();
    const auto wrong = estate.give(adopt(default_toml("[limts]\n")));
    CHECK(wrong.outcome() == "INVALID");
    CHECK(wrong.message().find("unknown key of the pack `limts`; did you mean "
                               "`limits`?") != std::string::npos);
    v1::Command misplaced = adopt(default_toml());
    misplaced.set_entity(pool);
    CHECK(estate.give(misplaced).message() == "a pack is adopted by `site:NAME`");
    CHECK(estate.position() == before);
}

TEST_CASE("the same command adopts once") {
    Piloting estate;
    v1::Command command = adopt(stricter());
    command.set_command_id("adopt-1");
    const auto first = estate.done(command);
    const auto again = estate.done(command);
    CHECK(again.position() == first.position());
    CHECK(again.version() == first.version());
    CHECK(estate.replica.fleet.packs.size() == 1);
}

TEST_CASE("a fold and a snapshot have the pack that the log adopted") {
    Piloting estate;
    estate.done({adopt(stricter()), check(pool, "network-ready")});
    const Hash live = fleet_digest(estate.replica.fleet);
    CHECK(folded(estate) == live);
    const auto read = read_snapshot(snapshot_bytes(estate.replica, {}));
    REQUIRE(read);
    CHECK(fleet_digest(read->fleet) == live);
    CHECK(pack_in_force(read->fleet, side_by_side()).check_rule("network-ready") != nullptr);
    CHECK(read->fleet.packs.front()->toml == stricter());
}

TEST_CASE("a pack with rules that this build does not know keeps it from writing") {
    Fleet fleet;
    v1::StoredEvent event;
    event.set_version(1);
    event.mutable_pack_adopted()->set_name("later");
    event.mutable_pack_adopted()->set_toml("name = \"later\"\nmoon_phase = \"full\"\n");
    evolve(fleet, {1}, {}, event);
    REQUIRE(fleet.unknown);
    CHECK(fleet.unknown->what == "a pack with rules it does not know");
}

TEST_CASE("each transition is judged by the pack that was in force") {
    Piloting estate;
    estate.done({enter_coexistence(user1), start_pilot(user1), adopt(stricter()),
                 check(pool, "network-ready"), promote(pool), promote(user1)});
    const auto judged = check_conformance(
        *estate.replica.log, side_by_side(),
        [](const Nonconformity& found) { FAIL_CHECK(found.position.value, ": ", found.why); });
    REQUIRE(judged);
    CHECK(judged->refused == 0);
}

TEST_CASE("a check that has grown too old expires before anything is decided, and degrades") {
    Piloting estate;
    estate.done({enter_coexistence(user1), adopt(fresh_for_a_day())});
    estate.clock.pass(std::chrono::hours(23));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
    estate.done(mark("still-fresh"));
    estate.clock.pass(std::chrono::hours(1));
    CHECK(estate.writer.expiry_is_due());
    const auto refused = estate.give(start_pilot(user1));
    CHECK(refused.outcome() == "REFUSED");
    CHECK(refused.failed_guards(0).reason().find("services-started (expired)") !=
          std::string::npos);
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
    const auto events = written(estate);
    const Written& expired = events[events.size() - 2];
    CHECK(expired.event.check_expired().check() == "services-started");
    CHECK(expired.event.command_id().empty());
    CHECK(expired.event.actor().empty());
    CHECK(events.back().event.transitioned().to() == v1::STATE_COEXISTENCE_DEGRADED);
    CHECK(events.back().header.commit_id == expired.header.commit_id);
    CHECK(folded(estate) == fleet_digest(estate.replica.fleet));
    estate.done({check(pool, "services-started"), start_pilot(user1)});
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_VERIFIED);
}

TEST_CASE("who gives no commands appends what is due all the same, once") {
    Piloting estate;
    estate.done(adopt(fresh_for_a_day()));
    CHECK_FALSE(estate.give_all({}).size());
    CHECK_FALSE(estate.writer.expiry_is_due());
    estate.clock.pass(std::chrono::hours(30));
    REQUIRE(estate.writer.expiry_is_due());
    const Position before = estate.position();
    (void)estate.give_all({});
    CHECK(estate.position().value == before.value + 2);
    (void)estate.give_all({});
    CHECK(estate.position().value == before.value + 2);
}

TEST_CASE("an engine that nobody asks anything appends what is due") {
    Piloting estate;
    estate.done(adopt(fresh_for_a_day()));
    estate.clock.pass(std::chrono::hours(30));
    std::promise<void> appended;
    estate.replica.on_commit = [&](const CommitView&) { appended.set_value(); };
    EngineOptions options;
    options.idle_max = std::chrono::milliseconds(1);
    Engine engine(estate.writer, options);
    CHECK(appended.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    engine.stop();
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
}

TEST_CASE("a pack is not adopted while a rollback is open") {
    Piloting estate;
    v1::StoredEvent started;
    started.mutable_rollback_started()->set_rollback("r1");
    REQUIRE(estate.writer.append(std::span(&started, 1)));
    const auto refused = estate.give(adopt(stricter()));
    CHECK(refused.outcome() == "REFUSED");
    CHECK(refused.failed_guards(0).guard() == "rollback-in-progress");
    v1::StoredEvent abandoned;
    abandoned.mutable_rollback_abandoned()->set_rollback("r1");
    REQUIRE(estate.writer.append(std::span(&abandoned, 1)));
    estate.done(adopt(stricter()));
}

TEST_CASE("what is too old already when a pack is adopted expires with the adoption") {
    Piloting estate;
    estate.clock.pass(std::chrono::hours(30));
    const auto adopted = estate.done(adopt(fresh_for_a_day()));
    CHECK(coexistence(estate) == v1::STATE_COEXISTENCE_DEGRADED);
    const auto events = written(estate);
    const Written& expired = events[adopted.position()];
    CHECK(expired.event.has_check_expired());
    CHECK(expired.header.commit_id == events.back().header.commit_id);
}

TEST_CASE("a check of a member expires too, and a failed one is not made better by time") {
    std::string toml = default_toml("[[require]]\nkind = \"user\"\naction = \"start-pilot\"\n"
                                    "checks = [\"licensed\"]\n[checks.licensed]\n"
                                    "fresh_hours = 1\n");
    Piloting estate;
    estate.done({adopt(toml), enter_coexistence(user1), check(user1, "licensed"),
                 check("user:user2@contoso.com", "licensed", "FAIL")});
    estate.clock.pass(std::chrono::hours(2));
    const auto refused = estate.give(start_pilot(user1));
    CHECK(refused.failed_guards(0).reason().starts_with("not passed: licensed (expired);"));
    CHECK(
        estate.replica.fleet.check(estate.number("user:user2@contoso.com"), "licensed")->outcome ==
        v1::CHECK_OUTCOME_FAIL);
}

}  // namespace ferry::test
