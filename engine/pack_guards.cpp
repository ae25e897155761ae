#include "engine/pack_guards.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

using Failure = std::optional<std::string>;

bool moves_member(const GuardContext& at) {
    return at.entity().is_member() &&
           (at.action == v1::ACTION_START_PILOT || at.action == v1::ACTION_PROMOTE);
}

std::string_view class_of(const GuardContext& at) { return at.fleet.texts.text(at.entity().text); }

/// Whether `subject` of a rule means this member: its class, or all users.
bool is_about(std::string_view subject, const GuardContext& at) {
    if (at.entity().kind == v1::KIND_USER) return subject == order_users;
    return at.entity().kind == v1::KIND_APPLICATION && subject == class_of(at);
}

/// How many of these are still served by the legacy side of one pool for good.
std::uint32_t left_behind(const Fleet& fleet, const PoolCounts& counts, std::string_view whose) {
    if (whose == order_users)
        return PoolCounts::sum(counts.users, v1::STATE_LEGACY, v1::STATE_PILOT);
    const auto name = fleet.texts.find(whose);
    const auto found = name ? counts.classes.find(*name) : counts.classes.end();
    if (found == counts.classes.end()) return 0;
    return PoolCounts::sum(found->second, v1::STATE_LEGACY, v1::STATE_PILOT);
}

Failure waits(const GuardContext& at, const OrderRule& rule) {
    std::string reason;
    for (const std::string& first : rule.after) {
        std::uint32_t left = 0;
        if (rule.whole_site)
            for (const auto& [pool, counts] : at.fleet.counts)
                left += left_behind(at.fleet, counts, first);
        else left = left_behind(at.fleet, at.fleet.members(at.pool()), first);
        if (left == 0) continue;
        reason += fmt::format(
            "{}{} of {} not in production yet", reason.empty() ? "" : ", ",
            first == order_users ? counted(left, "user") : fmt::format("{} {}", left, first),
            rule.whole_site ? "this site" : at.fleet.id(at.pool()));
    }
    if (reason.empty()) return {};
    return fmt::format("{}; move them first{}", reason,
                       rule.reason.empty() ? "" : fmt::format(": {}", rule.reason));
}

}  // namespace

bool asks(const RequiredChecks& row, const GuardContext& at) {
    if (row.kind != at.entity().kind || row.action != at.action) return false;
    if (row.from != v1::STATE_UNSPECIFIED && row.from != at.entity().lifecycle) return false;
    return row.application_class.empty() || row.application_class == class_of(at);
}

Failure order_respected(const GuardContext& at) {
    // Of a promotion it is always asked; of another step where the pack's row names it.
    const bool asked =
        at.action == v1::ACTION_PROMOTE ||
        std::ranges::any_of(at.pack.required, [&](const RequiredChecks& row) {
            return asks(row, at) &&
                   std::ranges::find(row.guards, Guard::order_respected) != row.guards.end();
        });
    if (!asked) return {};
    for (const OrderRule& rule : at.pack.order)
        if (is_about(rule.subject, at))
            if (auto waiting = waits(at, rule)) return waiting;
    return {};
}

namespace {

/// Those of the class that are in the limit's states, or on their way there, in one pool.
std::uint32_t counted(const Fleet& fleet, const CountLimit& limit, std::uint32_t number,
                      std::uint32_t pool) {
    std::uint32_t count = 0;
    for (std::uint32_t each = 1; each < fleet.entities.size(); ++each) {
        const Entity& entity = fleet.entities[each];
        const bool of_class = entity.kind == v1::KIND_APPLICATION && entity.present() &&
                              fleet.texts.text(entity.text) == limit.application_class;
        if (!of_class || each == number || (!limit.whole_site && entity.pool != pool)) continue;
        v1::State stands = entity.lifecycle;
        if (const auto move = fleet.moves.find(each); move != fleet.moves.end())
            stands = move->second.to;
        if (std::ranges::find(limit.states, stands) != limit.states.end()) ++count;
    }
    return count;
}

v1::State reached_by(v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return v1::STATE_COEXIST_TEST;
        case v1::ACTION_START_PILOT: return v1::STATE_PILOT;
        case v1::ACTION_PROMOTE: return v1::STATE_PRODUCTION;
        default: return v1::STATE_RETIRED;
    }
}

Failure within_counts(const GuardContext& at) {
    if (at.entity().kind != v1::KIND_APPLICATION) return {};
    const v1::State target = reached_by(at.action);
    const auto is_in = [](const CountLimit& limit, v1::State state) {
        return std::ranges::find(limit.states, state) != limit.states.end();
    };
    for (const CountLimit& limit : at.pack.limits.counted) {
        // Who is counted already takes no more room by going on.
        if (limit.application_class != class_of(at) || !is_in(limit, target) ||
            is_in(limit, at.entity().lifecycle))
            continue;
        const auto pool = static_cast<std::uint32_t>(at.pool().value);
        const std::uint32_t others =
            counted(at.fleet, limit, static_cast<std::uint32_t>(at.number.value), pool);
        if (others < limit.at_most) continue;
        std::string states;
        for (const v1::State each : limit.states)
            states.append(states.empty() ? "" : " or ").append(word(each));
        return fmt::format("{} of class {} in {} are in {} and pack {} allows {} at once; finish "
                           "with one of them first{}",
                           others, limit.application_class,
                           limit.whole_site ? "this site" : at.fleet.id(at.pool()), states,
                           at.pack.name, limit.at_most,
                           limit.reason.empty() ? "" : fmt::format(": {}", limit.reason));
    }
    return {};
}

}  // namespace

Failure within_limits(const GuardContext& at) {
    if (auto many = within_counts(at)) return many;
    if (!moves_member(at)) return {};
    const PoolCounts& counts = at.fleet.members(at.pool());
    const Limits& limits = at.pack.limits;
    if (at.pack.transfer == Transfer::confirmed && limits.moves_in_flight &&
        counts.moving >= *limits.moves_in_flight)
        return fmt::format("{} in flight in {}, and pack {} allows {} at once; wait for their "
                           "reports",
                           counted(counts.moving, "move"), at.fleet.id(at.pool()), at.pack.name,
                           *limits.moves_in_flight);
    const std::uint32_t in_pilot =
        counts.users[v1::STATE_PILOT] + counts.applications[v1::STATE_PILOT];
    if (at.action == v1::ACTION_START_PILOT && limits.members_in_pilot &&
        in_pilot >= *limits.members_in_pilot)
        return fmt::format(
            "{} in pilot in {}, and pack {} allows {}; promote the pool, or roll some back",
            counted(in_pilot, "member"), at.fleet.id(at.pool()), at.pack.name,
            *limits.members_in_pilot);
    return {};
}

std::vector<FailedGuard> pack_failures(const GuardContext& at, std::span<const Guard> of_row) {
    std::vector<FailedGuard> failures;
    const auto ask = [&](Guard guard) {
        if (std::ranges::find(of_row, guard) != of_row.end()) return;
        if (std::ranges::any_of(failures, [&](const auto& known) { return known.guard == guard; }))
            return;
        if (auto reason = failure(guard, at)) failures.push_back({guard, std::move(*reason)});
    };
    for (const Guard guard :
         {Guard::checks_passed, Guard::order_respected, Guard::approved, Guard::within_limits})
        ask(guard);
    for (const RequiredChecks& row : at.pack.required)
        if (!row.guards.empty() && asks(row, at))
            for (const Guard guard : row.guards) ask(guard);
    return failures;
}

}  // namespace ferry
