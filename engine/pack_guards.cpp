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
        reason += fmt::format("{}{} {} of {} are not in production yet", reason.empty() ? "" : ", ",
                              left, first, rule.whole_site ? "this site" : at.fleet.id(at.pool()));
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
    if (at.action != v1::ACTION_PROMOTE) return {};
    for (const OrderRule& rule : at.pack.order)
        if (is_about(rule.subject, at))
            if (auto waiting = waits(at, rule)) return waiting;
    return {};
}

Failure within_limits(const GuardContext& at) {
    if (!moves_member(at)) return {};
    const PoolCounts& counts = at.fleet.members(at.pool());
    const Limits& limits = at.pack.limits;
    if (at.pack.transfer == Transfer::confirmed && limits.moves_in_flight &&
        counts.moving >= *limits.moves_in_flight)
        return fmt::format("{} moves of {} are in flight and pack {} allows {} at once; wait for "
                           "their reports",
                           counts.moving, at.fleet.id(at.pool()), at.pack.name,
                           *limits.moves_in_flight);
    const std::uint32_t in_pilot =
        counts.users[v1::STATE_PILOT] + counts.applications[v1::STATE_PILOT];
    if (at.action == v1::ACTION_START_PILOT && limits.members_in_pilot &&
        in_pilot >= *limits.members_in_pilot)
        return fmt::format("{} members of {} are in pilot and pack {} allows {}; promote the pool, "
                           "or roll some back",
                           in_pilot, at.fleet.id(at.pool()), at.pack.name,
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
