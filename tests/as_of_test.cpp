#include "projections/as_of.hpp"

#include "engine/decision.hpp"
#include "engine/evolve.hpp"
#include "events/sqlite_log.hpp"
#include "projections/decided_state.hpp"
#include "projections/digest.hpp"
#include "projections/entity_as_of.hpp"
#include "projections/snapshot.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

/// The digests after every event, taken while the log is folded once.
std::vector<Hash> digests_along(Log& log) {
    std::vector<Hash> digests{fleet_digest(Fleet())};
    Fleet fleet;
    for (const auto& record : all_records(log)) {
        const CommitView commit = read_commit(record).view;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            evolve(fleet, placed.position, commit.header.recorded, event);
            digests.push_back(fleet_digest(fleet));
        });
    }
    return digests;
}

/// Everything that is asked of a member: what it is, what is known of it, and what its pool's
/// guards look at.
void check_same(const MemberAsOf& alone, const Fleet& whole, EntityNumber number) {
    CHECK(alone.fleet.position == whole.position);
    CHECK(alone.fleet.recorded == whole.recorded);
    REQUIRE(alone.fleet.knows(alone.number) == whole.knows(number));
    if (!whole.knows(number)) return;
    CHECK(alone.fleet.id(alone.number) == whole.id(number));
    CHECK(alone.fleet.home(alone.number) == whole.home(number));
    CHECK(decided_state(alone.fleet.at(alone.number)) == decided_state(whole.at(number)));
    const Entity& one = alone.fleet.at(alone.number);
    const Entity& other = whole.at(number);
    CHECK(one.version == other.version);
    CHECK(one.last_position == other.last_position);
    CHECK(v1::State(one.knowledge) == v1::State(other.knowledge));
    CHECK(one.exempt == other.exempt);
    CHECK(one.disabled == other.disabled);
    CHECK(one.closed == other.closed);
    CHECK(decided_state(alone.fleet.at({one.pool})) == decided_state(whole.at({other.pool})));
    for (const v1::Action action : {v1::ACTION_ENTER_COEXISTENCE, v1::ACTION_START_PILOT,
                                    v1::ACTION_PROMOTE, v1::ACTION_RETIRE, v1::ACTION_WITHDRAW}) {
        const Step asked = ask(alone.fleet, side_by_side(), alone.number, action, "dana");
        const Step known = ask(whole, side_by_side(), number, action, "dana");
        REQUIRE(asked.failures.size() == known.failures.size());
        for (std::size_t i = 0; i < asked.failures.size(); ++i)
            CHECK(asked.failures[i].reason == known.failures[i].reason);
        CHECK(asked.verdict == known.verdict);
    }
}

}  // namespace

TEST_CASE("the fleet as of every position is the one that was, also in the middle of a commit") {
    for (const std::uint64_t seed : seeds(3)) {
        INFO("seed " << seed);
        const ScratchDirectory directory;
        Estate estate(std::make_unique<SqliteLog>(directory.path(), "paris"), seed);
        RandomHistory history(seed);
        estate.with_pool("ocs0.contoso.com", 3);
        history.play(estate, 60);
        REQUIRE(store_snapshot(estate.replica));
        history.play(estate, 60);
        Log& log = *estate.replica.log;
        const auto digests = digests_along(log);
        REQUIRE(digests.size() == estate.position().value + 1);
        for (std::uint64_t position = 0; position < digests.size(); ++position) {
            const auto then = fleet_as_of(log, {position});
            REQUIRE(then);
            CHECK(then->position == Position{position});
            CHECK(fleet_digest(*then) == digests[position]);
        }
    }
}

TEST_CASE("a log in memory, with voids between its commits, is read as of a position too") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    estate.store->inject({MemoryFault::Kind::duplicate});
    estate.done(withdraw("user:user1@contoso.com"));
    const auto then = fleet_as_of(*estate.replica.log, {4});
    REQUIRE(then);
    CHECK(then->at({2}).present());
    CHECK_FALSE(fleet_as_of(*estate.replica.log, {5})->at({2}).present());
}

TEST_CASE("a member read back along its own events is what it is in the whole fleet of then") {
    for (const std::uint64_t seed : seeds(3)) {
        INFO("seed " << seed);
        Estate estate(seed);
        RandomHistory history(seed);
        estate.with_pool("ocs0.contoso.com", 3);
        history.play(estate, 120);
        const Fleet& now = estate.replica.fleet;
        for (std::uint64_t position = 1; position <= estate.position().value; ++position) {
            const auto whole = fleet_as_of(*estate.replica.log, {position});
            REQUIRE(whole);
            for (std::size_t number = 1; number <= now.size(); ++number) {
                if (!now.at({number}).is_member()) continue;
                INFO(now.id({number}) << " as of " << position);
                const auto alone = member_as_of(estate.replica, {number}, {position});
                REQUIRE(alone);
                check_same(*alone, *whole, {number});
            }
        }
    }
}

TEST_CASE("a member as of a position beyond the end is refused with what there is") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    const auto then = member_as_of(estate.replica, {2}, {100});
    REQUIRE_FALSE(then);
    CHECK(then.error().code == Errc::usage);
    CHECK(then.error().message.find("there is no position 100 yet") != std::string::npos);
}

TEST_CASE("a member whose events are not where they should be is damage, named by position") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    // As a log would have it that was put together from two.
    estate.replica.fleet.entities[2].last_position = {5};
    const auto then = member_as_of(estate.replica, {2}, {5});
    REQUIRE_FALSE(then);
    CHECK(then.error().code == Errc::damaged);
    CHECK(then.error().message.find("position 5 should hold an event of user:user1@contoso.com") !=
          std::string::npos);
}

TEST_CASE("a position beyond the end is refused with what there is") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    const auto then = fleet_as_of(*estate.replica.log, {100});
    REQUIRE_FALSE(then);
    CHECK(then.error().code == Errc::usage);
    CHECK(then.error().message ==
          "memory: (paris) ends at position 4, so there is no position 100 yet; give one from 1 to "
          "4");
}

TEST_CASE("what lies before damage can be read, what lies after it cannot") {
    const ScratchDirectory directory;
    Estate estate(std::make_unique<SqliteLog>(directory.path(), "paris"));
    estate.with_pool("ocs01.contoso.com", 1);
    estate.done({mark("one"), mark("two"), mark("three")});
    REQUIRE(estate.replica.log->stop());
    auto database =
        SqliteDatabase::open(site_file(directory.path(), "paris", "db"), SqliteAccess::write, "");
    REQUIRE(database->run("DELETE FROM commits WHERE position = 6"));
    SqliteLog log(directory.path(), "paris");
    CHECK(fleet_as_of(log, {5}));
    const auto after = fleet_as_of(log, {7});
    REQUIRE_FALSE(after);
    CHECK(after.error().code == Errc::damaged);
    CHECK(after.error().message.find("damaged after position 5 (gap)") != std::string::npos);
}

}  // namespace ferry::test
