#include "engine/guards.hpp"

#include "engine/home_guards.hpp"
#include "engine/pack_guards.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

using Failure = std::optional<std::string>;

/// The deployments whose record the pack wants; unspecified: the latest, whichever it looked at.
std::span<const v1::Deployment> wanted_sides(const Pack& pack, std::string_view check) {
    static constexpr v1::Deployment any[] = {v1::DEPLOYMENT_UNSPECIFIED};
    static constexpr v1::Deployment both[] = {v1::DEPLOYMENT_LEGACY, v1::DEPLOYMENT_SUCCESSOR};
    const CheckRule* rule = pack.check_rule(check);
    if (!rule) return any;
    switch (rule->side) {
        case CheckRule::Side::any: return any;
        case CheckRule::Side::legacy: return std::span(both).first(1);
        case CheckRule::Side::successor: return std::span(both).last(1);
        case CheckRule::Side::each: break;
    }
    return both;
}

bool passed(const CheckState* state) { return state && state->outcome == v1::CHECK_OUTCOME_PASS; }

std::string standing_of(const CheckState* state, std::string_view check, v1::Deployment side) {
    std::string name(check);
    if (side != v1::DEPLOYMENT_UNSPECIFIED) name += fmt::format(" of the {} side", word(side));
    if (!state) return fmt::format("{} (never recorded)", name);
    if (state->outcome == v1::CHECK_OUTCOME_UNSPECIFIED) return fmt::format("{} (expired)", name);
    return fmt::format("{} ({} at position {})", name, word(v1::CheckOutcome(state->outcome)),
                       state->position.value);
}

/// The checks that do not have PASS as their latest outcome, with what they have instead.
std::string missing_checks(const GuardContext& at, EntityNumber number,
                           std::span<const std::string> checks) {
    std::string missing;
    for (const std::string& check : checks)
        for (const v1::Deployment side : wanted_sides(at.pack, check)) {
            const CheckState* state = at.fleet.check(number, check, side);
            if (passed(state)) continue;
            missing += missing.empty() ? "" : ", ";
            missing += standing_of(state, check, side);
        }
    return missing;
}

Failure checks_passed(const GuardContext& at) {
    std::string reason;
    for (const RequiredChecks& row : at.pack.required) {
        if (!asks(row, at)) continue;
        const EntityNumber subject = row.of_pool ? at.pool() : at.number;
        // That check is a guard of its own on this row: `compatible`.
        const bool own_guard = row.kind == v1::KIND_APPLICATION &&
                               row.action == v1::ACTION_PROMOTE && row.checks.size() == 1 &&
                               row.checks.front() == compatibility_check;
        const std::string missing = own_guard ? "" : missing_checks(at, subject, row.checks);
        if (missing.empty()) continue;
        reason += fmt::format("{}not passed: {}; repeat each with `ferry check {} CHECK pass`",
                              reason.empty() ? "" : "; ", missing, at.fleet.id(subject));
    }
    return reason.empty() ? Failure() : reason;
}

Failure coexistence_verified(const GuardContext& at) {
    const EntityNumber pool = at.pool();
    const std::string missing = missing_checks(at, pool, at.pack.coexistence_checks);
    const v1::State state = at.fleet.at(pool).knowledge;
    if (state == v1::STATE_COEXISTENCE_VERIFIED && missing.empty()) return {};
    if (missing.empty())
        return fmt::format("coexistence of {} is {} although its checks passed; record one of them "
                           "again while it is in coexist-test or pilot",
                           at.fleet.id(pool), word(state));
    return fmt::format("coexistence of {} is {}, not passed: {}; repeat each with "
                       "`ferry check {} CHECK pass`",
                       at.fleet.id(pool), word(state), missing, at.fleet.id(pool));
}

Failure successor_named(const GuardContext& at) {
    if (!at.fleet.successor(at.pool()).empty()) return {};
    return fmt::format("{} names no successor; import a pool list that names it, with "
                       "--accept-drift",
                       at.fleet.id(at.pool()));
}

Failure pilot_lasted(const GuardContext& at) {
    const auto changes =
        at.fleet.pilot_ran_changes.find(static_cast<std::uint32_t>(at.number.value));
    if (at.pack.pilot.lasts.count() == 0 || changes == at.fleet.pilot_ran_changes.end()) return {};
    const Time until = changes->second.back().recorded + at.pack.pilot.lasts;
    if (at.now() >= until) return {};
    return fmt::format("the pilot of {} runs since {} and has to last {}, until {}",
                       at.fleet.id(at.number), to_rfc3339(changes->second.back().recorded),
                       counted(static_cast<std::uint64_t>(at.pack.pilot.lasts.count()), "hour"),
                       to_rfc3339(until));
}

Failure pilot_large(const GuardContext& at, std::uint32_t left) {
    const PoolCounts& counts = at.fleet.members(at.number);
    const std::uint32_t reached =
        PoolCounts::sum(counts.users, v1::STATE_PILOT, v1::STATE_RETIRED) +
        PoolCounts::sum(counts.applications, v1::STATE_PILOT, v1::STATE_RETIRED);
    if (left == 0 || reached >= at.pack.pilot.members) return {};
    return fmt::format("{} of the {} that pack {} asks for reached pilot in {}; move some with "
                       "`ferry advance {} --pool {} --to pilot`",
                       reached, counted(at.pack.pilot.members, "member"), at.pack.name,
                       at.fleet.id(at.number), at.pack.pilot.members - reached,
                       at.fleet.name(at.number));
}

Failure pilot_ran(const GuardContext& at) {
    const PoolCounts& counts = at.fleet.members(at.number);
    const std::uint32_t left =
        PoolCounts::sum(counts.users, v1::STATE_LEGACY, v1::STATE_COEXIST_TEST) +
        PoolCounts::sum(counts.applications, v1::STATE_LEGACY, v1::STATE_COEXIST_TEST);
    if (at.entity().pilot_ran) {
        auto small = pilot_large(at, left);
        return small ? small : pilot_lasted(at);
    }
    if (left == 0) return {};
    return fmt::format("no member of {} has reached pilot yet, {} are still before it; move some "
                       "with `ferry advance 5% --pool {} --to pilot`",
                       at.fleet.id(at.number), left, at.fleet.name(at.number));
}

Failure members_moved(const GuardContext& at) {
    const PoolCounts& counts = at.fleet.members(at.number);
    const std::uint32_t users = PoolCounts::sum(counts.users, v1::STATE_LEGACY, v1::STATE_PILOT);
    const std::uint32_t applications =
        PoolCounts::sum(counts.applications, v1::STATE_LEGACY, v1::STATE_PRODUCTION);
    const std::size_t moving = counts.moving + moves_back_of_pool(at.fleet, at.number);
    if (users + applications + moving == 0) return {};
    return fmt::format(
        "still on the legacy side of {}: {} not in production, {} not retired, {} in flight; see "
        "`ferry status --pool {}`",
        at.fleet.id(at.number), counted(users, "user"), counted(applications, "application"),
        counted(moving, "move"), at.fleet.name(at.number));
}

/// How many people other than the asker have agreed, of the role where one is given.
std::size_t approvers(const GuardContext& at, const Role* role) {
    std::vector<std::string_view> people;
    const auto found = at.fleet.approvals.find(static_cast<std::uint32_t>(at.number.value));
    if (found == at.fleet.approvals.end()) return 0;
    for (const ApprovalState& approval : found->second) {
        // An approval that nobody signed is nobody's.
        if (approval.action != at.action || approval.actor.empty() || approval.actor == at.actor)
            continue;
        if (role && std::ranges::find(role->people, approval.actor) == role->people.end()) continue;
        if (std::ranges::find(people, approval.actor) == people.end())
            people.push_back(approval.actor);
    }
    return people.size();
}

/// What the pack asks for beyond one other person.
Failure pack_approved(const GuardContext& at) {
    for (const ApprovalRule& rule : at.pack.approvals) {
        if (rule.kind != at.entity().kind || rule.action != at.action) continue;
        const Role* role = rule.role.empty() ? nullptr : at.pack.role(rule.role);
        const std::size_t agreed = approvers(at, role);
        if (agreed >= rule.people) continue;
        return fmt::format(
            "pack {} asks that {} people{} other than {} approve to {} {}, and {} have; each runs "
            "`ferry approve {} {}`",
            at.pack.name, rule.people,
            role ? fmt::format(" of {} ({})", role->name, fmt::join(role->people, ", ")) : "",
            at.actor.empty() ? "the asker" : at.actor, word(at.action), at.fleet.id(at.number),
            agreed, at.fleet.id(at.number), word(at.action));
    }
    return {};
}

Failure approved(const GuardContext& at) {
    const bool retires_pool = at.action == v1::ACTION_RETIRE && !at.entity().is_member();
    if (!retires_pool || approvers(at, nullptr) > 0) return pack_approved(at);
    return fmt::format("nobody other than {} has approved to {} {}; a second person runs "
                       "`ferry approve {} {}`",
                       at.actor.empty() ? "the asker" : at.actor, word(at.action),
                       at.fleet.id(at.number), at.fleet.id(at.number), word(at.action));
}

/// `wanted` in words, for a guard on the pool's lifecycle that failed.
Failure pool_is(const GuardContext& at, bool holds, std::string_view wanted) {
    if (holds) return {};
    const std::string_view id = at.fleet.id(at.pool());
    return fmt::format("{} is in {}, not {}; advance the pool first (`ferry why {} …`)", id,
                       word(v1::State(at.fleet.at(at.pool()).lifecycle)), wanted, id);
}

Failure compatible(const GuardContext& at) {
    if (passes(at.fleet, at.pack, at.number, compatibility_check) &&
        at.entity().knowledge == v1::STATE_COMPATIBLE)
        return {};
    const std::string check[] = {std::string(compatibility_check)};
    return fmt::format("{} is {}: {}; try it against the successor and record "
                       "`ferry check {} {} pass`",
                       at.fleet.id(at.number), word(v1::State(at.entity().knowledge)),
                       missing_checks(at, at.number, check), at.fleet.id(at.number),
                       compatibility_check);
}

Failure no_move_in_flight(const GuardContext& at) {
    if (const MoveBack* back = move_back_of(at.fleet, at.number))
        return fmt::format("the account of {} is not where it was set back to: move back {} {}",
                           at.fleet.id(at.number), back->move,
                           back->failed ? "failed; open it again with retryMove, or with `ferry "
                                          "mover --retry-failed`"
                                        : "is open; wait for its report, or report it with "
                                          "reportMove");
    if (at.entity().transfer != v1::STATE_MOVING) return {};
    const auto move = at.fleet.moves.find(static_cast<std::uint32_t>(at.number.value));
    const bool named = move != at.fleet.moves.end();
    const std::string_view id = named ? std::string_view(move->second.move) : "of unknown id";
    return fmt::format("move {} of {} is in flight; wait for its report, or report it with "
                       "reportMove",
                       id, at.fleet.id(at.number));
}

Failure pool_not_retired(const GuardContext& at) {
    if (at.fleet.at(at.number).lifecycle != v1::STATE_RETIRED) return {};
    return fmt::format("{} is retired and serves nobody any more; register into the pool that "
                       "serves the entity now, or as found on the new side",
                       at.fleet.id(at.number));
}

/// A member of this pool that an open rollback will set back; also one that is withdrawn may
/// return.
std::optional<EntityNumber> closed_member(const Fleet& fleet, EntityNumber pool) {
    if (fleet.rollbacks.empty()) return std::nullopt;
    for (std::uint64_t number = 1; number <= fleet.size(); ++number) {
        const Entity& entity = fleet.at({number});
        if (entity.closed && entity.is_member() && entity.pool == pool.value)
            return EntityNumber{number};
    }
    return std::nullopt;
}

Failure rollback_in_progress(const GuardContext& at) {
    // A member that is not in the scope itself must not move while the pool under it does, nor a
    // pool under a member that does.
    const bool moves = (at.action >= v1::ACTION_REGISTER && at.action <= v1::ACTION_RETIRE) ||
                       at.action == v1::ACTION_REPORT_MOVE || at.action == v1::ACTION_RETRY_MOVE ||
                       at.action == v1::ACTION_CORRECT;
    std::optional<EntityNumber> closed;
    if (at.entity().closed) closed = at.number;
    else if (moves && at.fleet.at(at.pool()).closed) closed = at.pool();
    else if (at.entity().kind == v1::KIND_POOL && at.action >= v1::ACTION_ENTER_COEXISTENCE &&
             at.action <= v1::ACTION_RETIRE)
        closed = closed_member(at.fleet, at.number);
    if (!closed) return {};
    return fmt::format("{} is in the scope of a rollback that has not finished; resume or abandon "
                       "it (`ferry status` names it)",
                       at.fleet.id(*closed));
}

}  // namespace

bool passes(const Fleet& fleet, const Pack& pack, EntityNumber number, std::string_view check) {
    for (const v1::Deployment side : wanted_sides(pack, check))
        if (!passed(fleet.check(number, check, side))) return false;
    return true;
}

bool coexistence_holds(const Fleet& fleet, const Pack& pack, EntityNumber pool) {
    for (const std::string& check : pack.coexistence_checks)
        if (!passes(fleet, pack, pool, check)) return false;
    return true;
}

bool has_newer_client(const Fleet& fleet, const Pack& pack, EntityNumber user) {
    const auto clients = fleet.clients.find(static_cast<std::uint32_t>(user.value));
    if (clients == fleet.clients.end()) return false;
    return std::ranges::any_of(clients->second, [&](const ClientState& client) {
        return pack.is_newer(fleet.texts.text(client.client));
    });
}

Failure failure(Guard guard, const GuardContext& at) {
    const v1::State pool = at.fleet.at(at.pool()).lifecycle;
    switch (guard) {
        case Guard::successor_named: return successor_named(at);
        case Guard::checks_passed: return checks_passed(at);
        case Guard::coexistence_verified: return coexistence_verified(at);
        case Guard::pilot_ran: return pilot_ran(at);
        case Guard::members_moved: return members_moved(at);
        case Guard::approved: return approved(at);
        case Guard::pool_in_coexistence:
            return pool_is(at, pool >= v1::STATE_COEXIST_TEST && pool <= v1::STATE_PRODUCTION,
                           "in coexistence (coexist-test, pilot or production)");
        case Guard::pool_in_pilot: return pool_is(at, pool == v1::STATE_PILOT, "pilot");
        case Guard::pool_in_production:
            return pool_is(at, pool == v1::STATE_PRODUCTION, "production");
        case Guard::pool_retired: return pool_is(at, pool == v1::STATE_RETIRED, "retired");
        case Guard::compatible: return compatible(at);
        case Guard::no_move_in_flight: return no_move_in_flight(at);
        case Guard::pool_not_retired: return pool_not_retired(at);
        case Guard::rollback_in_progress: return rollback_in_progress(at);
        case Guard::order_respected: return order_respected(at);
        case Guard::within_limits: return within_limits(at);
        case Guard::owned_here: return owned_here(at);
        case Guard::window_open:
        case Guard::waves_before_completed:
        case Guard::pilot_wave_completed:
        case Guard::members_free:
        case Guard::members_set_back: return wave_failure(guard, at);
        // These are decided where the name, or the step, is known.
        case Guard::gate_open:
        case Guard::already_registered:
        case Guard::within_size:
        case Guard::members_due:
        case Guard::label_unused:
        // And these where the other site's log was looked at.
        case Guard::release_verified:
        case Guard::pool_fits: return {};
    }
    return {};
}

}  // namespace ferry
