#include "projections/rollback_plan.hpp"

#include "engine/standing_rules.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"
#include "projections/byte_writer.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_impact.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

void take_members_along(PlanRequest& request) {
    std::vector<bool> pools(request.now.entities.size());
    for (const EntityNumber number : request.scope)
        pools[number.value] = request.now.at(number).kind == v1::KIND_POOL;
    for (std::size_t number = 1; number < request.now.entities.size(); ++number) {
        const Entity& entity = request.now.at({number});
        if (entity.is_member() && pools[entity.pool]) request.scope.push_back({number});
    }
}

/// Nothing where the decided state is the same.
void add_item(const PlanRequest& request, EntityNumber number, std::vector<PlanItem>& items) {
    const Entity& now = request.now.at(number);
    const Entity& then = request.then.at(number);
    const DecidedState from = decided_state(now);
    const DecidedState to = restorable_state(then);
    if (from == to) return;
    PlanItem& item = items.emplace_back();
    item.number = number;
    item.entity = request.now.id(number);
    if (now.kind == v1::KIND_APPLICATION) item.application_class = request.now.texts.text(now.text);
    item.version = {now.version};
    item.from = from;
    item.to = to;
    item.exempt = then.exempt;
    item.account_stays =
        account_stays(request.now, number, request.pack.transfer == Transfer::confirmed);
    item.owes_move = item.account_stays && to.presence == v1::STATE_PRESENT &&
                     !account_sides(request.now, number).only(to.on_new_side);
    add_impact(request, item);
}

/// Whether the entity's home moved since the target. A rollback of one site cannot take it from
/// another, nor give it back.
std::string moved_home(const PlanRequest& request, EntityNumber number) {
    const auto key = static_cast<std::uint32_t>(number.value);
    const Fleet& now = request.now;
    if (const auto gone = now.releases.find(key);
        gone != now.releases.end() && gone->second.position > request.then.position)
        return fmt::format("was released to site {} at {}:{}, after the target",
                           gone->second.to_site, now.site, gone->second.position.value);
    if (const auto come = now.arrivals.find(key);
        come != now.arrivals.end() && come->second.back().position > request.then.position)
        return fmt::format("came to site {} by {} at position {}, after the target", now.site,
                           come->second.back().transfer, come->second.back().position.value);
    return {};
}

/// How the member stands once the plan has run.
Standing standing_after(const Entity& entity, const PlanItem* planned) {
    if (planned)
        return {entity.kind, planned->to.lifecycle, planned->to.presence == v1::STATE_PRESENT,
                planned->exempt, false};
    return {entity.kind, entity.lifecycle, entity.present(), entity.exempt,
            entity.transfer == v1::STATE_MOVING};
}

/// Where each pool that the plan touches, or whose members it does, will stand.
std::vector<v1::State> pools_after(const Fleet& now, const RollbackPlan& plan) {
    std::vector<v1::State> pools(now.entities.size(), v1::STATE_UNSPECIFIED);
    for (const PlanItem& item : plan.items) {
        const Entity& entity = now.at(item.number);
        if (!entity.is_member()) pools[item.number.value] = item.to.lifecycle;
        else if (pools[entity.pool] == v1::STATE_UNSPECIFIED)
            pools[entity.pool] = now.at({entity.pool}).lifecycle;
    }
    return pools;
}

/// A move that stays open must not end where its pool will no longer be.
std::string broken_on_arrival(const Fleet& now, EntityNumber number, Standing standing,
                              v1::State pool) {
    const auto move = now.moves.find(static_cast<std::uint32_t>(number.value));
    if (!standing.moving || move == now.moves.end()) return {};
    standing.lifecycle = move->second.to;
    standing.moving = false;
    standing.exempt = false;  // its arrival is its first transition, where it has had none
    const std::string rule = broken_rule(standing, pool);
    return rule.empty() ? rule
                        : fmt::format("its move to {} is open: {}", word(move->second.to), rule);
}

void find_left_behind(const Fleet& now, RollbackPlan& plan) {
    const std::vector<v1::State> pools = pools_after(now, plan);
    auto next = plan.items.begin();
    for (std::size_t number = 1; number < now.entities.size(); ++number) {
        // Both are ascending, so the two walk along together.
        while (next != plan.items.end() && next->number.value < number) ++next;
        const Entity& entity = now.at({number});
        const v1::State pool = entity.is_member() ? pools[entity.pool] : v1::STATE_UNSPECIFIED;
        if (pool == v1::STATE_UNSPECIFIED) continue;
        const bool planned = next != plan.items.end() && next->number.value == number;
        const Standing standing = standing_after(entity, planned ? &*next : nullptr);
        std::string rule = broken_rule(standing, pool);
        if (rule.empty() && !planned) rule = broken_on_arrival(now, {number}, standing, pool);
        if (rule.empty()) continue;
        plan.left_behind.push_back(
            {std::string(now.id({number})),
             fmt::format("would be in {} while {} is in {}: {}; {}", word(standing.lifecycle),
                         now.id({entity.pool}), word(pool), rule,
                         planned ? "take the pool along too"
                                 : "take the members along with --with-members, or "
                                   "narrow the scope")});
    }
}

Hash hash_of(const RollbackPlan& plan) {
    ByteWriter fields;
    fields.reserve(plan.scope.size() * 16 + plan.items.size() * 8);
    fields.bytes(bytes_of("ferry rollback plan 1\n"));
    fields.bytes(bytes_of(plan.site));
    fields.number(plan.target);
    fields.bytes(plan.digest);
    for (std::size_t i = 0; i < plan.scope.size(); ++i) {
        fields.number(plan.scope[i].value);
        fields.number(plan.versions[i].value);
    }
    for (const PlanItem& item : plan.items) {
        fields.number(item.number.value);
        for (const std::string& reason : item.reasons) fields.bytes(bytes_of(reason));
    }
    return sha256(fields.written());
}

std::size_t approvals_in(const Fleet& now, std::span<const EntityNumber> scope) {
    std::size_t count = 0;
    for (const EntityNumber number : scope)
        if (const auto found = now.approvals.find(static_cast<std::uint32_t>(number.value));
            found != now.approvals.end())
            count += found->second.size();
    return count;
}

}  // namespace

std::string_view name_of(Reversibility reversibility) {
    switch (reversibility) {
        case Reversibility::reversible: return "reversible";
        case Reversibility::with_loss: return "reversible with loss";
        case Reversibility::not_reversible: return "not reversible";
    }
    return "unknown";
}

std::size_t RollbackPlan::count(Reversibility group) const {
    return static_cast<std::size_t>(std::count_if(
        items.begin(), items.end(), [&](const PlanItem& item) { return item.group == group; }));
}

std::size_t RollbackPlan::users() const {
    return static_cast<std::size_t>(
        std::count_if(items.begin(), items.end(),
                      [](const PlanItem& item) { return item.entity.starts_with("user:"); }));
}

bool RollbackPlan::executable() const {
    return left_behind.empty() && count(Reversibility::not_reversible) == 0;
}

RollbackPlan plan_rollback(PlanRequest request) {
    // A wave is what was done with its members and not un-happened; `ferry wave rollback` ends it.
    std::erase_if(request.scope, [&](EntityNumber number) {
        return request.now.at(number).kind == v1::KIND_WAVE;
    });
    if (request.with_members) take_members_along(request);
    std::sort(request.scope.begin(), request.scope.end());
    const auto repeated = std::unique(request.scope.begin(), request.scope.end());
    request.scope.erase(repeated, request.scope.end());
    RollbackPlan plan;
    plan.site = request.now.site;
    plan.target = request.then.position;
    plan.planned_at = request.now.position;
    plan.scope.reserve(request.scope.size());
    plan.versions.reserve(request.scope.size());
    for (const EntityNumber number : request.scope) {
        if (std::string moved = moved_home(request, number); !moved.empty()) {
            plan.left_behind.push_back(
                {std::string(request.now.id(number)),
                 moved + ": a rollback never crosses a change of owner; narrow the scope"});
            continue;
        }
        if (request.now.at(number).away) continue;
        if (!request.then.knows(number)) {
            plan.registered_later.emplace_back(request.now.id(number));
            continue;
        }
        plan.scope.push_back(number);
        plan.versions.push_back({request.now.at(number).version});
        add_item(request, number, plan.items);
    }
    find_left_behind(request.now, plan);
    plan.approvals_cancelled = approvals_in(request.now, plan.scope);
    plan.digest = decided_digest(request.then, plan.scope);
    plan.hash = hash_of(plan);
    return plan;
}

bool approved_by_another(const Fleet& now, const Hash& plan, std::string_view actor) {
    const auto found = now.approvals.find(0);
    if (found == now.approvals.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const auto& approval) {
        return approval.plan == text_of(plan) && approval.actor != actor;
    });
}

std::vector<std::uint64_t> runs_of(std::span<const EntityNumber> scope) {
    std::vector<std::uint64_t> runs;
    std::uint64_t end = 0;
    for (const EntityNumber number : scope) {
        if (!runs.empty() && number.value == end) ++runs.back();
        else {
            runs.push_back(number.value - end);
            runs.push_back(1);
        }
        end = number.value + 1;
    }
    return runs;
}

std::vector<EntityNumber> numbers_of(std::span<const std::uint64_t> runs) {
    std::vector<EntityNumber> numbers;
    std::uint64_t next = 0;
    for (std::size_t i = 0; i + 1 < runs.size(); i += 2) {
        next += runs[i];
        for (std::uint64_t left = runs[i + 1]; left > 0; --left) numbers.push_back({next++});
    }
    return numbers;
}

}  // namespace ferry
