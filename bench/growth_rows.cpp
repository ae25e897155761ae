// Growth: the same operation on estates of several sizes, each beside the smallest one.
#include "bench/commands.hpp"
#include "bench/deciding.hpp"
#include "bench/rows.hpp"

#include <fmt/format.h>

#include <deque>

namespace ferry::bench {

namespace {

constexpr std::uint32_t smallest = 10'000;
constexpr std::uint32_t commands_at_once = 5'000;
/// A run reads at least so many events, however often it has to read a small log for that.
constexpr std::uint64_t events_least = 500'000;

/// An estate whose users have all entered coexistence, two events each.
struct Grown {
    Grown(const Bench& bench, std::uint32_t size)
        : users(size),
          directory(fresh(bench, fmt::format("growth-{}", size))),
          estate(open_embedded(directory)),
          commands(estate) {
        estate.make({.users = size, .stage = Stage::coexisting});
    }

    /// Microseconds for one of commands with 1,000 in flight that change nobody's lifecycle.
    double command() { return commands.observe_together(1000, commands_at_once, users); }
    /// Nanoseconds for one event.
    double rebuild() const {
        std::uint64_t events = 0;
        double seconds = 0;
        while (events < events_least) {
            Replica replica(open_embedded(directory));
            replica.keeps_index = false;
            seconds += seconds_of([&] { (void)replica.catch_up(); });
            events += replica.fleet.position.value;
        }
        return seconds * 1e9 / static_cast<double>(events);
    }
    /// Nanoseconds for one member. Nothing is written to the estate any more.
    double decide() {
        if (members.empty()) members = shuffled_members(estate.replica.fleet);
        return decide_all(estate.replica.fleet, members);
    }

    std::uint32_t users;
    std::filesystem::path directory;
    Estate estate;
    Commands commands;
    std::vector<std::uint32_t> members;
};

struct Operation {
    std::string_view name;
    Unit unit;
    double (*run)(Grown& grown);
    double at_most;  ///< times what it takes on the smallest estate
};

/// In this order: commands leave events that a rebuild would read, in a small log for the most
/// part.
constexpr Operation operations[] = {
    {"rebuild, an event", Unit::nanoseconds, [](Grown& grown) { return grown.rebuild(); }, 1.5},
    {"a durable command, 1000 in flight", Unit::microseconds,
     [](Grown& grown) { return grown.command(); }, 1.5},
    {"decide only, a member", Unit::nanoseconds, [](Grown& grown) { return grown.decide(); }, 4},
};

}  // namespace

void add_growth_rows(Bench& bench) {
    Grown first(bench, smallest);
    std::deque<Grown> larger;  // a deque, because an estate stays where it is
    for (const std::uint32_t users : {100'000U, 1'000'000U}) larger.emplace_back(bench, users);
    if (bench.long_form) larger.emplace_back(bench, 10'000'000U);
    for (const Operation& operation : operations)
        for (Grown& grown : larger)
            bench.table.add({.operation = fmt::format("{}, {} entities (reference: the same of {})",
                                                      operation.name, grown.users, smallest),
                             .goal = fmt::format("within {} × of each other", operation.at_most),
                             .unit = operation.unit,
                             .ferry = [&] { return operation.run(grown); },
                             .reference = [&] { return operation.run(first); },
                             .ratio_at_most = operation.at_most,
                             .ratio_at_least = 1 / operation.at_most});
    for (const Grown& grown : larger) std::filesystem::remove_all(grown.directory);
    std::filesystem::remove_all(first.directory);
}

}  // namespace ferry::bench
