#include "engine/guards.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <array>

namespace ferry {

namespace {

using Failure = std::optional<std::string>;

bool passes(const Fleet& fleet, EntityNumber number, std::string_view check) {
    const CheckState* state = fleet.check(number, check);
    return state && state->outcome == v1::CHECK_OUTCOME_PASS;
}

std::string standing_of(const Fleet& fleet, EntityNumber number, std::string_view check) {
    const CheckState* state = fleet.check(number, check);
    if (!state) return fmt::format("{} (never recorded)", check);
    if (state->outcome == v1::CHECK_OUTCOME_UNSPECIFIED) return fmt::format("{} (expired)", check);
    return fmt::format("{} ({} at position {})", check, word(v1::CheckOutcome(state->outcome)),
                       state->position.value);
}

/// The checks that do not have PASS as their latest outcome, with what they have instead.
std::string missing_checks(const Fleet& fleet, EntityNumber number,
                           std::span<const std::string> checks) {
    std::string missing;
    for (const std::string& check : checks) {
        if (passes(fleet, number, check)) continue;
        missing += missing.empty() ? "" : ", ";
        missing += standing_of(fleet, number, check);
    }
    return missing;
}

Failure checks_passed(const GuardContext& at) {
    const auto checks = at.pack.checks_for(at.entity().kind, at.action);
    const std::string missing = missing_checks(at.fleet, at.number, checks);
    if (missing.empty()) return {};
    return fmt::format("not passed: {}; repeat each with `ferry check {} CHECK pass`", missing,
                       at.fleet.id(at.number));
}

Failure coexistence_verified(const GuardContext& at) {
    const EntityNumber pool = at.pool();
    const std::string missing = missing_checks(at.fleet, pool, at.pack.coexistence_checks);
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

std::uint32_t sum(const std::uint32_t (&counts)[6], v1::State from, v1::State to) {
    std::uint32_t total = 0;
    for (int state = from; state <= to; ++state) total += counts[state];
    return total;
}

Failure pilot_ran(const GuardContext& at) {
    if (at.entity().pilot_ran) return {};
    const PoolCounts& counts = at.fleet.members(at.number);
    const std::uint32_t left = sum(counts.users, v1::STATE_LEGACY, v1::STATE_COEXIST_TEST) +
                               sum(counts.applications, v1::STATE_LEGACY, v1::STATE_COEXIST_TEST);
    if (left == 0) return {};
    return fmt::format("no member of {} has reached pilot yet, {} are still before it; move some "
                       "with `ferry advance 5% --pool {} --to pilot`",
                       at.fleet.id(at.number), left, at.fleet.name(at.number));
}

Failure members_moved(const GuardContext& at) {
    const PoolCounts& counts = at.fleet.members(at.number);
    const std::uint32_t users = sum(counts.users, v1::STATE_LEGACY, v1::STATE_PILOT);
    const std::uint32_t applications =
        sum(counts.applications, v1::STATE_LEGACY, v1::STATE_PRODUCTION);
    if (users + applications + counts.moving == 0) return {};
    return fmt::format(
        "still on the legacy side of {}: {} users not in production, {} applications "
        "not retired, {} moves in flight; see `ferry status --pool {}`",
        at.fleet.id(at.number), users, applications, counts.moving, at.fleet.name(at.number));
}

Failure approved(const GuardContext& at) {
    // An approval that nobody signed is nobody's.
    const auto found = at.fleet.approvals.find(static_cast<std::uint32_t>(at.number.value));
    if (found != at.fleet.approvals.end())
        for (const ApprovalState& approval : found->second)
            if (approval.action == at.action && !approval.actor.empty() &&
                approval.actor != at.actor)
                return {};
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
    const bool passed = passes(at.fleet, at.number, compatibility_check);
    if (passed && at.entity().knowledge == v1::STATE_COMPATIBLE) return {};
    return fmt::format("{} is {}: {}; try it against the successor and record "
                       "`ferry check {} {} pass`",
                       at.fleet.id(at.number), word(v1::State(at.entity().knowledge)),
                       standing_of(at.fleet, at.number, compatibility_check),
                       at.fleet.id(at.number), compatibility_check);
}

Failure no_move_in_flight(const GuardContext& at) {
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
                       at.action == v1::ACTION_REPORT_MOVE || at.action == v1::ACTION_CORRECT;
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

constexpr std::array<std::string_view, 17> names{
    "successor-named",     "checks-passed",      "coexistence-verified", "pilot-ran",
    "members-moved",       "approved",           "pool-in-coexistence",  "pool-in-pilot",
    "pool-in-production",  "pool-retired",       "compatible",           "order-respected",
    "no-move-in-flight",   "already-registered", "pool-not-retired",     "label-unused",
    "rollback-in-progress"};

}  // namespace

std::string_view name_of(Guard guard) { return names[static_cast<std::size_t>(guard)]; }

bool coexistence_holds(const Fleet& fleet, const Pack& pack, EntityNumber pool) {
    for (const std::string& check : pack.coexistence_checks)
        if (!passes(fleet, pool, check)) return false;
    return true;
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
        // The default pack has no order rules; the other two are decided where the name is known.
        case Guard::order_respected:
        case Guard::already_registered:
        case Guard::label_unused: return {};
    }
    return {};
}

}  // namespace ferry
