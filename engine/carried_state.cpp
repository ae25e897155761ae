#include "engine/carried_state.hpp"

#include <algorithm>

namespace ferry {

namespace {

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
template <class Table>
auto listed(const Table& table, EntityNumber number) {
    const auto found = table.find(static_cast<std::uint32_t>(number.value));
    return found == table.end() ? decltype(found->second)() : found->second;
}

void add_decided(const Fleet& fleet, EntityNumber number, v1::CarriedState& state) {
    const Entity& entity = fleet.at(number);
    state.set_lifecycle(entity.lifecycle);
    state.set_knowledge(entity.knowledge);
    if (entity.is_member()) state.set_transfer(entity.transfer);
    state.set_on_new_side(entity.on_new_side);
    state.set_pilot_ran(entity.pilot_ran);
    if (const auto changes = listed(fleet.pilot_ran_changes, number); !changes.empty())
        state.set_pilot_ran_microseconds(micros(changes.back().recorded));
    state.set_exempt(entity.exempt);
    state.set_disabled(entity.disabled);
    state.set_enabled_unknown(entity.enabled_unknown);
    if (entity.is_member()) state.set_pool(std::string(fleet.name({entity.pool})));
    const std::string text(fleet.texts.text(entity.text));
    if (entity.kind == v1::KIND_POOL) state.set_successor(text);
    if (entity.kind == v1::KIND_APPLICATION) state.set_application_class(text);
}

void add_checks(const Fleet& fleet, EntityNumber number, v1::CarriedState& state) {
    auto checks = listed(fleet.checks, number);
    std::ranges::stable_sort(checks, std::greater(), &CheckState::position);
    for (const CheckState& each : checks) {
        auto& check = *state.add_checks();
        check.set_check(std::string(fleet.texts.text(each.check)));
        check.set_outcome(each.outcome);
        check.set_deployment(each.deployment);
        check.set_recorded_microseconds(micros(each.recorded));
    }
}

void add_observed(const Fleet& fleet, EntityNumber number, v1::CarriedState& state) {
    const auto text = [&](std::uint32_t each) { return std::string(fleet.texts.text(each)); };
    for (const ClientState& each : listed(fleet.clients, number))
        state.add_clients(text(each.client));
    for (const MeetingState& each : listed(fleet.meetings, number)) {
        auto& meeting = *state.add_meetings();
        meeting.set_meeting(each.meeting);
        meeting.set_client(text(each.client));
    }
    for (const PolicyState& each : listed(fleet.policies, number)) {
        auto& policy = *state.add_policies();
        policy.set_policy(text(each.policy));
        policy.set_name(text(each.name));
    }
    for (const ApprovalState& each : listed(fleet.approvals, number)) {
        auto& approval = *state.add_approvals();
        approval.set_action(each.action);
        approval.set_actor(each.actor);
    }
    for (const RemediationState& each : fleet.remediations) {
        if (each.entity != number.value) continue;
        auto& open = *state.add_remediations();
        open.set_remediation(each.id);
        open.set_kind(each.kind);
        open.set_subject(each.subject);
        open.set_rollback(each.rollback);
    }
}

/// Puts `values` where the entity's are, or leaves no entry where there are none.
template <class Value>
void put(ByEntity<std::vector<Value>>& table, std::uint32_t number, std::vector<Value> values) {
    if (values.empty()) table.erase(number);
    else table[number] = std::move(values);
}

}  // namespace

v1::CarriedState carried_state(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    v1::CarriedState state;
    state.set_kind(entity.kind);
    state.set_name(std::string(fleet.name(number)));
    state.set_version(entity.version);
    state.set_history_position(entity.last_position.value);
    add_decided(fleet, number, state);
    add_checks(fleet, number, state);
    add_observed(fleet, number, state);
    return state;
}

void take_in(Fleet& fleet, EntityNumber of, Position position, const v1::CarriedState& state) {
    const auto number = static_cast<std::uint32_t>(of.value);
    const auto text = [&](const std::string& each) { return fleet.texts.number(each); };
    std::vector<CheckState> checks;
    for (const auto& each : state.checks())
        checks.push_back({text(each.check()), each.outcome(), each.deployment(), position,
                          Time(std::chrono::microseconds(each.recorded_microseconds()))});
    std::vector<ClientState> clients;
    for (const std::string& each : state.clients()) clients.push_back({text(each), position});
    std::vector<MeetingState> meetings;
    for (const auto& each : state.meetings())
        meetings.push_back({each.meeting(), text(each.client()), position});
    std::vector<PolicyState> policies;
    for (const auto& each : state.policies())
        policies.push_back({text(each.policy()), text(each.name()), position});
    std::vector<ApprovalState> approvals;
    for (const auto& each : state.approvals()) approvals.push_back({each.action(), each.actor()});
    put(fleet.checks, number, std::move(checks));
    put(fleet.clients, number, std::move(clients));
    put(fleet.meetings, number, std::move(meetings));
    put(fleet.policies, number, std::move(policies));
    put(fleet.approvals, number, std::move(approvals));
    for (const auto& each : state.remediations())
        fleet.remediations.push_back(
            {each.remediation(), number, each.kind(), each.subject(), each.rollback(), position});
}

}  // namespace ferry
