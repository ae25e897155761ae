// One state, however it is come by: folded live, rebuilt from position 1, or read from any snapshot
// on the way and folded on from there. Histories with rollbacks among them, on both kinds of log.
#include "projections/digest.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/log_homes.hpp"
#include "tests/random_rollback.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

/// A reader that begins at the snapshot.
Hash from_snapshot(std::unique_ptr<Log> log, const std::vector<Byte>& bytes) {
    auto state = read_snapshot(bytes);
    REQUIRE_MESSAGE(state, state.error().message);
    Replica reader(std::move(log));
    reader.keeps_index = false;
    reader.acceptance = state->acceptance;
    reader.next = state->next;
    reader.fleet = std::move(state->fleet);
    reader.voids = state->voids;
    REQUIRE(reader.catch_up());
    return fleet_digest(reader.fleet);
}

Hash from_the_beginning(std::unique_ptr<Log> log) {
    Replica reader(std::move(log));
    REQUIRE(reader.catch_up());
    return fleet_digest(reader.fleet);
}

}  // namespace

TEST_CASE_TEMPLATE("live, from position 1 and from each snapshot there is one digest", Home,
                   MemoryHome, SqliteHome) {
    std::size_t rollbacks = 0;
    for (const std::uint64_t seed : seeds(15)) {
        INFO("replay with FERRY_TEST_SEED=" << seed);
        Home home;
        std::vector<std::vector<Byte>> snapshots;
        Hash live{};
        {
            Estate estate(home.log(), seed);
            RandomHistory history(seed);
            for (int round = 0; round < 5; ++round) {
                history.live(estate, 25);
                if (roll_back_at_random(estate, history, side_by_side())) ++rollbacks;
                snapshots.push_back(snapshot_bytes(estate.replica));
            }
            live = fleet_digest(estate.replica.fleet);
        }
        CHECK(from_the_beginning(home.log()) == live);
        for (const std::vector<Byte>& snapshot : snapshots)
            CHECK(from_snapshot(home.log(), snapshot) == live);
    }
    CHECK(rollbacks > 0);
}

}  // namespace ferry::test
