// Decisions about the rules themselves: which pack is in force, and what has become too old for it.
#include "engine/emit.hpp"
#include "engine/pack_toml.hpp"
#include "engine/words.hpp"
#include "events/commit.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

bool looks_at_coexistence(const Entity& entity) {
    return entity.kind == v1::KIND_POOL && !entity.away &&
           (entity.lifecycle == v1::STATE_COEXIST_TEST || entity.lifecycle == v1::STATE_PILOT);
}

bool client_differs(const Fleet& fleet, const Pack& pack, EntityNumber user) {
    const Entity& entity = fleet.at(user);
    return entity.kind == v1::KIND_USER && entity.present() &&
           has_newer_client(fleet, pack, user) != (entity.knowledge == v1::STATE_UPGRADED_CLIENT);
}

}  // namespace

std::size_t Decision::adoption_events(const Pack& next) const {
    std::size_t events = 1;
    for (const StaleCheck& stale : stale_checks(fleet_, next, draft_.recorded).due)
        if (fleet_.at(stale.number).kind == v1::KIND_POOL) ++events;
    for (std::size_t number = 1; number <= fleet_.size(); ++number) {
        if (looks_at_coexistence(fleet_.at({number}))) ++events;
        if (client_differs(fleet_, next, {number})) ++events;
    }
    return events;
}

bool Decision::adoption_approved() {
    if (pack_->adoption.empty()) return true;
    const Hash hash = sha256(bytes_of(command_.adopt_pack().toml()));
    std::vector<std::string_view> agreed;
    if (const auto found = fleet_.approvals.find(0); found != fleet_.approvals.end())
        for (const ApprovalState& each : found->second) {
            const bool counts = each.action == v1::ACTION_ADOPT_PACK &&
                                each.plan == text_of(hash) && !each.actor.empty() &&
                                each.actor != command_.actor();
            if (counts && std::ranges::find(agreed, each.actor) == agreed.end())
                agreed.push_back(each.actor);
        }
    std::string missing;
    for (const ApprovalRule& rule : pack_->adoption) {
        const Role* role = rule.role.empty() ? nullptr : pack_->role(rule.role);
        const auto count = std::ranges::count_if(agreed, [&](std::string_view person) {
            return !role || std::ranges::find(role->people, person) != role->people.end();
        });
        if (static_cast<std::size_t>(count) >= rule.people) continue;
        missing += fmt::format(
            "{}{} people{} other than {} have to agree, and {} have", missing.empty() ? "" : "; ",
            rule.people,
            role ? fmt::format(" of {} ({})", role->name, fmt::join(role->people, ", ")) : "",
            command_.actor().empty() ? "the asker" : command_.actor(), count);
    }
    if (missing.empty()) return true;
    refuse(Guard::approved,
           fmt::format("pack {} asks for approval before another is adopted: {}; each reads it and "
                       "runs `ferry approve site:{} adopt-pack --plan {}`",
                       pack_->name, missing, fleet_.site, to_hex(hash)));
    return false;
}

void Decision::adopt_pack() {
    if (!fleet_.rollbacks.empty())
        return refuse(
            Guard::rollback_in_progress,
            fmt::format("a rollback of site {} has not finished, and it was planned under "
                        "the pack in force; resume or abandon it (`ferry status` names "
                        "it)",
                        fleet_.site));
    const PackReading reading = read_pack(command_.adopt_pack().toml());
    FERRY_ASSERT(reading.pack, "a pack that was understood cannot be read");
    if (!adoption_approved()) return;
    const std::size_t events = adoption_events(*reading.pack);
    const std::size_t texts = command_.actor().size() + command_.reason().size() +
                              command_.command_id().size() + command_.correlation_id().size() +
                              command_.causation_id().size() + 64;
    if (events > commit_events_max ||
        events * texts + command_.adopt_pack().toml().size() > commit_bytes_max)
        return invalid(fmt::format(
            "adopting pack {} would cause {} events in site {}, more than one commit holds; adopt "
            "it before so many pools are in coexistence or clients are seen",
            reading.pack->name, events, fleet_.site));
    emit({0}, [&](v1::StoredEvent& event) {
        event.mutable_pack_adopted()->set_name(reading.pack->name);
        event.mutable_pack_adopted()->set_toml(command_.adopt_pack().toml());
    });
    // What follows is decided by the rules that hold from here on.
    pack_ = &pack_in_force(fleet_, *pack_);
    for (const StaleCheck& stale : stale_checks(fleet_, *pack_, draft_.recorded).due)
        if (fleet_.at(stale.number).kind == v1::KIND_POOL) expire_check(stale.number, stale.check);
    for (std::size_t number = 1; number <= fleet_.size(); ++number) {
        if (looks_at_coexistence(fleet_.at({number}))) follow_coexistence({number});
        if (client_differs(fleet_, *pack_, {number})) follow_clients({number});
    }
    done();
}

void Decision::expire_check(EntityNumber number, const CheckState& check) {
    emit(number, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_check_expired();
        body.set_check(std::string(fleet_.texts.text(check.check)));
        body.set_deployment(check.deployment);
        body.set_recorded_position(check.position.value);
    });
    if (fleet_.at(number).kind == v1::KIND_POOL) follow_coexistence(number);
}

StaleChecks stale_checks(const Fleet& fleet, const Pack& pack, Time now) {
    StaleChecks found;
    ByEntity<std::chrono::hours> fresh;  // by the number of the check's name
    std::optional<std::chrono::hours> shortest;
    for (const CheckRule& rule : pack.checks) {
        if (rule.fresh.count() == 0) continue;
        shortest = std::min(shortest.value_or(rule.fresh), rule.fresh);
        if (const auto text = fleet.texts.find(rule.check)) fresh[*text] = rule.fresh;
    }
    if (!shortest) return found;
    // Whatever is recorded from now on counts at least so long.
    found.quiet_until = now + *shortest;
    for (const auto& [number, checks] : fleet.checks) {
        const Entity& entity = fleet.entities[number];
        if (entity.away) continue;
        for (const CheckState& check : checks) {
            const auto lasts = fresh.find(check.check);
            if (lasts == fresh.end() || check.outcome != v1::CHECK_OUTCOME_PASS) continue;
            const Time due = check.recorded + lasts->second;
            if (due > now) found.quiet_until = std::min(*found.quiet_until, due);
            else if (entity.closed) found.quiet_until = now;
            else found.due.push_back({{number}, check});
        }
    }
    std::ranges::sort(found.due, [&](const StaleCheck& a, const StaleCheck& b) {
        return std::tuple(a.number, a.check.position) < std::tuple(b.number, b.check.position);
    });
    return found;
}

}  // namespace ferry
