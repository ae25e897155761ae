#include "bench/estate.hpp"
#include "bench/lookups.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"
#include "projections/snapshot.hpp"

namespace ferry::bench {

void add_reading_rows(Bench& bench) {
    const std::filesystem::path directory = fresh(bench, "million");
    constexpr std::uint32_t users = 200'000;
    {
        Estate estate(open_embedded(directory));
        estate.make({.users = users});
        stored(estate.replica);
        stopped(estate.replica);
    }
    bench.table.add(
        {.operation = "`ferry status`, log of 1,000,000 events with a snapshot "
                      "(reference: read the snapshot file)",
         .goal = "≤ 0.5 s",
         .ferry =
             [&] {
                 return seconds_of(
                     [&] { run_ferry({"--log", "sqlite:" + directory.string(), "status"}); });
             },
         .reference = [&] { return seconds_of([&] { read_whole(directory / "paris.snapshot"); }); },
         .at_most = 0.5});
    add_lookup_rows(bench, directory, users, "1,000,000 events");
    std::filesystem::remove_all(directory);
}

}  // namespace ferry::bench
