#include "bench/lookups.hpp"

#include "bench/estate.hpp"
#include "bench/give_up.hpp"
#include "bench/reference.hpp"
#include "projections/entity_as_of.hpp"
#include "projections/history.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

#include <random>

namespace ferry::bench {

namespace {

constexpr std::size_t lookups = 200;

template <class Value>
Value take(Result<Value> result) {
    need_done(result);
    return std::move(*result);
}

/// The same users in every run, far from each other.
std::vector<std::string> chosen(std::uint32_t users) {
    std::mt19937 random(7);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < lookups; ++i)
        names.push_back("user:" + user_name(static_cast<std::uint32_t>(random()) % users));
    return names;
}

std::vector<std::uint64_t> positions_of(const Replica& replica,
                                        const std::vector<std::string>& names) {
    std::vector<std::uint64_t> positions;
    for (const std::string& name : names)
        for (const v1::Event& event : take(history_of(replica, name)))
            positions.push_back(event.position());
    return positions;
}

/// A run asks for all of `names` once; what is told is the time for one of them.
template <class Ask>
Run each_of(const std::vector<std::string>& names, Ask ask) {
    return [&names, ask] {
        return seconds_of([&] {
                   for (const std::string& name : names) ask(name);
               }) *
               1e6 / lookups;
    };
}

}  // namespace

void opened(Replica& replica) {
    replica.keeps_index = false;
    take(open_replica(replica));
}

void stored(const Replica& replica) { need_done(store_snapshot(replica)); }

void stopped(Replica& replica) { need_done(replica.log->stop()); }

void add_lookup_rows(Bench& bench, const std::filesystem::path& directory, std::uint32_t users,
                     const std::string& size) {
    Replica replica(open_embedded(directory));
    opened(replica);
    const auto names = chosen(users);
    const auto positions = positions_of(replica, names);
    const Position middle{replica.fleet.position.value / 2};
    BareReads reads(directory / "paris.db");
    const auto reference = [&] {
        return seconds_of([&] {
                   for (const std::uint64_t position : positions) reads.read(position);
               }) *
               1e6 / lookups;
    };
    bench.table.add(
        {.operation = fmt::format("history of one user, log of {} (reference: SQLite point reads "
                                  "of the same rows)",
                                  size),
         .goal = "≤ 1,000 µs",
         .unit = Unit::microseconds,
         .ferry = each_of(names, [&](const auto& name) { take(history_of(replica, name)); }),
         .reference = reference,
         .at_most = 1000});
    bench.table.add(
        {.operation = fmt::format("as-of of one user, log of {} (reference: the same reads)", size),
         .goal = "≤ 1,000 µs",
         .unit = Unit::microseconds,
         .ferry = each_of(names,
                          [&](const auto& name) {
                              take(member_as_of(replica, *replica.fleet.find(name), middle));
                          }),
         .reference = reference,
         .at_most = 1000});
}

}  // namespace ferry::bench
