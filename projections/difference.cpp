#include "projections/difference.hpp"

#include "engine/words.hpp"
#include "projections/decided_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using Facts = std::map<std::string, std::string>;

/// What was observed of one entity, by a name that can be compared.
Facts facts_of(const Fleet& fleet, EntityNumber number) {
    Facts facts;
    const auto key = static_cast<std::uint32_t>(number.value);
    const auto text = [&](std::uint32_t at) { return fleet.texts.text(at); };
    if (const auto found = fleet.checks.find(key); found != fleet.checks.end())
        for (const CheckState& check : found->second) {
            const v1::CheckOutcome outcome = check.outcome;
            std::string name = fmt::format("check {}", text(check.check));
            if (check.deployment != v1::DEPLOYMENT_UNSPECIFIED)
                name += fmt::format(" on the {} side", word(v1::Deployment(check.deployment)));
            facts[name] = outcome == v1::CHECK_OUTCOME_UNSPECIFIED ? "expired" : word(outcome);
        }
    if (const auto found = fleet.clients.find(key); found != fleet.clients.end())
        for (const ClientState& client : found->second)
            facts[fmt::format("client {}", text(client.client))] = "seen";
    if (const auto found = fleet.meetings.find(key); found != fleet.meetings.end())
        for (const MeetingState& meeting : found->second)
            facts["meeting " + meeting.meeting] = fmt::format("made with {}", text(meeting.client));
    if (const auto found = fleet.policies.find(key); found != fleet.policies.end())
        for (const PolicyState& policy : found->second)
            facts[fmt::format("policy {}", text(policy.policy))] = text(policy.name);
    if (const auto found = fleet.approvals.find(key); found != fleet.approvals.end())
        for (const ApprovalState& approval : found->second)
            facts[fmt::format("approval to {} by {}", word(v1::Action(approval.action)),
                              approval.actor)] = "given";
    if (const auto found = fleet.moves.find(key); found != fleet.moves.end())
        facts["move " + found->second.move] = "in flight";
    if (const MoveBack* back = move_back_of(fleet, number))
        facts["move back " + back->move] = back->failed ? "failed" : "open";
    return facts;
}

/// The remaining fields of the entity itself, which an import or a correction sets.
void add_record(const Fleet& fleet, EntityNumber number, Facts& facts) {
    const Entity& entity = fleet.at(number);
    if (entity.kind == v1::KIND_POOL) facts["successor"] = fleet.successor(number);
    if (entity.is_member()) facts["pool"] = fleet.name({entity.pool});
    if (entity.kind == v1::KIND_APPLICATION) facts["class"] = fleet.texts.text(entity.text);
    if (entity.kind != v1::KIND_USER) return;
    facts["enabled"] = enabled_word(entity);
    facts["client"] = word(v1::State(entity.knowledge));
}

Facts decided_of(const Fleet& fleet, EntityNumber number) {
    const DecidedState state = decided_state(fleet.at(number));
    Facts facts;
    const auto add = [&](std::string_view field, v1::State value) {
        if (value != v1::STATE_UNSPECIFIED) facts[std::string(field)] = word(value);
    };
    add("lifecycle", state.lifecycle);
    add("coexistence", state.coexistence);
    add("compatibility", state.compatibility);
    add("transfer", state.transfer);
    if (fleet.at(number).is_member()) {
        add("presence", state.presence);
        facts["home"] = fleet.home(number);
    } else if (fleet.at(number).kind == v1::KIND_POOL) {
        facts["pilot-ran"] = state.pilot_ran ? "yes" : "no";
    }
    return facts;
}

void compare(const Facts& before, const Facts& after, bool decided, EntityDifference& to) {
    Facts names = before;
    names.insert(after.begin(), after.end());
    for (const auto& [name, unused] : names) {
        const auto was = before.find(name);
        const auto is = after.find(name);
        FieldChange change{name, was == before.end() ? "" : was->second,
                           is == after.end() ? "" : is->second, decided};
        if (change.before != change.after) to.changes.push_back(std::move(change));
    }
}

bool same(const Fleet& before, const Fleet& after, EntityNumber number) {
    const Entity& was = before.at(number);
    const Entity& is = after.at(number);
    // A pool's pilot-ran bit and a member's home may follow from others without an event of its
    // own.
    const bool pool_same = !is.is_member() || before.home(number) == after.home(number);
    return was.last_position == is.last_position && was.pilot_ran == is.pilot_ran && pool_same;
}

EntityDifference compare(const Fleet& before, const Fleet& after, EntityNumber number) {
    const bool was = before.knows(number);
    const bool is = after.knows(number);
    EntityDifference found;
    found.number = number;
    found.entity = std::string((is ? after : before).id(number));
    found.registered_between = !was || !is;
    const std::uint64_t first = was ? before.at(number).version : 0;
    const std::uint64_t last = is ? after.at(number).version : 0;
    found.events = std::max(first, last) - std::min(first, last);
    Facts facts_before;
    Facts facts_after;
    if (was) facts_before = facts_of(before, number);
    if (is) facts_after = facts_of(after, number);
    if (was) add_record(before, number, facts_before);
    if (is) add_record(after, number, facts_after);
    compare(was ? decided_of(before, number) : Facts(), is ? decided_of(after, number) : Facts(),
            true, found);
    compare(facts_before, facts_after, false, found);
    return found;
}

/// Facts have names of their own (a check, a meeting), which are not summed; fields are.
bool is_summed(const FieldChange& change) { return change.field.find(' ') == std::string::npos; }

void add(Difference& difference, EntityDifference found) {
    if (found.registered_between) ++difference.registered;
    else
        for (const FieldChange& change : found.changes)
            if (is_summed(change))
                ++difference.sums[{change.field, change.before, change.after, change.decided}];
    difference.entities.push_back(std::move(found));
}

}  // namespace

Difference difference(const Fleet& before, const Fleet& after,
                      std::span<const EntityNumber> scope) {
    Difference found;
    found.from = before.position;
    found.to = after.position;
    const auto look_at = [&](EntityNumber number) {
        const bool was = before.knows(number);
        const bool is = after.knows(number);
        if (!was && !is) return;
        if (was && is && same(before, after, number)) return;
        EntityDifference each = compare(before, after, number);
        if (each.registered_between || !each.changes.empty()) add(found, std::move(each));
    };
    if (scope.empty())
        for (std::size_t number = 1; number <= std::max(before.size(), after.size()); ++number)
            look_at({number});
    else
        for (const EntityNumber number : scope) look_at(number);
    return found;
}

}  // namespace ferry
