#include "bench/deciding.hpp"
#include "bench/estate.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"
#include "engine/evolve.hpp"

#include <algorithm>
#include <random>

namespace ferry::bench {

namespace {

constexpr std::uint32_t users = 1'000'000;
/// How many members before it is decided on an entity is asked for, as the writer does with a
/// batch.
constexpr std::size_t ahead = 16;

void set_back(Fleet& fleet) {
    for (Entity& entity : fleet.entities)
        if (entity.is_member()) entity.lifecycle = v1::STATE_LEGACY;
}

/// The same checks and the same changes by hand.
double decide_bare(Fleet& fleet, const std::vector<std::uint32_t>& members) {
    set_back(fleet);
    std::size_t accepted = 0;
    const double seconds = seconds_of([&] {
        for (const std::uint32_t number : members) {
            Entity& entity = fleet.entities[number];
            if (!entity.present()) continue;
            switch (v1::State(entity.lifecycle)) {
                case v1::STATE_LEGACY: {
                    const v1::State pool = fleet.entities[entity.pool].lifecycle;
                    if (pool < v1::STATE_COEXIST_TEST || pool > v1::STATE_PRODUCTION) break;
                    entity.lifecycle = v1::STATE_COEXIST_TEST;
                    ++entity.version;
                    fleet.position = fleet.position.next();
                    entity.last_position = fleet.position;
                    ++accepted;
                    break;
                }
                default: break;
            }
        }
    });
    FERRY_ASSERT(accepted == members.size(), "a member was refused");
    return seconds * 1e9 / static_cast<double>(members.size());
}

}  // namespace

std::vector<std::uint32_t> shuffled_members(const Fleet& fleet) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number)
        if (fleet.entities[number].is_member()) members.push_back(number);
    std::shuffle(members.begin(), members.end(), std::mt19937(11));
    return members;
}

double decide_all(Fleet& fleet, const std::vector<std::uint32_t>& members) {
    set_back(fleet);
    v1::StoredEvent event;
    std::size_t accepted = 0;
    const double seconds = seconds_of([&] {
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::uint32_t number = members[i];
            prefetch(fleet.entities[members[std::min(i + ahead, members.size() - 1)]]);
            const Step asked =
                step(Trigger::enter_coexistence,
                     {fleet, side_by_side(), {number}, v1::ACTION_ENTER_COEXISTENCE, "dana"});
            if (asked.verdict != Verdict::accepted) continue;
            ++accepted;
            const Transition& transition = asked.transitions.front();
            event.set_entity(number);
            event.set_version(fleet.entities[number].version + 1);
            auto& body = *event.mutable_transitioned();
            body.set_region(transition.region);
            body.set_from(transition.from);
            body.set_to(transition.to);
            body.set_command(v1::ACTION_ENTER_COEXISTENCE);
            evolve(fleet, fleet.position.next(), fleet.recorded, event);
        }
    });
    FERRY_ASSERT(accepted == members.size(), "a member was refused");
    return seconds * 1e9 / static_cast<double>(members.size());
}

void add_deciding_row(Bench& bench) {
    Estate estate(open_embedded(fresh(bench, "deciding")));
    const EstateSize size{.users = users, .stage = Stage::registered};
    estate.make(size);
    estate.bring_pools(size, Stage::coexisting);
    // The writer is not used after this: what is decided here never reaches its log.
    Fleet& fleet = estate.replica.fleet;
    const auto members = shuffled_members(fleet);
    bench.table.add({.operation = "decide only: restore, guards, evolve; 1,000,000 entities in "
                                  "random order (reference: a hand-written switch on the same "
                                  "records)",
                     .goal = "≤ 120 ns; ≤ 2 × its time",
                     .unit = Unit::nanoseconds,
                     .ferry = [&] { return decide_all(fleet, members); },
                     .reference = [&] { return decide_bare(fleet, members); },
                     .at_most = 120,
                     .ratio_at_most = 2});
}

}  // namespace ferry::bench
