#include "projections/site_progress.hpp"

#include "engine/guards.hpp"
#include "events/hash.hpp"

#include <algorithm>

namespace ferry {

namespace {

struct Counts {
    std::uint64_t pools = 0;
    std::array<std::uint64_t, 6> pools_in{};
    std::array<std::uint64_t, 6> members_in{};
    std::uint64_t moving = 0;
    std::uint64_t failed = 0;
};

Counts counts_of(const Fleet& fleet) {
    Counts counts;
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& entity = fleet.at({number});
        const std::size_t lifecycle = entity.lifecycle.raw < 6 ? entity.lifecycle.raw : 0;
        if (entity.kind == v1::KIND_POOL) {
            ++counts.pools;
            ++counts.pools_in[lifecycle];
        } else if (entity.is_member() && entity.present()) {
            ++counts.members_in[lifecycle];
            counts.moving += entity.transfer == v1::STATE_MOVING;
            counts.failed += entity.transfer == v1::STATE_FAILED;
        }
    }
    return counts;
}

template <class Holds>
bool every_pool(const Fleet& fleet, Holds&& holds) {
    for (std::size_t number = 1; number <= fleet.size(); ++number)
        if (fleet.at({number}).kind == v1::KIND_POOL && !holds(EntityNumber{number})) return false;
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

/// The furthest state that anything has reached.
v1::State begun(const Counts& counts) {
    for (int state = v1::STATE_RETIRED; state > v1::STATE_LEGACY; --state)
        if (counts.pools_in[static_cast<std::size_t>(state)] > 0)
            return static_cast<v1::State>(state);
    return v1::STATE_LEGACY;
}

}  // namespace

v1::State finished_phase(const Fleet& fleet, const Pack& pack, Time now) {
    return finished(fleet, pack, now, counts_of(fleet));
}

std::uint64_t failed_moves(const Fleet& fleet) { return counts_of(fleet).failed; }

SiteStanding standing_of(const Replica& site, const Pack& pack, std::string_view campaign,
                         Time now) {
    const Fleet& fleet = site.fleet;
    const Counts counts = counts_of(fleet);
    SiteStanding standing;
    standing.site = fleet.site;
    standing.position = fleet.position;
    standing.head = text_of(site.acceptance.head);
    standing.begun = begun(counts);
    standing.finished = finished(fleet, pack, now, counts);
    for (std::size_t state = 0; state < counts.members_in.size(); ++state)
        standing.members += counts.members_in[state];
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

std::vector<std::string> between_sites(const Fleet&) { return {}; }

}  // namespace ferry
