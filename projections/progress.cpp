#include "projections/progress.hpp"

#include <algorithm>
#include <unordered_map>

namespace ferry {

namespace {

void count_knowledge(Progress& progress, const Entity& entity) {
    switch (v1::State(entity.knowledge)) {
        case v1::STATE_COEXISTENCE_UNVERIFIED: ++progress.coexistence_unverified; return;
        case v1::STATE_COEXISTENCE_VERIFIED: ++progress.coexistence_verified; return;
        case v1::STATE_COEXISTENCE_DEGRADED: ++progress.coexistence_degraded; return;
        case v1::STATE_UPGRADED_CLIENT: ++progress.upgraded_clients; return;
        case v1::STATE_COMPATIBLE: ++progress.compatible; return;
        case v1::STATE_INCOMPATIBLE: ++progress.incompatible; return;
        default: return;
    }
}

KindProgress& of_kind(Progress& progress, v1::Kind kind) {
    if (kind == v1::KIND_POOL) return progress.pools;
    return kind == v1::KIND_USER ? progress.users : progress.applications;
}

PoolProgress start_pool(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    PoolProgress pool;
    pool.number = number;
    pool.name = fleet.name(number);
    pool.successor = fleet.successor(number);
    pool.lifecycle = entity.lifecycle;
    pool.coexistence = entity.knowledge;
    pool.pilot_ran = entity.pilot_ran;
    return pool;
}

/// A scope is stored as runs: how many numbers are left out, how many are in, and so on.
std::uint64_t closed_by(const OpenRollback& open) {
    std::uint64_t closed = 0;
    for (std::size_t i = 1; i < open.scope.size(); i += 2) closed += open.scope[i];
    return closed;
}

std::vector<SettlementProgress> settlements_of(const Fleet& fleet) {
    std::vector<SettlementProgress> found;
    for (const OpenSettlement& open : fleet.settlements) {
        const bool running = std::ranges::any_of(
            fleet.rollbacks, [&](const OpenRollback& each) { return each.id == open.rollback; });
        if (running) continue;
        SettlementProgress& progress = found.emplace_back();
        progress.rollback = open.rollback;
        progress.moved = open.moved.size();
        progress.open = open.open;
        for (const auto& [member, account] : fleet.accounts)
            if (account.back && account.back->failed && account.back->rollback == open.rollback)
                ++progress.failed;
    }
    return found;
}

}  // namespace

void KindProgress::add(const Entity& entity) {
    if (entity.away) {
        ++released;
        return;
    }
    if (!entity.present()) {
        ++withdrawn;
        return;
    }
    ++present;
    ++lifecycles[std::min<std::size_t>(entity.lifecycle.raw, lifecycles.size() - 1)];
    if (entity.disabled) ++disabled;
    if (entity.transfer == v1::STATE_MOVING) ++moving;
    if (entity.transfer == v1::STATE_FAILED) ++failed;
}

Progress progress_of(const Fleet& fleet) {
    Progress progress;
    progress.site = fleet.site;
    progress.position = fleet.position;
    progress.recorded = fleet.recorded;
    std::unordered_map<std::uint32_t, std::size_t> places;
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
        const Entity& entity = fleet.entities[number];
        if (entity.kind == v1::KIND_WAVE) continue;
        of_kind(progress, entity.kind).add(entity);
        if (entity.present()) count_knowledge(progress, entity);
        if (entity.kind == v1::KIND_POOL && !entity.away) {
            places.emplace(number, progress.by_pool.size());
            progress.by_pool.push_back(start_pool(fleet, {number}));
        }
    }
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
        const Entity& entity = fleet.entities[number];
        const auto place = entity.is_member() ? places.find(entity.pool) : places.end();
        if (place == places.end()) continue;
        PoolProgress& pool = progress.by_pool[place->second];
        (entity.kind == v1::KIND_USER ? pool.users : pool.applications).add(entity);
    }
    std::sort(progress.by_pool.begin(), progress.by_pool.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    progress.open_remediations = fleet.remediations.size();
    for (const OpenRollback& open : fleet.rollbacks)
        progress.rollbacks.push_back(
            {open.id, open.target, open.started, closed_by(open), open.restored, open.to_restore});
    progress.settlements = settlements_of(fleet);
    progress.waves = all_waves(fleet, fleet.recorded);
    std::erase_if(progress.waves, [](const auto& each) { return !is_unfinished(each.state); });
    progress.labels = fleet.labels;
    return progress;
}

}  // namespace ferry
