#include "tests/simulation/surroundings.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace ferry::simulation {

void Surroundings::in(Micros delay, std::function<void()> what) {
    agenda_.push({clock.monotonic() + delay, entries_++, std::move(what)});
}

bool Surroundings::step() {
    if (agenda_.empty()) return false;
    // The top of a priority queue is const only because moving it would break the order, and it
    // leaves at once.
    Entry next = std::move(const_cast<Entry&>(agenda_.top()));
    agenda_.pop();
    clock.pass(next.when - clock.monotonic());
    ++totals[Count::steps];
    next.what();
    return true;
}

void Surroundings::trace(std::string_view what, std::string_view about, std::uint64_t number) {
    const auto mix = [&](std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211ULL; };
    for (const char c : what) mix(static_cast<unsigned char>(c));
    for (const char c : about) mix(static_cast<unsigned char>(c));
    mix(number);
    mix(static_cast<std::uint64_t>(clock.monotonic().count()));
    if (traced_)
        fmt::print("{:>10} us  {:<18} {:<12} {}\n", clock.monotonic().count(), what, about, number);
}

}  // namespace ferry::simulation
