#include "bench/estate.hpp"
#include "bench/lookups.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"
#include "engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <numeric>

namespace ferry::bench {

namespace {

constexpr std::uint32_t users = 1'000'000;

/// Commands on users that none was given to before, with a bounded number of them in flight.
class Commands {
public:
    Commands(Estate& estate, std::filesystem::path file)
        : estate_(estate), file_(std::move(file)) {}

    /// Microseconds for one: of all together, or the median where there is one at a time.
    double durable(std::size_t in_flight, std::uint32_t count) {
        std::vector<v1::Command> commands;
        for (std::uint32_t i = 0; i < count; ++i, ++next_user_) {
            commands.push_back(estate_.ask("user:" + user_name(next_user_)));
            commands.back().mutable_enter_coexistence();
        }
        began_at_ = estate_.replica.fleet.position;
        estate_.clock.pass(std::chrono::milliseconds(1));
        Engine engine(estate_.writer);
        if (in_flight == 1) return one_at_a_time(engine, commands);
        std::deque<std::future<v1::CommandResult>> waiting;
        const double seconds = seconds_of([&] {
            for (v1::Command& command : commands) {
                if (waiting.size() == in_flight) take(waiting);
                waiting.push_back(engine.submit(std::move(command)));
            }
            while (!waiting.empty()) take(waiting);
        });
        return seconds * 1e6 / count;
    }

    /// The same commits as the last `durable` wrote, inserted and nothing else.
    double bare(const std::filesystem::path& directory, bool one_at_a_time, std::uint32_t count) {
        const std::vector<std::string> rows = rows_after(file_, began_at_.value);
        BareInserts inserts(directory / "bare.db");
        std::vector<double> each;
        for (const std::string& row : rows)
            each.push_back(seconds_of([&] { inserts.insert(row); }) * 1e6);
        if (one_at_a_time) return spread_of(std::move(each)).median;
        return std::accumulate(each.begin(), each.end(), 0.0) / count;
    }

    /// Of the last commit, for each of its events.
    double bytes_of_one(std::size_t in_commit) {
        std::vector<v1::Command> commands;
        for (std::size_t i = 0; i < in_commit; ++i, ++next_user_) {
            commands.push_back(estate_.ask("user:" + user_name(next_user_)));
            commands.back().mutable_enter_coexistence();
        }
        began_at_ = estate_.replica.fleet.position;
        estate_.give(commands);
        return static_cast<double>(rows_after(file_, began_at_.value).back().size()) /
               static_cast<double>(in_commit);
    }

private:
    static void expect_done(const v1::CommandResult& result) {
        if (result.outcome() == "DONE") return;
        fmt::print(stderr, "bench: {}\n", result.ShortDebugString());
        std::exit(1);
    }
    static void take(std::deque<std::future<v1::CommandResult>>& waiting) {
        expect_done(waiting.front().get());
        waiting.pop_front();
    }
    static double one_at_a_time(Engine& engine, std::vector<v1::Command>& commands) {
        std::vector<double> each;
        for (v1::Command& command : commands)
            each.push_back(
                seconds_of([&] { expect_done(engine.submit(std::move(command)).get()); }) * 1e6);
        return spread_of(std::move(each)).median;
    }

    Estate& estate_;
    std::filesystem::path file_;
    std::uint32_t next_user_ = 0;
    Position began_at_;
};

void add_durable_row(Bench& bench, Commands& commands, std::size_t in_flight, std::uint32_t count,
                     std::string goal, double ratio) {
    bench.table.add(
        {.operation = fmt::format("durable commands, embedded, {} in flight{} (reference: insert "
                                  "the same commits)",
                                  in_flight, in_flight == 1 ? ", p50" : ", time of one"),
         .goal = std::move(goal),
         .unit = Unit::microseconds,
         .ferry = [&, in_flight, count] { return commands.durable(in_flight, count); },
         .reference =
             [&, in_flight, count] {
                 return commands.bare(fresh(bench, "bare"), in_flight == 1, count);
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
    Commands commands(estate, directory / "paris.db");
    bench.table.add({.operation = "stored bytes of a transition with actor and reason, in a commit "
                                  "of 100",
                     .goal = "≤ 120 bytes",
                     .unit = Unit::bytes,
                     .ferry = [&] { return commands.bytes_of_one(100); },
                     .at_most = 120});
    // Each command takes a user of its own, so a run's share shrinks where there are many runs.
    const auto share = static_cast<std::uint32_t>(500'000 / bench.table.runs());
    add_durable_row(bench, commands, 1000, std::min(share, 100'000U), "≥ 0.6 × its rate", 1 / 0.6);
    add_durable_row(bench, commands, 100, std::min(share / 4, 20'000U), "≥ 0.7 × its rate",
                    1 / 0.7);
    add_durable_row(bench, commands, 1, std::min(share / 8, 1'000U), "p50 ≤ 1.3 ×", 1.3);
}

}  // namespace ferry::bench
