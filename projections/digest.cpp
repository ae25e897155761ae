#include "projections/digest.hpp"

#include "engine/pack.hpp"
#include "events/hash.hpp"
#include "projections/byte_writer.hpp"
#include "projections/campaign_bytes.hpp"
#include "projections/decided_state.hpp"
#include "projections/sorted_numbers.hpp"
#include "projections/wave_bytes.hpp"

#include <algorithm>

namespace ferry {

namespace {

/// Hands fields to the hash in pieces that are worth its call.
class Digest {
public:
    explicit Digest(std::string_view version) { fields_.text(version); }
    ByteWriter& fields() {
        if (fields_.size() >= piece_bytes) flush();
        return fields_;
    }
    Hash finish() {
        flush();
        return hasher_.finish();
    }

private:
    static constexpr std::size_t piece_bytes = 1 << 16;
    void flush() {
        hasher_.add(fields_.written());
        fields_.clear();
    }
    Hasher hasher_;
    ByteWriter fields_;
};

std::uint8_t bit(bool value) { return value ? 1 : 0; }

void add_entity(ByteWriter& to, const Fleet& fleet, std::uint32_t number) {
    const Entity& entity = fleet.entities[number];
    to.text(fleet.id({number}));
    to.number(entity.last_position);
    to.number(entity.version);
    to.number(entity.pool);
    to.text(fleet.texts.text(entity.text));
    for (const std::uint8_t field :
         {entity.kind.raw, entity.lifecycle.raw, entity.knowledge.raw, entity.transfer.raw,
          entity.presence.raw, bit(entity.on_new_side), bit(entity.pilot_ran), bit(entity.exempt),
          bit(entity.disabled), bit(entity.enabled_unknown), bit(entity.closed)})
        to.number(field);
}

/// A table of lists: `order` sorts one entity's list, `add` writes one element. An empty list says
/// the same as none.
template <class Value, class Order, class Add>
void add_lists(Digest& digest, std::string_view name, const ByEntity<std::vector<Value>>& table,
               Order order, Add add) {
    digest.fields().text(name);
    for (const std::uint32_t number : sorted_numbers(table)) {
        std::vector<Value> values = table.find(number)->second;
        std::sort(values.begin(), values.end(), order);
        for (const Value& value : values) {
            ByteWriter& to = digest.fields();
            to.number(number);
            add(to, value);
        }
    }
}

void add_observed(Digest& digest, const Fleet& fleet) {
    const auto text = [&](std::uint32_t number) { return fleet.texts.text(number); };
    add_lists(
        digest, "checks", fleet.checks,
        [&](const CheckState& a, const CheckState& b) {
            return std::pair(text(a.check), a.deployment.raw) <
                   std::pair(text(b.check), b.deployment.raw);
        },
        [&](ByteWriter& to, const CheckState& state) {
            to.text(text(state.check));
            to.number(state.deployment.raw);
            to.number(state.outcome.raw);
            to.number(state.position);
            to.time(state.recorded);
        });
    add_lists(
        digest, "clients", fleet.clients,
        [&](const ClientState& a, const ClientState& b) { return text(a.client) < text(b.client); },
        [&](ByteWriter& to, const ClientState& state) {
            to.text(text(state.client));
            to.number(state.position);
        });
    add_lists(
        digest, "meetings", fleet.meetings,
        [](const MeetingState& a, const MeetingState& b) { return a.meeting < b.meeting; },
        [&](ByteWriter& to, const MeetingState& state) {
            to.text(state.meeting);
            to.text(text(state.client));
            to.number(state.position);
        });
    add_lists(
        digest, "policies", fleet.policies,
        [&](const PolicyState& a, const PolicyState& b) { return text(a.policy) < text(b.policy); },
        [&](ByteWriter& to, const PolicyState& state) {
            to.text(text(state.policy));
            to.text(text(state.name));
            to.number(state.position);
        });
}

void add_accounts(Digest& digest, const Fleet& fleet) {
    digest.fields().text("accounts");
    for (const std::uint32_t number : sorted_numbers(fleet.accounts)) {
        const AccountState& account = fleet.accounts.find(number)->second;
        ByteWriter& to = digest.fields();
        to.number(number);
        to.number(bit(account.on_new_side));
        to.number(static_cast<std::uint32_t>(account.closed.size()));
        for (const ClosedMove& closed : account.closed) {
            to.text(closed.move);
            to.number(bit(closed.to_new_side));
            to.number(bit(closed.doubtful));
            to.text(closed.rollback);
        }
        to.number(bit(account.back.has_value()));
        if (!account.back) continue;
        to.text(account.back->move);
        for (const std::uint8_t field : {bit(account.back->to_new_side), bit(account.back->failed),
                                         account.back->from.raw, account.back->to.raw})
            to.number(field);
        to.text(account.back->rollback);
    }
    digest.fields().text("settlements");
    for (const OpenSettlement& open : fleet.settlements) {
        ByteWriter& to = digest.fields();
        to.text(open.rollback);
        to.number(open.open);
        to.number(open.overtaken);
        to.number(static_cast<std::uint32_t>(open.moved.size()));
        for (const MovedBack& moved : open.moved) {
            to.number(moved.entity);
            to.number(bit(moved.on_new_side));
        }
    }
}

void add_decided(Digest& digest, const Fleet& fleet) {
    add_lists(
        digest, "approvals", fleet.approvals,
        [](const ApprovalState& a, const ApprovalState& b) {
            return std::tie(a.action.raw, a.actor, a.plan) <
                   std::tie(b.action.raw, b.actor, b.plan);
        },
        [](ByteWriter& to, const ApprovalState& state) {
            to.number(state.action.raw);
            to.text(state.actor);
            to.text(state.plan);
        });
    digest.fields().text("moves");
    for (const std::uint32_t number : sorted_numbers(fleet.moves)) {
        const MoveState& move = fleet.moves.find(number)->second;
        ByteWriter& to = digest.fields();
        to.number(number);
        to.text(move.move);
        for (const std::uint8_t field : {move.from.raw, move.to.raw, move.command.raw})
            to.number(field);
    }
    add_accounts(digest, fleet);
    add_lists(
        digest, "pilot-ran", fleet.pilot_ran_changes,
        [](const PilotRanChange& a, const PilotRanChange& b) { return a.position < b.position; },
        [](ByteWriter& to, const PilotRanChange& change) {
            to.number(change.position);
            to.number(bit(change.value));
            to.time(change.recorded);
        });
}

void add_site(Digest& digest, const Fleet& fleet) {
    digest.fields().text("remediations");
    for (const RemediationState& open : fleet.remediations) {
        ByteWriter& to = digest.fields();
        to.number(open.position);
        to.number(open.entity);
        for (const std::string& text : {open.id, open.kind, open.subject, open.rollback})
            to.text(text);
    }
    digest.fields().text("rollbacks");
    for (const OpenRollback& open : fleet.rollbacks) {
        ByteWriter& to = digest.fields();
        to.number(open.started);
        to.number(open.target);
        for (const std::string& text : {open.id, open.plan_hash, open.digest}) to.text(text);
        to.number(static_cast<std::uint32_t>(open.scope.size()));
        for (const std::uint64_t number : open.scope) to.number(number);
        to.number(open.to_restore);
        to.number(open.restored);
    }
    digest.fields().text("labels");
    for (const Label& label : fleet.labels) {
        ByteWriter& to = digest.fields();
        to.text(label.label);
        to.number(label.position);
        to.time(label.recorded);
    }
    digest.fields().text("packs");
    for (const auto& adopted : fleet.packs) {
        digest.fields().number(adopted->position);
        digest.fields().text(adopted->toml);
    }
    digest.fields().text("commands");
    digest.fields().number(fleet.commands_next.value);
}

/// Who came and went. Of a log in which nobody did there is nothing to say, so that its digest is
/// what it was before homes could move.
void add_homes(Digest& digest, const Fleet& fleet) {
    for (const std::uint32_t number : sorted_numbers(fleet.releases)) {
        const ReleaseState& release = fleet.releases.find(number)->second;
        ByteWriter& to = digest.fields();
        to.text("release");
        to.number(number);
        to.text(release.to_site);
        to.text(release.pool);
        to.number(release.position);
    }
    for (const std::uint32_t number : sorted_numbers(fleet.arrivals))
        for (const ArrivalState& arrival : fleet.arrivals.find(number)->second) {
            ByteWriter& to = digest.fields();
            to.text("arrival");
            to.number(number);
            to.text(arrival.transfer);
            to.number(arrival.position);
            to.number(arrival.version.value);
        }
    for (const DeclinedTransfer& declined : fleet.declined) {
        ByteWriter& to = digest.fields();
        to.text("declined");
        to.text(declined.transfer);
        to.text(declined.entity);
        to.number(declined.position);
    }
    for (const TakenSite& taken : fleet.taken_sites) {
        ByteWriter& to = digest.fields();
        to.text("taken-site");
        for (const std::string& text : {taken.site, taken.log_id, taken.head}) to.text(text);
        to.number(taken.known);
        to.number(taken.position);
    }
}

}  // namespace

Hash fleet_digest(const Fleet& fleet) {
    Digest digest("ferry fleet digest 4");
    digest.fields().text(fleet.site);
    digest.fields().number(fleet.fold_version);
    digest.fields().number(fleet.position);
    digest.fields().time(fleet.recorded);
    digest.fields().number(fleet.pack);
    for (std::uint32_t number = 0; number < fleet.entities.size(); ++number)
        add_entity(digest.fields(), fleet, number);
    add_observed(digest, fleet);
    add_decided(digest, fleet);
    add_site(digest, fleet);
    add_homes(digest, fleet);
    // Where there is none the digest is the one that it was before there were waves.
    if (!fleet.waves.empty()) {
        digest.fields().text("waves");
        write_waves(digest.fields(), fleet);
    }
    if (!fleet.campaigns.empty()) {
        digest.fields().text("campaigns");
        write_campaigns(digest.fields(), fleet);
    }
    return digest.finish();
}

Hash decided_digest(const Fleet& fleet, std::span<const EntityNumber> scope) {
    std::vector<EntityNumber> numbers(scope.begin(), scope.end());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    Digest digest("ferry decided digest 1");
    for (const EntityNumber number : numbers) {
        const DecidedState state = restorable_state(fleet.at(number));
        ByteWriter& to = digest.fields();
        to.text(fleet.id(number));
        for (const v1::State region : {state.lifecycle, state.coexistence, state.compatibility,
                                       state.transfer, state.presence})
            to.number(static_cast<std::uint8_t>(region));
        to.number(bit(state.on_new_side));
        to.number(bit(state.pilot_ran));
    }
    return digest.finish();
}

}  // namespace ferry
