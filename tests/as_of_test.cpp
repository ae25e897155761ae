#include "projections/as_of.hpp"

#include "engine/evolve.hpp"
#include "events/sqlite_log.hpp"
#include "projections/digest.hpp"
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
