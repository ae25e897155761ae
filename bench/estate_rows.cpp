#include "bench/estate.hpp"
#include "bench/lookups.hpp"
#include "bench/reference.hpp"
#include "bench/rollbacks.hpp"
#include "bench/rows.hpp"
#include "engine/evolve.hpp"
#include "projections/as_of.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

namespace ferry::bench {

namespace {

constexpr std::uint32_t users = 1'000'000;

/// Without a snapshot: the log is folded from position 1.
void add_fold_rows(Bench& bench, const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / "paris.db";
    const auto reference = [file] { return seconds_of([&] { read_hash_parse(file); }); };
    Position end;
    {
        Replica replica(open_embedded(directory));
        opened(replica);
        end = replica.fleet.position;
    }
    bench.table.add({.operation = "as-of of the whole estate, 1,000,000 entities and 5,000,000 "
                                  "events, no snapshot (reference: read, SHA-256 and protobuf "
                                  "parse of the same log in one thread)",
                     .goal = "≤ 2.5 s",
                     .ferry =
                         [&] {
                             const auto log = open_embedded(directory);
                             return seconds_of([&] { (void)fleet_as_of(*log, end); });
                         },
                     .reference = reference,
                     .at_most = 2.5});
    // A rate of r becomes a time of 1/r: 0.9 of the reference's rate is 1.11 of its time.
    bench.table.add({.operation = "rebuild of the same log: read, verify chain, parse, accept, "
                                  "fold (reference: the same)",
                     .goal = "≥ 3,000,000 events/s (1.667 s); ≥ 0.9 × its rate",
                     .ferry =
                         [&] {
                             Replica replica(open_embedded(directory));
                             replica.keeps_index = false;
                             return seconds_of([&] { (void)replica.catch_up(); });
                         },
                     .reference = reference,
                     .at_most = 5.0 / 3,
                     .ratio_at_most = 1 / 0.9});
}

void add_open_rows(Bench& bench, const std::filesystem::path& directory) {
    bench.table.add(
        {.operation = "open with a snapshot, 1,000,000 entities (reference: read the "
                      "snapshot file)",
         .goal = "≤ 0.5 s",
         .ferry =
             [&] {
                 Replica replica(open_embedded(directory));
                 return seconds_of([&] { opened(replica); });
             },
         .reference = [&] { return seconds_of([&] { read_whole(directory / "paris.snapshot"); }); },
         .at_most = 0.5});
}

}  // namespace

void add_estate_rows(Bench& bench) {
    const std::filesystem::path directory = fresh(bench, "estate");
    {
        Estate estate(open_embedded(directory));
        estate.make({.users = users});
        stopped(estate.replica);
        add_fold_rows(bench, directory);
        stored(estate.replica);
    }
    add_open_rows(bench, directory);
    add_lookup_rows(bench, directory, users, "5,000,000 events");
    add_rollback_rows(bench, directory);
    std::filesystem::remove_all(directory);
}

}  // namespace ferry::bench
