#include "engine/evolve_home.hpp"

#include "engine/carried_state.hpp"
#include "engine/home_evidence.hpp"
#include "engine/request.hpp"
#include "engine/words.hpp"

#include <algorithm>

namespace ferry {

namespace {

/// It leaves the counts and the open work of this site; what is known of it stays, for as-of.
void fold(Fleet& fleet, EntityNumber of, Position position, const v1::Released& body) {
    const auto number = static_cast<std::uint32_t>(of.value);
    fleet.entities[number].away = true;
    fleet.releases[number] = {body.to_site(), body.pool(), position};
    std::erase_if(fleet.remediations,
                  [&](const RemediationState& open) { return open.entity == number; });
}

void set_decided(Fleet& fleet, Entity& entity, const v1::Accepted& body) {
    const v1::CarriedState& state = body.state();
    entity.kind = state.kind();
    entity.pool = static_cast<std::uint32_t>(body.pool());
    entity.text = fleet.texts.number(state.kind() == v1::KIND_POOL ? state.successor()
                                                                   : state.application_class());
    entity.lifecycle = state.lifecycle();
    entity.knowledge = state.knowledge();
    // A pool has no real move; Registered leaves it settled too.
    entity.transfer =
        state.transfer() == v1::STATE_UNSPECIFIED ? v1::STATE_SETTLED : state.transfer();
    entity.presence = v1::STATE_PRESENT;
    entity.on_new_side = state.on_new_side();
    entity.exempt = state.exempt();
    entity.disabled = state.disabled();
    entity.enabled_unknown = state.enabled_unknown();
    entity.away = false;
}

void fold(Fleet& fleet, EntityNumber of, Position position, Time recorded,
          const v1::StoredEvent& event) {
    const v1::Accepted& body = event.accepted();
    const v1::CarriedState& state = body.state();
    const auto number = static_cast<std::uint32_t>(of.value);
    set_decided(fleet, fleet.entities[number], body);
    take_in(fleet, of, position, state);
    fleet.moves.erase(number);
    // Who left was known to be at home, and who arrives is taken to be.
    fleet.accounts.erase(number);
    fleet.releases.erase(number);
    fleet.arrivals[number].push_back(
        {transfer_name(body.from_site(), {body.release_position()}), position, {event.version()}});
    const Time changed(std::chrono::microseconds(state.pilot_ran_microseconds()));
    if (state.kind() == v1::KIND_POOL)
        note_pilot_ran(fleet, of, state.pilot_ran(), position,
                       state.pilot_ran_microseconds() == 0 ? recorded : changed);
    else if (state.lifecycle() >= v1::STATE_PILOT)
        note_pilot_ran(fleet, {body.pool()}, true, position, recorded);
}

bool could_carry(v1::Kind kind, v1::Region region, v1::State state) {
    return v1::State_IsValid(state) && region_of(state) == region &&
           (region != v1::REGION_TRANSFER || kind != v1::KIND_POOL);
}

v1::Region knowledge_of(v1::Kind kind) {
    if (kind == v1::KIND_POOL) return v1::REGION_COEXISTENCE;
    return kind == v1::KIND_USER ? v1::REGION_CLIENT : v1::REGION_COMPATIBILITY;
}

bool is_known(const v1::CarriedState& state) {
    const v1::Kind kind = state.kind();
    if (kind != v1::KIND_POOL && kind != v1::KIND_USER && kind != v1::KIND_APPLICATION)
        return false;
    const bool member = kind != v1::KIND_POOL;
    return !state.name().empty() && state.name().size() <= name_bytes_max &&
           could_carry(kind, v1::REGION_LIFECYCLE, state.lifecycle()) &&
           could_carry(kind, knowledge_of(kind), state.knowledge()) &&
           (member ? could_carry(kind, v1::REGION_TRANSFER, state.transfer())
                   : state.transfer() == v1::STATE_UNSPECIFIED) &&
           std::ranges::all_of(state.checks(),
                               [](const v1::CarriedCheck& check) {
                                   return v1::CheckOutcome_IsValid(check.outcome()) &&
                                          v1::Deployment_IsValid(check.deployment());
                               }) &&
           std::ranges::all_of(state.approvals(), [](const v1::CarriedApproval& approval) {
               return v1::Action_IsValid(approval.action());
           });
}

std::optional<std::string> misfit_of(const Fleet& fleet, const v1::StoredEvent& event) {
    const v1::Accepted& body = event.accepted();
    const v1::CarriedState& state = body.state();
    if (event.entity() == 0 || !is_known(state)) return "an acceptance of a state it does not know";
    const bool pool =
        body.pool() < fleet.entities.size() && fleet.entities[body.pool()].kind == v1::KIND_POOL;
    if (state.kind() != v1::KIND_POOL && !pool) return "an acceptance into an unknown pool";
    if (event.entity() == fleet.entities.size()) return {};
    const EntityNumber number{event.entity()};
    const bool same = fleet.at(number).kind == state.kind() && fleet.name(number) == state.name();
    if (same) return {};
    return "an acceptance that renames an entity";
}

}  // namespace

std::optional<std::string> id_of_newcomer(const v1::StoredEvent& event) {
    const auto id = [](v1::Kind kind, const std::string& name) {
        return std::string(word(kind)).append(":").append(name);
    };
    if (event.has_registered()) return id(event.registered().kind(), event.registered().name());
    if (event.has_accepted())
        return id(event.accepted().state().kind(), event.accepted().state().name());
    return std::nullopt;
}

void fold_home(Fleet& fleet, EntityNumber number, Position position, Time recorded,
               const v1::StoredEvent& event) {
    switch (event.body_case()) {
        case v1::StoredEvent::kReleased: return fold(fleet, number, position, event.released());
        case v1::StoredEvent::kAccepted: return fold(fleet, number, position, recorded, event);
        case v1::StoredEvent::kReleaseDeclined: {
            const auto& body = event.release_declined();
            fleet.declined.push_back({transfer_name(body.from_site(), {body.release_position()}),
                                      body.entity(),
                                      position,
                                      {event.version()}});
            return;
        }
        case v1::StoredEvent::kSiteTakenOver: {
            const auto& body = event.site_taken_over();
            use_up_approvals(fleet, v1::ACTION_TAKE_OVER_SITE);
            fleet.taken_sites.push_back(
                {body.site(), body.log_id(), body.head(), {body.position()}, position});
            return;
        }
        default: return;
    }
}

void use_up_approvals(Fleet& fleet, v1::Action action) {
    const auto found = fleet.approvals.find(0);
    if (found == fleet.approvals.end()) return;
    std::erase_if(found->second,
                  [&](const ApprovalState& approval) { return approval.action == action; });
}

void note_pilot_ran(Fleet& fleet, EntityNumber pool, bool value, Position position, Time recorded) {
    Entity& noted = fleet.entities[pool.value];
    if (noted.pilot_ran == value) return;
    noted.pilot_ran = value;
    fleet.pilot_ran_changes[static_cast<std::uint32_t>(pool.value)].push_back(
        {position, value, recorded});
}

std::optional<std::string> home_misfit(const Fleet& fleet, const v1::StoredEvent& event) {
    switch (event.body_case()) {
        case v1::StoredEvent::kReleased:
            if (event.entity() == 0) return "a release of a site's stream";
            return {};
        case v1::StoredEvent::kAccepted: return misfit_of(fleet, event);
        case v1::StoredEvent::kReleaseDeclined:
        case v1::StoredEvent::kSiteTakenOver:
            if (event.entity() != 0) return "an event of a site in an entity's stream";
            return {};
        default: return {};
    }
}

}  // namespace ferry
