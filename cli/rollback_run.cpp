#include "cli/rollback_run.hpp"

#include "cli/rollback_scope.hpp"
#include "events/hash.hpp"
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_moves.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

/// Where the pool became retired, walking its history back.
Result<Position> retired_at(Site& site, EntityNumber pool) {
    Position position = site.replica.fleet.at(pool).last_position;
    while (position.value != 0) {
        const auto found = find_event(site.replica, position);
        if (!found) return std::unexpected(found.error());
        if (!*found) break;
        const v1::StoredEvent& event = (*found)->event;
        const bool retires =
            event.has_transitioned() && event.transitioned().to() == v1::STATE_RETIRED;
        if (retires || event.has_restored()) return position;
        position = {event.previous_position()};
    }
    return position;
}

Result<std::vector<EntityNumber>> redeployed_pools(Site& site) {
    const Fleet& fleet = site.replica.fleet;
    std::vector<EntityNumber> pools;
    for (std::size_t number = 1; number < fleet.entities.size(); ++number) {
        const Entity& entity = fleet.at({number});
        if (entity.kind != v1::KIND_POOL || entity.lifecycle != v1::STATE_RETIRED) continue;
        const CheckState* check = fleet.check({number}, redeployed_check);
        if (!check || check->outcome != v1::CHECK_OUTCOME_PASS) continue;
        const auto retired = retired_at(site, {number});
        if (!retired) return std::unexpected(retired.error());
        if (check->position > *retired) pools.push_back({number});
    }
    return pools;
}

/// The proof: the scope's decided state after the last restore must be the one as of the target, or
/// the commit that would say so is not written.
Result<void> prove(const SiteRollback& part, const Fleet& fleet, v1::StoredEvent& event) {
    if (!event.has_rollback_finished()) return {};
    const Hash digest = decided_digest(fleet, part.plan.scope);
    event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
    if (digest == part.plan.digest) return {};
    return fail(Errc::damaged,
                fmt::format("{}: the state after the rollback is not the state as of {}; nothing "
                            "more was written. Keep the log as it is and report this",
                            part.site->name, part.plan.target.value));
}

Result<void> append(const SiteRollback& part, std::vector<v1::StoredEvent>& events) {
    return part.site->writer->append(events, [&](const Fleet& fleet, v1::StoredEvent& event) {
        return prove(part, fleet, event);
    });
}

/// Over several sites no scope is opened before all are closed, so a start stands alone.
void split_start(RollbackCommits& commits) {
    if (commits.front().size() == 1 || !commits.front().front().has_rollback_started()) return;
    std::vector<v1::StoredEvent> start{std::move(commits.front().front())};
    commits.front().erase(commits.front().begin());
    commits.insert(commits.begin(), std::move(start));
}

const OpenRollback* open_rollback(const Fleet& fleet, const std::string& id) {
    for (const OpenRollback& rollback : fleet.rollbacks)
        if (rollback.id == id) return &rollback;
    return nullptr;
}

Result<v1::RollbackStarted> started_event(Site& site, const OpenRollback& rollback) {
    const auto found = find_event(site.replica, rollback.started);
    if (!found) return std::unexpected(found.error());
    if (!*found)
        return fail(Errc::damaged,
                    fmt::format("{} ends before the start of rollback {}", site.name, rollback.id));
    return (*found)->event.rollback_started();
}

/// A site of the cut whose scope was not closed yet when the rollback was interrupted; nothing
/// where it has finished there.
Result<std::optional<SiteRollback>> missing_part(Sites& sites, Site& site, Position target,
                                                 const RollbackStamp& stamp) {
    const auto last = find_command(site.replica, stamp.id);
    if (!last) return std::unexpected(last.error());
    if (*last) return std::optional<SiteRollback>();
    auto scopes = rollback_scope(sites, stamp.selectors);
    if (!scopes) return std::unexpected(scopes.error());
    auto plan =
        plan_for(site, sites.pack(site), target, std::move((*scopes)[&site]), stamp.with_members);
    if (!plan) return std::unexpected(plan.error());
    return SiteRollback{&site, std::move(*plan), std::to_string(target.value), false};
}

Result<void> add_missing(Sites& sites, std::vector<SiteRollback>& parts,
                         const RollbackStamp& stamp) {
    for (const auto& [name, target] : stamp.cut) {
        Site* site = sites.named(name);
        if (!site)
            return fail(Errc::unavailable, fmt::format("the log of site {} is needed to resume "
                                                       "rollback {} and is not here",
                                                       name, stamp.id));
        if (open_rollback(site->replica.fleet, stamp.id)) continue;
        auto part = missing_part(sites, *site, target, stamp);
        if (!part) return std::unexpected(part.error());
        if (*part) parts.push_back(std::move(**part));
    }
    return {};
}

/// The plan of an open rollback, from where its site stands. It goes on as the plan that was agreed
/// to, whatever part of it is done.
Result<RollbackPlan> plan_of_open(Sites& sites, Site& site, const OpenRollback& open) {
    auto plan = plan_for(site, sites.pack(site), open.target, numbers_of(open.scope), false);
    if (plan)
        std::copy_n(bytes_of(open.plan_hash).begin(),
                    std::min(plan->hash.size(), open.plan_hash.size()), plan->hash.begin());
    return plan;
}

std::string moved_on(const RollbackPlan& plan, const Fleet& fleet) {
    constexpr std::size_t named_max = 10;
    std::vector<std::string_view> moved;
    for (std::size_t i = 0; i < plan.scope.size(); ++i)
        if (plan.versions[i] != Version{fleet.at(plan.scope[i]).version})
            moved.push_back(fleet.id(plan.scope[i]));
    if (moved.empty()) return "what surrounds its scope has moved on since";
    const std::size_t named = std::min(moved.size(), named_max);
    return fmt::format("{} moved on since: {}{}", moved.size(),
                       fmt::join(moved.begin(), moved.begin() + std::ptrdiff_t(named), ", "),
                       moved.size() > named ? ", …" : "");
}

/// Between the plan and the lock somebody may have read and decided for minutes, and others have
/// written. What was agreed to is that plan and no other.
Result<void> still_current(Sites& sites, SiteRollback& part, const std::string& id) {
    Site& site = *part.site;
    const Fleet& fleet = site.replica.fleet;
    if (fleet.position == part.plan.planned_at) return {};
    if (part.started) {
        const OpenRollback* open = open_rollback(fleet, id);
        if (!open)
            return fail(Errc::not_allowed,
                        fmt::format("rollback {} is not open any more: somebody finished or "
                                    "abandoned it meanwhile",
                                    id));
        auto plan = plan_of_open(sites, site, *open);
        if (!plan) return std::unexpected(plan.error());
        part.plan = std::move(*plan);
        return {};
    }
    auto plan = plan_for(site, sites.pack(site), part.plan.target, part.plan.scope, false);
    if (!plan) return std::unexpected(plan.error());
    if (plan->hash == part.plan.hash && plan->executable()) return {};
    return fail(Errc::not_allowed, fmt::format("refused as stale: {}: {}; plan again", site.name,
                                               moved_on(part.plan, fleet)));
}

}  // namespace

Result<RollbackPlan> plan_for(Site& site, const Pack& pack, Position target,
                              std::vector<EntityNumber> scope, bool with_members) {
    const auto then = fleet_as_of(*site.replica.log, target);
    if (!then) return std::unexpected(then.error());
    auto redeployed = redeployed_pools(site);
    if (!redeployed) return std::unexpected(redeployed.error());
    return plan_rollback(
        {site.replica.fleet, *then, pack, std::move(scope), with_members, std::move(*redeployed)});
}

Result<void> run_rollback(Sites& sites, std::vector<SiteRollback>& parts,
                          const RollbackStamp& stamp) {
    std::vector<RollbackCommits> all;
    for (SiteRollback& part : parts) {
        if (auto leads = sites.lead(*part.site); !leads) return leads;
        if (auto current = still_current(sites, part, stamp.id); !current) return current;
        auto commits = rollback_commits(part.plan, part.site->replica.fleet, stamp, part.started);
        if (!commits) return std::unexpected(commits.error());
        if (parts.size() > 1) split_start(*commits);
        all.push_back(std::move(*commits));
    }
    for (std::size_t i = 0; i < parts.size() && parts.size() > 1; ++i) {
        if (parts[i].started) continue;
        if (auto closed = append(parts[i], all[i].front()); !closed) return closed;
        all[i].erase(all[i].begin());
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
        for (std::vector<v1::StoredEvent>& events : all[i])
            if (auto appended = append(parts[i], events); !appended) return appended;
    for (const SiteRollback& part : parts) {
        auto settled = settlements(part.site->replica.fleet, stamp);
        if (settled.empty()) continue;
        if (auto appended = append(part, settled); !appended) return appended;
    }
    return {};
}

Result<std::vector<SiteRollback>> open_parts(Sites& sites, const std::string& id,
                                             RollbackStamp& stamp) {
    std::vector<SiteRollback> parts;
    for (Site& site : sites.all()) {
        const OpenRollback* open = open_rollback(site.replica.fleet, id);
        if (!open) continue;
        const auto started = started_event(site, *open);
        if (!started) return std::unexpected(started.error());
        stamp.id = id;
        stamp.with_members = started->with_members();
        stamp.selectors.assign(started->selectors().begin(), started->selectors().end());
        stamp.whole_plan_hash = started->whole_plan_hash();
        stamp.cut.clear();
        for (const v1::SiteTarget& target : started->cut())
            stamp.cut.emplace_back(target.site(), Position{target.target()});
        auto plan = plan_of_open(sites, site, *open);
        if (!plan) return std::unexpected(plan.error());
        parts.push_back({&site, std::move(*plan), std::to_string(open->target.value), true});
    }
    if (parts.empty())
        return fail(
            Errc::bad_input,
            fmt::format("no rollback `{}` is open; `ferry status` names those that are", id));
    if (auto added = add_missing(sites, parts, stamp); !added)
        return std::unexpected(added.error());
    return parts;
}

Result<std::size_t> abandon_rollback(Sites& sites, const std::string& id,
                                     const RollbackStamp& stamp) {
    std::size_t count = 0;
    for (Site& site : sites.all()) {
        const OpenRollback* open = open_rollback(site.replica.fleet, id);
        if (!open) continue;
        if (auto leads = sites.lead(site); !leads) return std::unexpected(leads.error());
        std::vector<v1::StoredEvent> events{abandoned(*open, stamp)};
        if (auto appended = site.writer->append(events); !appended)
            return std::unexpected(appended.error());
        ++count;
    }
    return count;
}

}  // namespace ferry
