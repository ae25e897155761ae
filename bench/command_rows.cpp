#include "bench/commands.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ferry::bench {

namespace {

constexpr std::uint32_t users = 1'000'000;

/// The same commits as were written since, inserted and nothing else: microseconds an event, or of
/// one insert where each commit holds one.
double bare(const std::filesystem::path& file, Position since,
            const std::filesystem::path& directory, bool one_at_a_time, std::uint32_t count) {
    const std::vector<std::string> rows = rows_after(file, since.value);
    BareInserts inserts(directory / "bare.db");
    std::vector<double> each;
    for (const std::string& row : rows)
        each.push_back(seconds_of([&] { inserts.insert(row); }) * 1e6);
    if (one_at_a_time) return spread_of(std::move(each)).median;
    return std::accumulate(each.begin(), each.end(), 0.0) / count;
}

void add_durable_row(Bench& bench, Commands& commands, const std::filesystem::path& file,
                     std::size_t in_flight, std::uint32_t count, std::string goal, double ratio) {
    bench.table.add(
        {.operation = fmt::format("durable commands, embedded, {} in flight{} (reference: insert "
                                  "the same commits)",
                                  in_flight, in_flight == 1 ? ", p50" : ", time of one"),
         .goal = std::move(goal),
         .unit = Unit::microseconds,
         .ferry =
             [&, in_flight, count] {
                 return in_flight == 1 ? spread_of(commands.one_at_a_time(count)).median
                                       : commands.together(in_flight, count);
             },
         .reference =
             [&, in_flight, count] {
                 return bare(file, commands.began_at(), fresh(bench, "bare"), in_flight == 1,
                             count);
             },
         .ratio_at_most = ratio});
}

}  // namespace

void add_command_rows(Bench& bench) {
    const std::filesystem::path directory = fresh(bench, "commands");
    Estate estate(open_embedded(directory));
    const EstateSize size{.users = users, .stage = Stage::registered};
    estate.make(size);
    estate.bring_pools(size, Stage::coexisting);
    const std::filesystem::path file = directory / "paris.db";
    Commands commands(estate);
    bench.table.add({.operation = "stored bytes of a transition with actor and reason, in a commit "
                                  "of 100",
                     .goal = "≤ 120 bytes",
                     .unit = Unit::bytes,
                     .ferry =
                         [&] {
                             commands.at_once(100);
                             const auto rows = rows_after(file, commands.began_at().value);
                             return static_cast<double>(rows.back().size()) / 100;
                         },
                     .at_most = 120});
    // Each command takes a user of its own, so a run's share shrinks where there are many runs.
    const auto share = static_cast<std::uint32_t>(500'000 / bench.table.runs());
    add_durable_row(bench, commands, file, 1000, std::min(share, 100'000U), "≥ 0.6 × its rate",
                    1 / 0.6);
    add_durable_row(bench, commands, file, 100, std::min(share / 4, 20'000U), "≥ 0.7 × its rate",
                    1 / 0.7);
    add_durable_row(bench, commands, file, 1, std::min(share / 8, 1'000U), "p50 ≤ 1.3 ×", 1.3);
}

}  // namespace ferry::bench
