#include "projections/site_progress.hpp"

#include "engine/guards.hpp"
#include "events/hash.hpp"

#include <algorithm>
#include <set>

namespace ferry {

namespace {

struct Counts {
    std::uint64_t pools = 0;
    std::array<std::uint64_t, 6> pools_in{};
    std::array<std::uint64_t, 6> members_in{};
    std::uint64_t moving = 0;
    std::uint64_t failed = 0;
};

/// Whom a wave that was not rolled back has counted as failed and nobody has moved since.
std::set<std::uint64_t> failed_members(const Fleet& fleet) {
    std::set<std::uint64_t> members;
    for (const auto& [number, wave] : fleet.waves)
        for (const auto& [member, why] : wave.failures)
            if (fleet.at({number}).lifecycle != v1::STATE_WAVE_ROLLED_BACK &&
                fleet.at({member}).lifecycle < v1::State(wave.to))
                members.insert(member);
    return members;
}

Counts counts_of(const Fleet& fleet) {
    const std::set<std::uint64_t> failed_in_wave = failed_members(fleet);
    Counts counts;
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& entity = fleet.at({number});
        const std::size_t lifecycle = entity.lifecycle.raw < 6 ? entity.lifecycle.raw : 0;
        if (entity.away) continue;
        if (entity.kind == v1::KIND_POOL) {
            ++counts.pools;
            ++counts.pools_in[lifecycle];
        } else if (entity.is_member() && entity.present()) {
            ++counts.members_in[lifecycle];
            counts.moving += entity.transfer == v1::STATE_MOVING;
            counts.failed += entity.transfer == v1::STATE_FAILED || failed_in_wave.contains(number);
        }
    }
    return counts;
}

template <class Holds>
bool every_pool(const Fleet& fleet, Holds&& holds) {
    for (std::size_t number = 1; number <= fleet.size(); ++number)
        if (fleet.at({number}).kind == v1::KIND_POOL && !fleet.at({number}).away &&
            !holds(EntityNumber{number}))
            return false;
    return true;
}

bool coexistence_tested(const Fleet& fleet) {
    return every_pool(fleet, [&](EntityNumber number) {
        const Entity& pool = fleet.at(number);
        return pool.lifecycle > v1::STATE_COEXIST_TEST ||
               (pool.lifecycle == v1::STATE_COEXIST_TEST &&
                pool.knowledge == v1::STATE_COEXISTENCE_VERIFIED);
    });
}

bool piloted(const Fleet& fleet, const Pack& pack, Time now) {
    return every_pool(fleet, [&](EntityNumber number) {
        const Entity& pool = fleet.at(number);
        if (pool.lifecycle != v1::STATE_PILOT) return pool.lifecycle > v1::STATE_PILOT;
        return !failure(Guard::pilot_ran, {fleet, pack, number, v1::ACTION_PROMOTE, "", now});
    });
}

bool produced(const Fleet& fleet, const Counts& counts) {
    const bool members = counts.members_in[v1::STATE_LEGACY] == 0 &&
                         counts.members_in[v1::STATE_COEXIST_TEST] == 0 &&
                         counts.members_in[v1::STATE_PILOT] == 0;
    return members && counts.moving == 0 && every_pool(fleet, [&](EntityNumber number) {
               return fleet.at(number).lifecycle >= v1::STATE_PRODUCTION;
           });
}

v1::State finished(const Fleet& fleet, const Pack& pack, Time now, const Counts& counts) {
    if (counts.pools == 0 || !coexistence_tested(fleet)) return v1::STATE_LEGACY;
    if (!piloted(fleet, pack, now)) return v1::STATE_COEXIST_TEST;
    if (!produced(fleet, counts)) return v1::STATE_PILOT;
    return counts.pools_in[v1::STATE_RETIRED] == counts.pools ? v1::STATE_RETIRED
                                                              : v1::STATE_PRODUCTION;
}

/// The phase before the first that one of these waves still has to lead to.
v1::State waves_reach(const Fleet& fleet, std::span<const std::string> waves) {
    v1::State reached = v1::STATE_RETIRED;
    for (const std::string& name : waves) {
        const auto number = fleet.find("wave:" + name);
        const WaveState* const wave = number ? wave_of(fleet, *number) : nullptr;
        if (wave && fleet.at(*number).lifecycle == v1::STATE_WAVE_COMPLETED) continue;
        const v1::State to = wave ? v1::State(wave->to) : v1::STATE_PRODUCTION;
        reached = std::min(reached, static_cast<v1::State>(to - 1));
    }
    return reached;
}

/// The furthest state that anything has reached.
v1::State begun(const Counts& counts) {
    for (int state = v1::STATE_RETIRED; state > v1::STATE_LEGACY; --state)
        if (counts.pools_in[static_cast<std::size_t>(state)] > 0)
            return static_cast<v1::State>(state);
    return v1::STATE_LEGACY;
}

}  // namespace

v1::State finished_phase(const Fleet& fleet, const Pack& pack, Time now,
                         std::span<const std::string> waves) {
    return std::min(finished(fleet, pack, now, counts_of(fleet)), waves_reach(fleet, waves));
}

std::uint64_t failed_moves(const Fleet& fleet) { return counts_of(fleet).failed; }

SiteStanding standing_of(const Replica& site, const Pack& pack, std::string_view campaign, Time now,
                         std::span<const std::string> waves) {
    const Fleet& fleet = site.fleet;
    const Counts counts = counts_of(fleet);
    SiteStanding standing;
    standing.site = fleet.site;
    standing.position = fleet.position;
    standing.head = text_of(site.acceptance.head);
    standing.begun = begun(counts);
    standing.finished = std::min(finished(fleet, pack, now, counts), waves_reach(fleet, waves));
    for (const auto members : counts.members_in) standing.members += members;
    standing.in_pilot = counts.members_in[v1::STATE_PILOT];
    standing.moved = counts.members_in[v1::STATE_PRODUCTION] + counts.members_in[v1::STATE_RETIRED];
    standing.failed = counts.failed;
    standing.restores = fleet.restores;
    standing.rolling_back = !fleet.rollbacks.empty();
    for (const SeenCampaign& seen : fleet.campaigns)
        if (seen.name == campaign) standing.seen = seen.position;
    standing.last_contact = fleet.recorded;
    return standing;
}

}  // namespace ferry
