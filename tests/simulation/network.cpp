#include "tests/simulation/network.hpp"

namespace ferry::simulation {

void Network::cut(Node one, Node other) {
    if (one == other) return;
    cuts_.insert({std::min(one, other), std::max(one, other)});
    ++world_.totals[Count::partitions];
    world_.trace("cut", "link", one * 10 + other);
}

void Network::join_one() {
    if (cuts_.empty()) return;
    const auto joined =
        std::next(cuts_.begin(), static_cast<std::ptrdiff_t>(world_.below(cuts_.size())));
    world_.trace("join", "link", joined->first * 10 + joined->second);
    cuts_.erase(joined);
}

void Network::send(Node from, Node to, Letter letter) {
    if (!world_.healed) {
        if (world_.chance(20)) {
            ++world_.totals[Count::dropped];
            return;
        }
        if (world_.chance(30)) {
            ++world_.totals[Count::duplicates];
            post(from, to, letter);
        }
    }
    post(from, to, std::move(letter));
}

void Network::post(Node from, Node to, Letter letter) {
    Micros delay = world_.between(100, 1'500);
    if (!world_.healed && world_.chance(30)) {
        delay = world_.between(5'000, 400'000);
        ++world_.totals[Count::delayed];
    }
    world_.in(delay, [this, from, to, number = ++sent_, kept = std::move(letter)] {
        // A letter on its way when the link is cut is lost as well.
        if (is_cut(from, to)) {
            ++world_.totals[Count::dropped];
            return;
        }
        std::uint64_t& last = last_arrived_[from][to];
        world_.totals[Count::reordered] += number < last ? 1 : 0;
        last = std::max(last, number);
        world_.trace("letter", "", from * 100 + to * 10 + kept.index());
        deliver(from, to, kept);
    });
}

bool take(Disk& copy, const Records& letter) {
    const std::size_t have = copy.size();
    if (letter.from > have || letter.from + letter.records.size() <= have) return false;
    for (std::size_t i = have - letter.from; i < letter.records.size(); ++i)
        copy.write(letter.records[i]);
    copy.sync();
    return true;
}

void Mirror::fold() {
    const auto read = replica.catch_up();
    demand(read.has_value(),
           "a copy of a log cannot be read: ", read ? std::string() : read.error().message);
}

}  // namespace ferry::simulation
