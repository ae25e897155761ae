#include "projections/fleet_bytes.hpp"

#include "engine/pack.hpp"
#include "projections/campaign_bytes.hpp"
#include "projections/home_bytes.hpp"
#include "projections/wave_bytes.hpp"

namespace ferry {

namespace {

void write(ByteWriter& to, const CheckState& state) {
    to.number(state.check);
    to.number(state.outcome.raw);
    to.number(state.deployment.raw);
    to.number(state.position);
    to.time(state.recorded);
}

void read(ByteReader& from, CheckState& state) {
    state.check = from.number<std::uint32_t>();
    state.outcome.raw = from.number<std::uint8_t>();
    state.deployment.raw = from.number<std::uint8_t>();
    state.position = from.position();
    state.recorded = from.time();
}

void write(ByteWriter& to, const ClientState& state) {
    to.number(state.client);
    to.number(state.position);
}

void read(ByteReader& from, ClientState& state) {
    state.client = from.number<std::uint32_t>();
    state.position = from.position();
}

void write(ByteWriter& to, const MeetingState& state) {
    to.text(state.meeting);
    to.number(state.client);
    to.number(state.position);
}

void read(ByteReader& from, MeetingState& state) {
    state.meeting = from.text();
    state.client = from.number<std::uint32_t>();
    state.position = from.position();
}

void write(ByteWriter& to, const PolicyState& state) {
    to.number(state.policy);
    to.number(state.name);
    to.number(state.position);
}

void read(ByteReader& from, PolicyState& state) {
    state.policy = from.number<std::uint32_t>();
    state.name = from.number<std::uint32_t>();
    state.position = from.position();
}

void write(ByteWriter& to, const ApprovalState& state) {
    to.number(state.action.raw);
    to.text(state.actor);
    to.text(state.plan);
}

void read(ByteReader& from, ApprovalState& state) {
    state.action.raw = from.number<std::uint8_t>();
    state.actor = from.text();
    state.plan = from.text();
}

void write(ByteWriter& to, const MoveState& state) {
    to.text(state.move);
    to.number(state.from.raw);
    to.number(state.to.raw);
    to.number(state.command.raw);
}

void read(ByteReader& from, MoveState& state) {
    state.move = from.text();
    state.from.raw = from.number<std::uint8_t>();
    state.to.raw = from.number<std::uint8_t>();
    state.command.raw = from.number<std::uint8_t>();
}

void write(ByteWriter& to, const ClosedMove& closed) {
    to.text(closed.move);
    to.number(std::uint8_t{closed.to_new_side});
    to.number(std::uint8_t{closed.doubtful});
    to.text(closed.rollback);
}

void read(ByteReader& from, ClosedMove& closed) {
    closed.move = from.text();
    closed.to_new_side = from.number<std::uint8_t>() != 0;
    closed.doubtful = from.number<std::uint8_t>() != 0;
    closed.rollback = from.text();
}

void write(ByteWriter& to, const MovedBack& moved) {
    to.number(moved.entity);
    to.number(std::uint8_t{moved.on_new_side});
}

void read(ByteReader& from, MovedBack& moved) {
    moved.entity = from.number<std::uint32_t>();
    moved.on_new_side = from.number<std::uint8_t>() != 0;
}

void write(ByteWriter& to, const PilotRanChange& change) {
    to.number(change.position);
    to.number(std::uint8_t{change.value});
    to.time(change.recorded);
}

void read(ByteReader& from, PilotRanChange& change) {
    change.position = from.position();
    change.value = from.number<std::uint8_t>() != 0;
    change.recorded = from.time();
}

void write(ByteWriter& to, const RemediationState& open) {
    to.text(open.id);
    to.number(open.entity);
    to.text(open.kind);
    to.text(open.subject);
    to.text(open.rollback);
    to.number(open.position);
}

void read(ByteReader& from, RemediationState& open) {
    open.id = from.text();
    open.entity = from.number<std::uint32_t>();
    open.kind = from.text();
    open.subject = from.text();
    open.rollback = from.text();
    open.position = from.position();
}

void write(ByteWriter& to, const OpenRollback& open) {
    to.text(open.id);
    to.text(open.plan_hash);
    to.text(open.digest);
    to.number(open.target);
    to.number(open.started);
    to.raw(open.scope);
    to.number(open.to_restore);
    to.number(open.restored);
}

void read(ByteReader& from, OpenRollback& open) {
    open.id = from.text();
    open.plan_hash = from.text();
    open.digest = from.text();
    open.target = from.position();
    open.started = from.position();
    open.scope = from.raw<std::vector<std::uint64_t>>();
    open.to_restore = from.number<std::uint64_t>();
    open.restored = from.number<std::uint64_t>();
}

void write(ByteWriter& to, const Label& label) {
    to.text(label.label);
    to.number(label.position);
    to.time(label.recorded);
}

void read(ByteReader& from, Label& label) {
    label.label = from.text();
    label.position = from.position();
    label.recorded = from.time();
}

// The lists inside the two kinds of record below.
template <class Value>
void write(ByteWriter& to, const std::vector<Value>& values);
template <class Value>
void read(ByteReader& from, std::vector<Value>& values);

void write(ByteWriter& to, const AccountState& state) {
    to.number(std::uint8_t{state.on_new_side});
    write(to, state.closed);
    to.number(std::uint8_t{state.back.has_value()});
    if (!state.back) return;
    to.text(state.back->move);
    to.number(std::uint8_t{state.back->to_new_side});
    to.number(std::uint8_t{state.back->failed});
    to.number(state.back->from.raw);
    to.number(state.back->to.raw);
    to.text(state.back->rollback);
}

void read(ByteReader& from, AccountState& state) {
    state.on_new_side = from.number<std::uint8_t>() != 0;
    read(from, state.closed);
    if (from.number<std::uint8_t>() == 0) return;
    MoveBack& back = state.back.emplace();
    back.move = from.text();
    back.to_new_side = from.number<std::uint8_t>() != 0;
    back.failed = from.number<std::uint8_t>() != 0;
    back.from.raw = from.number<std::uint8_t>();
    back.to.raw = from.number<std::uint8_t>();
    back.rollback = from.text();
}

void write(ByteWriter& to, const OpenSettlement& settlement) {
    to.text(settlement.rollback);
    to.number(settlement.open);
    to.number(settlement.overtaken);
    write(to, settlement.moved);
}

void read(ByteReader& from, OpenSettlement& settlement) {
    settlement.rollback = from.text();
    settlement.open = from.number<std::uint32_t>();
    settlement.overtaken = from.number<std::uint32_t>();
    read(from, settlement.moved);
}

template <class Value>
void write(ByteWriter& to, const std::vector<Value>& values) {
    to.number(static_cast<std::uint32_t>(values.size()));
    for (const Value& value : values) write(to, value);
}

template <class Value>
void read(ByteReader& from, std::vector<Value>& values) {
    values.resize(from.count());
    for (Value& value : values) read(from, value);
}

template <class Value>
void write(ByteWriter& to, const ByEntity<Value>& table) {
    to.number(static_cast<std::uint32_t>(table.size()));
    for (const auto& [number, value] : table) {
        to.number(number);
        write(to, value);
    }
}

template <class Value>
void read(ByteReader& from, ByEntity<Value>& table) {
    const std::uint32_t count = from.count();
    table.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) read(from, table[from.number<std::uint32_t>()]);
}

void write(ByteWriter& to, const Texts& texts) {
    to.number(static_cast<std::uint32_t>(texts.size()));
    for (std::uint32_t number = 0; number < texts.size(); ++number) to.text(texts.text(number));
}

/// Numbers are given in the order of first meeting, so the same order gives the same numbers.
void read(ByteReader& from, Texts& texts) {
    for (std::uint32_t left = from.count(); left > 0; --left) texts.number(from.view());
}

}  // namespace

void write_fleet(ByteWriter& to, const Fleet& fleet) {
    to.text(fleet.site);
    to.number(fleet.fold_version);
    to.number(fleet.position);
    to.time(fleet.recorded);
    to.number(fleet.pack);
    to.raw(fleet.entities);
    to.number(std::uint64_t{fleet.names.size()});
    to.bytes(std::as_bytes(std::span(fleet.names)));
    write(to, fleet.texts);
    write(to, fleet.checks);
    write(to, fleet.clients);
    write(to, fleet.meetings);
    write(to, fleet.policies);
    write(to, fleet.approvals);
    write(to, fleet.moves);
    write(to, fleet.accounts);
    write(to, fleet.settlements);
    write(to, fleet.pilot_ran_changes);
    write(to, fleet.remediations);
    write(to, fleet.rollbacks);
    write(to, fleet.labels);
    write(to, fleet.releases);
    write(to, fleet.arrivals);
    write(to, fleet.declined);
    write(to, fleet.taken_sites);
    to.number(static_cast<std::uint32_t>(fleet.packs.size()));
    for (const auto& adopted : fleet.packs) {
        to.number(adopted->position);
        to.text(adopted->toml);
    }
    to.number(fleet.commands_next.value);
    write_waves(to, fleet);
    write_campaigns(to, fleet);
}

Fleet read_fleet(ByteReader& from) {
    Fleet fleet;
    fleet.name_site(from.text());
    fleet.fold_version = from.number<std::uint32_t>();
    fleet.position = from.position();
    fleet.recorded = from.time();
    fleet.pack = from.position();
    auto entities = from.raw<LargeVector<Entity>>();
    const Bytes names = from.bytes(from.number<std::uint64_t>());
    if (!from.whole() || entities.empty()) return fleet;
    fleet.load(std::move(entities),
               std::string_view(reinterpret_cast<const char*>(names.data()), names.size()));
    read(from, fleet.texts);
    read(from, fleet.checks);
    read(from, fleet.clients);
    read(from, fleet.meetings);
    read(from, fleet.policies);
    read(from, fleet.approvals);
    read(from, fleet.moves);
    read(from, fleet.accounts);
    read(from, fleet.settlements);
    read(from, fleet.pilot_ran_changes);
    read(from, fleet.remediations);
    read(from, fleet.rollbacks);
    read(from, fleet.labels);
    read(from, fleet.releases);
    read(from, fleet.arrivals);
    read(from, fleet.declined);
    read(from, fleet.taken_sites);
    for (std::uint32_t left = from.count(); left > 0 && from.whole(); --left) {
        const Position position = from.position();
        adopt_pack(fleet, position, from.text());
    }
    fleet.commands_next = {from.number<std::uint64_t>()};
    read_waves(from, fleet);
    read_campaigns(from, fleet);
    return fleet;
}

}  // namespace ferry
