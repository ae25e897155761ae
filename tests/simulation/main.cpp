// The deterministic simulation: many worlds, each from one seed, with everything that can go wrong
// in between, and the errors that it is known to find.
#define DOCTEST_CONFIG_IMPLEMENT
#include "events/whole_number.hpp"
#include "tests/simulation/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

namespace ferry::simulation {
namespace {

constexpr std::string_view usage =
    "Usage: ferry_simulation [--seeds FROM-TO | --seed N [--trace] | --long | --planted |\n"
    "                         --fixed FILE | --twice FROM-TO]\n"
    "\n"
    "  --seeds FROM-TO  the worlds of these seeds, one after the other on each processor (default\n"
    "                   1-2000)\n"
    "  --seed N         one of them; --trace prints all that happens in it\n"
    "  --long           the seeds 1-100000\n"
    "  --planted        each error that is built into the world around the product is found\n"
    "  --fixed FILE     seeds that once found something, one a line, with a sentence each\n"
    "  --twice FROM-TO  each seed a second time, and the same has to happen\n";

/// An error that is there has to be found among so many worlds.
constexpr std::uint64_t planted_seeds_max = 100;

struct Run {
    Totals totals;
    std::uint64_t trace_hash = 0;
    std::optional<std::string> violation;
};

Run run(std::uint64_t seed, Plant plant = Plant::none, bool trace = false) {
    Run done;
    World world(seed, plant, trace);
    try {
        world.run();
    } catch (const Violation& violation) {
        done.violation = violation.what;
    }
    done.totals = world.totals();
    done.trace_hash = world.trace_hash();
    return done;
}

struct Range {
    std::uint64_t from = 1, to = 2000;
};

std::optional<Range> range_of(std::string_view text) {
    const auto dash = text.find('-');
    const auto from = whole_number<std::uint64_t>(text.substr(0, dash));
    const auto to = whole_number<std::uint64_t>(dash == text.npos ? text : text.substr(dash + 1));
    if (!from || !to || *from > *to) return std::nullopt;
    return Range{*from, *to};
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec) / 1e6;
}

/// Nothing that is to be survived may be missing, or surviving it would prove nothing.
int missing_kinds(const Totals& totals) {
    int missing = 0;
    for (std::size_t i = 0; i < std::size(count_names); ++i)
        if (totals.counts[i] == 0) {
            fmt::print("none of all these worlds had any {}\n", count_names[i]);
            ++missing;
        }
    return missing;
}

void print_totals(const Totals& totals) {
    std::string line;
    for (std::size_t i = 2; i < std::size(count_names); ++i)
        line += fmt::format("{}{} {}", line.empty() ? "" : ", ", totals.counts[i], count_names[i]);
    fmt::print("{}\n", line);
}

unsigned threads_count() { return std::max(1U, std::thread::hardware_concurrency()); }

/// A world is of one thread; each processor takes the next seed that nobody has.
class Worlds {
public:
    explicit Worlds(Range range) : next_(range.from), last_(range.to) {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < threads_count(); ++i) threads.emplace_back([this] { run_all(); });
    }
    Totals totals;
    int failed = 0;

private:
    void run_all() {
        for (std::uint64_t seed = next_++; seed <= last_; seed = next_++) {
            const Run done = run(seed);
            const std::scoped_lock lock(mutex_);
            totals.add(done.totals);
            if (!done.violation) continue;
            ++failed;
            fmt::print("seed {}: {}; replay it with ferry_simulation --seed {} --trace\n", seed,
                       *done.violation, seed);
            std::fflush(stdout);
        }
    }
    std::atomic<std::uint64_t> next_;
    const std::uint64_t last_;
    std::mutex mutex_;
};

int run_range(Range range) {
    const auto started = std::chrono::steady_clock::now();
    Worlds worlds(range);
    const Totals& totals = worlds.totals;
    int failed = worlds.failed;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const auto decisions = static_cast<double>(totals[Count::decisions]);
    fmt::print("{} seeds, {} steps, {} decisions, {:.0f} decisions/s, seeds {}-{} in {:.1f} s; of "
               "processor time {:.1f} s, {:.0f} decisions/s by each of {} threads\n",
               range.to - range.from + 1, totals[Count::steps], totals[Count::decisions],
               decisions / seconds, range.from, range.to, seconds, processor_seconds(),
               decisions / processor_seconds(), threads_count());
    print_totals(totals);
    if (range.to - range.from >= 100) failed += missing_kinds(totals);
    return failed;
}

int run_one(std::uint64_t seed, bool trace) {
    const Run done = run(seed, Plant::none, trace);
    print_totals(done.totals);
    fmt::print("seed {}: {}, trace {:016x}\n", seed, done.violation.value_or("holds"),
               done.trace_hash);
    return done.violation ? 1 : 0;
}

int run_planted() {
    int failed = 0;
    for (const auto& [plant, name] : plants) {
        std::optional<std::string> found;
        std::uint64_t seed = 0;
        const std::uint64_t last = seed + planted_seeds_max;
        while (!found && seed < last) found = run(++seed, plant).violation;
        if (found) {
            const Run again = run(seed, plant);
            fmt::print("{}: found by seed {}: {}\n", name, seed, *found);
            failed += again.violation != found;
        } else {
            fmt::print("{}: not found by {} seeds\n", name, seed);
            ++failed;
        }
        std::fflush(stdout);
    }
    return failed;
}

int run_twice(Range range) {
    int failed = 0;
    for (std::uint64_t seed = range.from; seed <= range.to; ++seed) {
        const Run once = run(seed);
        const Run again = run(seed);
        if (once.trace_hash == again.trace_hash && once.violation == again.violation) continue;
        fmt::print("seed {}: went two ways, {:016x} and {:016x}\n", seed, once.trace_hash,
                   again.trace_hash);
        ++failed;
    }
    fmt::print("{} seeds went the same way twice\n",
               range.to - range.from + 1 - static_cast<std::uint64_t>(failed));
    return failed;
}

int run_fixed(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        fmt::print(stderr, "{} cannot be read\n", path);
        return 1;
    }
    int failed = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        const auto range = range_of(line.substr(0, line.find(' ')));
        const Run done = range ? run(range->from) : Run{{}, 0, "is no seed"};
        fmt::print("seed {}: {}\n", line, done.violation.value_or("holds"));
        failed += done.violation.has_value();
    }
    return failed;
}

int run_asked(const std::vector<std::string>& asked) {
    const std::string verb = asked.empty() ? "--seeds" : asked[0];
    const bool traced = asked.size() == 3 && asked[2] == "--trace" && verb == "--seed";
    if (asked.size() > 2 && !traced) return -1;
    const auto range = asked.size() > 1 ? range_of(asked[1]) : Range{};
    if (verb == "--fixed" && asked.size() == 2) return run_fixed(asked[1]);
    if (!range) return -1;
    if (verb == "--seeds") return run_range(*range);
    if (verb == "--seed" && asked.size() > 1) return run_one(range->from, traced);
    if (verb == "--twice" && asked.size() > 1) return run_twice(*range);
    if (verb == "--long" && asked.size() == 1) return run_range({1, 100'000});
    if (verb == "--planted" && asked.size() == 1) return run_planted();
    return -1;
}

}  // namespace
}  // namespace ferry::simulation

int main(int argc, char** argv) {
    const std::vector<std::string> asked(argv + 1, argv + argc);
    const int failed = ferry::simulation::run_asked(asked);
    if (failed < 0) {
        fmt::print(stderr, "{}", ferry::simulation::usage);
        return 2;
    }
    return failed == 0 ? 0 : 1;
}
