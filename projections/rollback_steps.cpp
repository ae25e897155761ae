#include "projections/rollback_steps.hpp"

#include "engine/standing_rules.hpp"
#include "projections/rollback_moves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace ferry {

namespace {

using Events = std::vector<v1::StoredEvent>;

/// The events of one rollback, made one after the other.
class Making {
public:
    Making(const RollbackPlan& plan, const Fleet& now, const RollbackStamp& stamp)
        : plan_(plan), now_(now), stamp_(stamp) {
        for (const RemediationState& open : now.remediations) open_[open.entity].push_back(&open);
    }

    v1::StoredEvent started(std::size_t to_restore) const {
        v1::StoredEvent event = stamped({0});
        auto& body = *event.mutable_rollback_started();
        body.set_rollback(stamp_.id);
        body.set_plan_hash(plan_.hash.data(), plan_.hash.size());
        body.set_digest(plan_.digest.data(), plan_.digest.size());
        body.set_target(plan_.target.value);
        for (const std::uint64_t run : runs_of(plan_.scope)) body.add_scope(run);
        for (const auto& [site, target] : stamp_.cut) {
            body.add_cut()->set_site(site);
            body.mutable_cut()->rbegin()->set_target(target.value);
        }
        for (const std::string& selector : stamp_.selectors) body.add_selectors(selector);
        body.set_with_members(stamp_.with_members);
        body.set_whole_plan_hash(stamp_.whole_plan_hash);
        body.set_to_restore(to_restore);
        return event;
    }

    v1::StoredEvent finished() const {
        v1::StoredEvent event = stamped({0});
        auto& body = *event.mutable_rollback_finished();
        body.set_rollback(stamp_.id);
        body.set_plan_hash(plan_.hash.data(), plan_.hash.size());
        body.set_target(plan_.target.value);
        body.set_restored_count(static_cast<std::uint32_t>(plan_.items.size()));
        return event;
    }

    /// The restore of one entity with its remediations: they stand or fall together.
    Events restored(const PlanItem& item) const {
        ItemMoves moves = moves_of(item, now_, stamp_.id);
        Events events = std::move(moves.closed);
        events.push_back(restore(item, item.to));
        if (moves.opened) events.push_back(std::move(*moves.opened));
        for (v1::StoredEvent& event : events) put_stamp(event, item.number);
        const auto found = open_.find(static_cast<std::uint32_t>(item.number.value));
        const std::vector<const RemediationState*> open =
            found == open_.end() ? std::vector<const RemediationState*>() : found->second;
        // What a late report left to be done does not end before the account is at home.
        for (const RemediationState* each : open)
            if (!is_among(item.remediations, *each) &&
                !(item.owes_move && each->kind == late_move_kind))
                events.push_back(overtaken(item, *each));
        // Numbered per entity, whose events stand together, so that a resumed rollback repeats
        // none.
        std::size_t count = 0;
        for (const PlannedRemediation& remediation : item.remediations) {
            const bool known = std::any_of(open.begin(), open.end(), [&](const auto* each) {
                return is_among({&remediation, 1}, *each);
            });
            if (known) continue;
            v1::StoredEvent& event = events.emplace_back(stamped(item.number));
            auto& body = *event.mutable_remediation_opened();
            body.set_remediation(fmt::format("{}-{}-{}", stamp_.id, item.number.value, ++count));
            body.set_kind(remediation.kind);
            body.set_subject(remediation.subject);
            body.set_rollback(stamp_.id);
        }
        return events;
    }

    v1::StoredEvent restore(const PlanItem& item, const DecidedState& to) const {
        v1::StoredEvent event = stamped(item.number);
        auto& body = *event.mutable_restored();
        body.set_lifecycle(to.lifecycle);
        body.set_coexistence(to.coexistence);
        body.set_compatibility(to.compatibility);
        body.set_transfer(to.transfer);
        body.set_presence(to.presence);
        body.set_on_new_side(to.on_new_side);
        body.set_pilot_ran(to.pilot_ran);
        body.set_target(plan_.target.value);
        body.set_rollback(stamp_.id);
        body.set_lifecycle_before(item.from.lifecycle);
        body.set_exempt(item.exempt);
        body.set_account_stays(item.account_stays);
        return event;
    }

    Events approvals_cancelled() const {
        Events events;
        for (const EntityNumber number : plan_.scope) {
            const auto found = now_.approvals.find(static_cast<std::uint32_t>(number.value));
            if (found == now_.approvals.end()) continue;
            std::vector<v1::Action> actions;
            for (const ApprovalState& approval : found->second) actions.push_back(approval.action);
            std::sort(actions.begin(), actions.end());
            actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
            for (const v1::Action action : actions) {
                events.push_back(stamped(number));
                events.back().mutable_approvals_cancelled()->set_action(action);
            }
        }
        return events;
    }

private:
    static bool is_among(std::span<const PlannedRemediation> planned,
                         const RemediationState& open) {
        return std::any_of(planned.begin(), planned.end(), [&](const PlannedRemediation& each) {
            return each.kind == open.kind && each.subject == open.subject;
        });
    }

    /// What an earlier rollback left to be done does not contradict the state that comes back now.
    v1::StoredEvent overtaken(const PlanItem& item, const RemediationState& open) const {
        v1::StoredEvent event = stamped(item.number);
        event.mutable_remediation_closed()->set_remediation(open.id);
        event.mutable_remediation_closed()->set_outcome("overtaken by rollback " + stamp_.id);
        return event;
    }

    v1::StoredEvent stamped(EntityNumber number) const {
        v1::StoredEvent event;
        put_stamp(event, number);
        return event;
    }

    void put_stamp(v1::StoredEvent& event, EntityNumber number) const {
        event.set_entity(number.value);
        event.set_command_id(stamp_.id);
        event.set_actor(stamp_.actor);
        event.set_reason(stamp_.reason);
    }

    const RollbackPlan& plan_;
    const Fleet& now_;
    const RollbackStamp& stamp_;
    std::unordered_map<std::uint32_t, std::vector<const RemediationState*>> open_;
};

// What a version, a position and the framing may still add to an event when it is appended.
constexpr std::size_t growth_bytes_max = 40;

std::size_t bytes_of_all(const Events& events) {
    std::size_t bytes = 0;
    for (const v1::StoredEvent& event : events)
        bytes += CommitBuilder::stored_size(event) + growth_bytes_max;
    return bytes;
}

bool fit_one_commit(std::size_t events, std::size_t bytes, std::size_t events_max) {
    return events <= events_max && bytes + commit_header_bytes <= commit_bytes_max;
}

/// Packs groups of events, each of which stays together, into commits.
class Packing {
public:
    explicit Packing(std::size_t events_max) : events_max_(events_max) {}
    void add(Events group) {
        const std::size_t bytes = bytes_of_all(group);
        if (commits_.empty() || closed_ ||
            !fit_one_commit(commits_.back().size() + group.size(), bytes_ + bytes, events_max_)) {
            commits_.emplace_back();
            bytes_ = 0;
            closed_ = false;
        }
        bytes_ += bytes;
        std::move(group.begin(), group.end(), std::back_inserter(commits_.back()));
    }
    /// What comes next stands in a later commit.
    void close() { closed_ = true; }
    RollbackCommits take() { return std::move(commits_); }

private:
    std::size_t events_max_;
    RollbackCommits commits_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
};

struct Order {
    std::vector<const PlanItem*> before;  ///< may be set back while the pool still is where it is
    std::vector<const PlanItem*> after;   ///< once the pool is back
    std::map<std::uint64_t, std::vector<const PlanItem*>> with_pool;  ///< only together with it
    /// What leaves retired by way of production: a pool, and before it its users.
    std::vector<const PlanItem*> bridged;
};

Standing standing_now(const Entity& entity) {
    return {entity.kind, entity.lifecycle, entity.present(), entity.exempt,
            entity.transfer == v1::STATE_MOVING};
}

Standing standing_then(const Entity& entity, const PlanItem& item) {
    return {entity.kind, item.to.lifecycle, item.to.presence == v1::STATE_PRESENT, item.exempt,
            false};
}

/// Sorts the members of one pool by when they may be set back. False where some can be only
/// together with the pool.
bool order_members(const Fleet& now, const std::vector<const PlanItem*>& members, v1::State from,
                   v1::State to, Order& order, std::uint64_t pool) {
    bool free = true;
    for (const PlanItem* item : members) {
        const Entity& entity = now.at(item->number);
        if (stands(standing_then(entity, *item), from)) order.before.push_back(item);
        else if (stands(standing_now(entity), to)) order.after.push_back(item);
        else {
            order.with_pool[pool].push_back(item);
            free = false;
        }
    }
    return free;
}

Order order_items(const RollbackPlan& plan, const Fleet& now) {
    Order order;
    std::map<std::uint64_t, std::vector<const PlanItem*>> members;
    std::unordered_map<std::uint64_t, const PlanItem*> pools;
    for (const PlanItem& item : plan.items) {
        const Entity& entity = now.at(item.number);
        if (entity.is_member()) {
            members[entity.pool].push_back(&item);
            continue;
        }
        pools.emplace(item.number.value, &item);
        order.with_pool[item.number.value];
    }
    for (const auto& [pool, items] : members) {
        const v1::State from = now.at({pool}).lifecycle;
        const auto planned = pools.find(pool);
        const v1::State to = planned == pools.end() ? from : planned->second->to.lifecycle;
        Order tried;
        if (order_members(now, items, from, to, tried, pool) || from != v1::STATE_RETIRED ||
            to >= v1::STATE_PRODUCTION) {
            order_members(now, items, from, to, order, pool);
            continue;
        }
        // A retired pool tolerates no member on the legacy side, so it goes by way of production;
        // a retired user tolerates no other pool than a retired one, and goes ahead of it.
        for (const PlanItem* item : items)
            if (!stands(standing_now(now.at(item->number)), v1::STATE_PRODUCTION))
                order.bridged.push_back(item);
        order.bridged.push_back(planned->second);
        order_members(now, items, v1::STATE_PRODUCTION, to, order, pool);
    }
    return order;
}

Result<void> pack_pools(const RollbackPlan& plan, const Order& order, const Making& making,
                        Packing& packing, const Fleet& now) {
    for (const PlanItem& item : plan.items) {
        if (now.at(item.number).is_member()) continue;
        Events group = making.restored(item);
        for (const PlanItem* member : order.with_pool.at(item.number.value))
            for (v1::StoredEvent& event : making.restored(*member))
                group.push_back(std::move(event));
        if (!fit_one_commit(group.size(), bytes_of_all(group), commit_events_max))
            return fail(Errc::bad_input,
                        fmt::format("{} and {} of its members can only be set back together, which "
                                    "one commit cannot hold; roll back the members to a moment "
                                    "before they were retired first",
                                    item.entity, order.with_pool.at(item.number.value).size()));
        packing.add(std::move(group));
    }
    return {};
}

RollbackCommits one_commit(const RollbackPlan& plan, const Making& making, bool resumed) {
    RollbackCommits commits(1);
    Events& events = commits.front();
    if (!resumed) events.push_back(making.started(plan.items.size()));
    for (const PlanItem& item : plan.items)
        for (v1::StoredEvent& event : making.restored(item)) events.push_back(std::move(event));
    for (v1::StoredEvent& event : making.approvals_cancelled()) events.push_back(std::move(event));
    events.push_back(making.finished());
    return commits;
}

}  // namespace

Result<RollbackCommits> rollback_commits(const RollbackPlan& plan, const Fleet& now,
                                         const RollbackStamp& stamp, bool resumed,
                                         std::size_t events_max) {
    const Making making(plan, now, stamp);
    if (plan.items.size() < events_max) {
        RollbackCommits single = one_commit(plan, making, resumed);
        if (fit_one_commit(single.front().size(), bytes_of_all(single.front()), events_max))
            return single;
    }
    Packing packing(events_max);
    const Order order = order_items(plan, now);
    if (!resumed) {
        Events start{making.started(plan.items.size() + order.bridged.size())};
        if (!fit_one_commit(1, bytes_of_all(start), commit_events_max))
            return fail(Errc::bad_input, "the scope is too scattered for one event to name it; "
                                         "narrow it to whole pools or sites");
        packing.add(std::move(start));
        packing.close();
    }
    for (const PlanItem* item : order.bridged) {
        DecidedState bridge = item->from;
        bridge.lifecycle = v1::STATE_PRODUCTION;
        packing.add({making.restore(*item, bridge)});
    }
    packing.close();
    for (const PlanItem* item : order.before) packing.add(making.restored(*item));
    packing.close();
    if (auto packed = pack_pools(plan, order, making, packing, now); !packed)
        return std::unexpected(packed.error());
    packing.close();
    for (const PlanItem* item : order.after) packing.add(making.restored(*item));
    for (v1::StoredEvent& event : making.approvals_cancelled()) packing.add({std::move(event)});
    packing.close();
    packing.add({making.finished()});
    return packing.take();
}

v1::StoredEvent abandoned(const OpenRollback& rollback, const RollbackStamp& stamp) {
    v1::StoredEvent event;
    event.set_command_id(stamp.id);
    event.set_actor(stamp.actor);
    event.set_reason(stamp.reason);
    event.mutable_rollback_abandoned()->set_rollback(rollback.id);
    return event;
}

}  // namespace ferry
