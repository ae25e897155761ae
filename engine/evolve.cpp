#include "engine/evolve.hpp"

#include "engine/campaign_fold.hpp"
#include "engine/evolve_home.hpp"
#include "engine/evolve_moves.hpp"
#include "engine/machine.hpp"
#include "engine/misfit.hpp"
#include "engine/pack.hpp"
#include "engine/wave_fold.hpp"
#include "engine/words.hpp"
#include "events/fold_reader.hpp"

#include <algorithm>

namespace ferry {

namespace {

/// One event being folded in.
struct Folding {
    Fleet& fleet;
    Position position;
    Time recorded;
    const v1::StoredEvent& event;
    Entity& entity;
    std::uint32_t number;

    void operator()(const v1::Registered& body) const;
    void operator()(const v1::Transitioned& body) const;
    void operator()(const v1::CheckRecorded& body) const;
    void operator()(const v1::CheckExpired& body) const;
    void operator()(const v1::ClientObserved& body) const;
    void operator()(const v1::PolicyObserved& body) const;
    void operator()(const v1::Approved& body) const;
    void operator()(const v1::ApprovalsCancelled& body) const;
    void operator()(const v1::Restored& body) const;
    void operator()(const v1::Corrected& body) const;
    void set(v1::State state) const;
    void note_pilot_ran(std::uint32_t pool, bool value) const;
};

/// What a pool's counts look at. Most events change none of it.
bool counts_alike(const Entity& a, const Entity& b) {
    return a.pool == b.pool && a.text == b.text && a.kind.raw == b.kind.raw &&
           a.lifecycle.raw == b.lifecycle.raw && a.transfer.raw == b.transfer.raw &&
           a.presence.raw == b.presence.raw && a.away == b.away;
}

/// Takes a member out of its pool's counts as what it was, and puts it back as what it became.
void recount(Fleet& fleet, const Entity& before, const Entity& after) {
    if (counts_alike(before, after)) return;
    const bool leaves = before.is_member() && before.present();
    const bool enters = after.is_member() && after.present();
    if (!leaves && !enters) return;
    // Nearly always it is one pool, which is looked up once.
    PoolCounts& counts = fleet.counts[leaves ? before.pool : after.pool];
    if (leaves) counts.add(before, -1);
    if (enters)
        (leaves && before.pool != after.pool ? fleet.counts[after.pool] : counts).add(after, +1);
}

void Folding::note_pilot_ran(std::uint32_t pool, bool value) const {
    ferry::note_pilot_ran(fleet, {pool}, value, position, recorded);
}

v1::State first_knowledge(v1::Kind kind) {
    switch (kind) {
        case v1::KIND_POOL: return v1::STATE_COEXISTENCE_UNVERIFIED;
        case v1::KIND_APPLICATION: return v1::STATE_COMPATIBILITY_UNVERIFIED;
        case v1::KIND_USER: return v1::STATE_LEGACY_CLIENT;
        default: return v1::STATE_UNSPECIFIED;
    }
}

void Folding::operator()(const v1::Registered& body) const {
    const bool back = entity.kind != v1::KIND_UNSPECIFIED;
    entity.kind = body.kind();
    entity.pool = static_cast<std::uint32_t>(body.pool());
    entity.text = fleet.texts.number(body.kind() == v1::KIND_POOL ? body.successor()
                                                                  : body.application_class());
    entity.lifecycle = body.lifecycle();
    // What is known outlives an absence: a compatible application that comes back still is.
    if (!back) entity.knowledge = first_knowledge(body.kind());
    entity.transfer = v1::STATE_SETTLED;
    entity.presence = v1::STATE_PRESENT;
    entity.on_new_side = body.found_moved();
    entity.exempt = body.found_moved();
    entity.disabled = body.disabled();
    entity.enabled_unknown = body.enabled_unknown();
    moves::begin(fleet, number);
    if (body.found_moved()) note_pilot_ran(entity.pool, true);
}

void Folding::set(v1::State state) const {
    switch (region_of(state)) {
        case v1::REGION_LIFECYCLE:
        case v1::REGION_WAVE: entity.lifecycle = state; return;
        case v1::REGION_TRANSFER: entity.transfer = state; return;
        case v1::REGION_PRESENCE: entity.presence = state; return;
        default: entity.knowledge = state; return;
    }
}

void Folding::operator()(const v1::Transitioned& body) const {
    set(body.to());
    if (body.region() == v1::REGION_TRANSFER && body.to() != v1::STATE_MOVING)
        moves::forget(fleet, number);
    if (body.region() != v1::REGION_LIFECYCLE) return;
    entity.exempt = false;
    if (entity.is_member() && body.to() >= v1::STATE_PILOT) {
        entity.on_new_side = true;
        moves::follow_home(fleet, number);
    }
    if (entity.is_member() && body.to() == v1::STATE_PILOT) note_pilot_ran(entity.pool, true);
    // An approval agrees to one transition; once that has happened it is used up.
    if (fleet.approvals.empty()) return;
    if (const auto found = fleet.approvals.find(number); found != fleet.approvals.end())
        std::erase_if(found->second, [&](const ApprovalState& approval) {
            return approval.action == body.command();
        });
}

void Folding::operator()(const v1::CheckRecorded& body) const {
    const std::uint32_t check = fleet.texts.number(body.check());
    const CheckState state{check, body.outcome(), body.deployment(), position, recorded};
    for (CheckState& known : fleet.checks[number]) {
        if (known.check != check || known.deployment != body.deployment()) continue;
        known = state;
        return;
    }
    fleet.checks[number].push_back(state);
}

void Folding::operator()(const v1::CheckExpired& body) const {
    const std::uint32_t check = fleet.texts.number(body.check());
    for (CheckState& known : fleet.checks[number])
        if (known.check == check && known.deployment == body.deployment())
            known.outcome = v1::CHECK_OUTCOME_UNSPECIFIED;
}

void Folding::operator()(const v1::ClientObserved& body) const {
    const std::uint32_t client = fleet.texts.number(body.client());
    auto& clients = fleet.clients[number];
    std::erase_if(clients, [&](const ClientState& known) { return known.client == client; });
    if (!body.gone()) clients.push_back({client, position});
}

void Folding::operator()(const v1::PolicyObserved& body) const {
    const std::uint32_t policy = fleet.texts.number(body.policy());
    auto& policies = fleet.policies[number];
    std::erase_if(policies, [&](const PolicyState& known) { return known.policy == policy; });
    policies.push_back({policy, fleet.texts.number(body.name()), position});
}

void Folding::operator()(const v1::Approved& body) const {
    auto& approvals = fleet.approvals[number];
    const bool known = std::any_of(approvals.begin(), approvals.end(), [&](const auto& approval) {
        return approval.action == body.action() && approval.actor == event.actor() &&
               approval.plan == body.plan_hash();
    });
    if (!known) approvals.push_back({body.action(), event.actor(), body.plan_hash()});
}

void Folding::operator()(const v1::ApprovalsCancelled& body) const {
    std::erase_if(fleet.approvals[number],
                  [&](const ApprovalState& approval) { return approval.action == body.action(); });
}

void Folding::operator()(const v1::Restored& body) const {
    ++fleet.restores;
    for (OpenRollback& open : fleet.rollbacks)
        if (open.id == body.rollback()) ++open.restored;
    // A region that is absent stays as it is.
    for (const v1::State state : {body.lifecycle(), body.coexistence(), body.compatibility()})
        if (state != v1::STATE_UNSPECIFIED) set(state);
    if (body.presence() != v1::STATE_UNSPECIFIED) entity.presence = body.presence();
    if (entity.is_member() && body.transfer() != v1::STATE_UNSPECIFIED) {
        entity.transfer = body.transfer();
        moves::forget(fleet, number);
    }
    const bool side_before = entity.on_new_side;
    entity.on_new_side = body.on_new_side();
    entity.exempt = body.exempt();
    if (entity.kind == v1::KIND_POOL) note_pilot_ran(number, body.pilot_ran());
    if (entity.is_member()) moves::set_back(fleet, number, side_before, body.account_stays());
}

void Folding::operator()(const v1::Corrected& body) const {
    if (body.field() == "pool") entity.pool = static_cast<std::uint32_t>(body.pool());
    if (body.field() == "successor" || body.field() == "class")
        entity.text = fleet.texts.number(body.after());
    if (body.field() == "enabled") {
        entity.disabled = body.after() == "false";
        entity.enabled_unknown = false;
    }
    if (body.field() == "side") {
        entity.on_new_side = body.after() == "new";
        moves::follow_home(fleet, number);
    }
    if (body.lifecycle() == v1::STATE_UNSPECIFIED) return;
    // Where the member stands follows from its pool and its side, as if it had just been found
    // there.
    entity.lifecycle = body.lifecycle();
    entity.exempt = entity.on_new_side;
    if (entity.on_new_side) note_pilot_ran(entity.pool, true);
}

/// The events of the site's own stream, and those whose effect is on a side table alone.
void fold_record(const Folding& at) {
    Fleet& fleet = at.fleet;
    const v1::StoredEvent& event = at.event;
    switch (event.body_case()) {
        case v1::StoredEvent::kLogCreated:
            fleet.name_site(event.log_created().site());
            fleet.fold_version = event.log_created().fold_version();
            return;
        case v1::StoredEvent::kCommandsConsumed:
            fleet.commands_next = {event.commands_consumed().next_offset()};
            return;
        case v1::StoredEvent::kPackAdopted:
            use_up_approvals(fleet, v1::ACTION_ADOPT_PACK);
            return adopt_pack(fleet, at.position, event.pack_adopted().toml());
        case v1::StoredEvent::kMarked:
            fleet.labels.push_back({event.marked().label(), at.position, at.recorded});
            return;
        case v1::StoredEvent::kMeetingObserved: {
            auto& meetings = fleet.meetings[at.number];
            const auto& body = event.meeting_observed();
            std::erase_if(meetings,
                          [&](const auto& known) { return known.meeting == body.meeting(); });
            meetings.push_back({body.meeting(), fleet.texts.number(body.client()), at.position});
            return;
        }
        case v1::StoredEvent::kMoveOpened:
            return moves::open(fleet, at.number, event.move_opened());
        case v1::StoredEvent::kMoveSucceeded:
            return moves::succeed(fleet, at.number, event.move_succeeded());
        case v1::StoredEvent::kMoveFailed:
            return moves::fail(fleet, at.number, event.move_failed());
        case v1::StoredEvent::kMoveClosed:
            return moves::close(fleet, at.number, event.move_closed());
        case v1::StoredEvent::kMoveReportedLate:
            return moves::report_late(fleet, at.number, event.move_reported_late());
        case v1::StoredEvent::kRollbackSettled:
            return moves::settle(fleet, event.rollback_settled());
        default: return;
    }
}

void close_scope(Fleet& fleet, const OpenRollback& rollback, bool closed) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i + 1 < rollback.scope.size(); i += 2) {
        number += rollback.scope[i];
        const std::uint64_t end = number + rollback.scope[i + 1];
        for (; number < end && number < fleet.entities.size(); ++number)
            fleet.entities[number].closed = closed;
        number = end;
    }
}

void end_rollback(Fleet& fleet, const std::string& id) {
    for (const OpenRollback& rollback : fleet.rollbacks)
        if (rollback.id == id) close_scope(fleet, rollback, false);
    std::erase_if(fleet.rollbacks, [&](const OpenRollback& rollback) { return rollback.id == id; });
}

/// What was agreed to is this one plan; once it has started, the agreement is used up.
void use_up_plan(Fleet& fleet, const v1::RollbackStarted& body) {
    const auto found = fleet.approvals.find(0);
    if (found == fleet.approvals.end()) return;
    std::erase_if(found->second, [&](const ApprovalState& approval) {
        return approval.plan == body.plan_hash() || approval.plan == body.whole_plan_hash();
    });
}

void fold_rollback(const Folding& at) {
    Fleet& fleet = at.fleet;
    const v1::StoredEvent& event = at.event;
    switch (event.body_case()) {
        case v1::StoredEvent::kRollbackStarted: {
            const auto& body = event.rollback_started();
            use_up_plan(fleet, body);
            fleet.rollbacks.push_back({body.rollback(),
                                       body.plan_hash(),
                                       body.digest(),
                                       {body.target()},
                                       at.position,
                                       {body.scope().begin(), body.scope().end()},
                                       body.to_restore()});
            return close_scope(fleet, fleet.rollbacks.back(), true);
        }
        case v1::StoredEvent::kRollbackFinished:
            return end_rollback(fleet, event.rollback_finished().rollback());
        case v1::StoredEvent::kRollbackAbandoned:
            return end_rollback(fleet, event.rollback_abandoned().rollback());
        case v1::StoredEvent::kRemediationOpened: {
            const auto& body = event.remediation_opened();
            fleet.remediations.push_back({body.remediation(), at.number, body.kind(),
                                          body.subject(), body.rollback(), at.position});
            return;
        }
        case v1::StoredEvent::kRemediationClosed:
            std::erase_if(fleet.remediations, [&](const RemediationState& open) {
                return open.id == event.remediation_closed().remediation();
            });
            return;
        default: return;
    }
}

void fold_body(const Folding& at) {
    const v1::StoredEvent& event = at.event;
    switch (event.body_case()) {
        case v1::StoredEvent::kRegistered: return at(event.registered());
        case v1::StoredEvent::kTransitioned: return at(event.transitioned());
        case v1::StoredEvent::kCheckRecorded: return at(event.check_recorded());
        case v1::StoredEvent::kCheckExpired: return at(event.check_expired());
        case v1::StoredEvent::kClientObserved: return at(event.client_observed());
        case v1::StoredEvent::kPolicyObserved: return at(event.policy_observed());
        case v1::StoredEvent::kApproved: return at(event.approved());
        case v1::StoredEvent::kApprovalsCancelled: return at(event.approvals_cancelled());
        case v1::StoredEvent::kRestored: return at(event.restored());
        case v1::StoredEvent::kCorrected: return at(event.corrected());
        default:
            fold_home(at.fleet, {at.number}, at.position, at.recorded, event);
            fold_record(at);
            fold_campaign(at.fleet, at.position, at.recorded, at.event);
            return fold_rollback(at);
    }
}

void remember_unknown(Fleet& fleet, Position position, std::string what) {
    if (!fleet.unknown) fleet.unknown = {position, std::move(what)};
}

}  // namespace

void evolve(Fleet& fleet, Position position, Time recorded, const v1::StoredEvent& event) {
    fleet.position = position;
    fleet.recorded = recorded;
    if (auto reason = misfit(fleet, event)) {
        remember_unknown(fleet, position, std::move(*reason));
        return;
    }
    const auto number = static_cast<std::uint32_t>(event.entity());
    if (number == fleet.entities.size())
        if (const auto id = id_of_newcomer(event)) fleet.add(*id, {});
    Entity& entity = fleet.entities[number];
    const Entity before = entity;
    fold_body({fleet, position, recorded, event, entity, number});
    recount(fleet, before, entity);
    follow_waves(fleet, before, event);
    entity.version = static_cast<std::uint32_t>(event.version());
    entity.last_position = position;
}

void evolve(Fleet& fleet, const CommitView& commit, Position until) {
    if (!knows_machine(commit.header.machine_digest))
        remember_unknown(fleet, commit.header.first, "transition tables it does not know");
    for_each_folded_event(
        commit,
        [&](const PlacedEvent& placed, const v1::StoredEvent& event, std::string_view) {
            if (placed.position > until) return;
            if (placed.readable)
                return evolve(fleet, placed.position, commit.header.recorded, event);
            fleet.position = placed.position;
            fleet.recorded = commit.header.recorded;
            remember_unknown(fleet, placed.position, "an event it cannot parse");
        },
        [&](std::uint64_t entity) {
            if (entity < fleet.entities.size()) prefetch(fleet.entities[entity]);
        });
}

}  // namespace ferry
