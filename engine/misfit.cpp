#include "engine/misfit.hpp"

#include "engine/campaign_fold.hpp"
#include "engine/evolve.hpp"
#include "engine/evolve_home.hpp"
#include "engine/pack_toml.hpp"
#include "engine/words.hpp"

namespace ferry {

namespace {

using Misfit = std::optional<std::string>;

bool is_lifecycle(v1::State state) {
    return v1::State_IsValid(state) && region_of(state) == v1::REGION_LIFECYCLE;
}

bool is_pool(const Fleet& fleet, std::uint64_t number) {
    return number < fleet.entities.size() && fleet.entities[number].kind == v1::KIND_POOL;
}

/// Whether the machine of `kind` has `state` in `region`.
bool fits(v1::Kind kind, v1::Region region, v1::State state) {
    if (!v1::State_IsValid(state) || region_of(state) != region) return false;
    const bool member = kind == v1::KIND_USER || kind == v1::KIND_APPLICATION;
    switch (region) {
        case v1::REGION_LIFECYCLE: return member || kind == v1::KIND_POOL;
        case v1::REGION_COEXISTENCE: return kind == v1::KIND_POOL;
        case v1::REGION_COMPATIBILITY: return kind == v1::KIND_APPLICATION;
        case v1::REGION_CLIENT: return kind == v1::KIND_USER;
        case v1::REGION_TRANSFER:
        case v1::REGION_PRESENCE: return member;
        case v1::REGION_WAVE: return kind == v1::KIND_WAVE;
        default: return false;
    }
}

Misfit of(const Fleet& fleet, std::uint64_t number, const v1::Registered& body) {
    const v1::Kind kind = body.kind();
    if (!v1::Kind_IsValid(kind) || kind == v1::KIND_UNSPECIFIED || kind == v1::KIND_CAMPAIGN ||
        number == 0)
        return "a registration of a kind it does not know";
    const bool wave = kind == v1::KIND_WAVE;
    if (wave ? body.lifecycle() != v1::STATE_WAVE_PLANNED : !is_lifecycle(body.lifecycle()))
        return "a registration in a state it does not know";
    if (kind != v1::KIND_POOL && !wave && !is_pool(fleet, body.pool()))
        return "a registration into an unknown pool";
    // What is folded indexes by them.
    if ((kind == v1::KIND_POOL || wave) && (body.pool() != 0 || body.found_moved()))
        return "a registration as if it were a member's";
    if (body.name().size() > 512) return "a name longer than any it writes";
    if (number == fleet.entities.size()) return {};
    if (wave) return "a wave that is registered twice";
    const bool same = fleet.at({number}).kind == kind && fleet.name({number}) == body.name();
    return same ? Misfit() : Misfit("a registration that renames an entity");
}

Misfit of(const Entity& entity, const v1::Restored& body) {
    const auto right = [&](v1::Region region, v1::State state) {
        return state == v1::STATE_UNSPECIFIED || fits(entity.kind, region, state);
    };
    const bool known = entity.kind != v1::KIND_UNSPECIFIED &&
                       right(v1::REGION_LIFECYCLE, body.lifecycle()) &&
                       right(v1::REGION_COEXISTENCE, body.coexistence()) &&
                       right(v1::REGION_COMPATIBILITY, body.compatibility()) &&
                       right(v1::REGION_TRANSFER, body.transfer()) &&
                       (right(v1::REGION_PRESENCE, body.presence()) ||
                        (entity.kind == v1::KIND_POOL && body.presence() == v1::STATE_PRESENT));
    return known ? Misfit() : Misfit("a restored state it does not know");
}

Misfit of(const Fleet& fleet, const Entity& entity, const v1::Corrected& body) {
    const std::string& field = body.field();
    const bool stays = body.lifecycle() == v1::STATE_UNSPECIFIED;
    if (stays && (field == "successor" || field == "class" || field == "enabled")) return {};
    if (field != "pool" && field != "side") return "a correction of a field it does not know";
    if (!entity.is_member()) return "a correction that only a member can have";
    if (field == "pool" && !is_pool(fleet, body.pool())) return "a correction to an unknown pool";
    if (!(field == "pool" && stays) && !is_lifecycle(body.lifecycle()))
        return "a correction to a state it does not know";
    return {};
}

Misfit of(const Entity& entity, const v1::MoveOpened& body) {
    const bool known = entity.is_member() && is_lifecycle(body.from()) && is_lifecycle(body.to());
    return known ? Misfit() : Misfit("a move it does not know");
}

Misfit of_word(bool known, std::string_view what) {
    return known ? Misfit() : Misfit("an unknown word for " + std::string(what));
}

/// An event of an entity that is known, or of the site's stream.
Misfit of_body(const Fleet& fleet, const v1::StoredEvent& event) {
    const Entity& entity = fleet.entities[event.entity()];
    switch (event.body_case()) {
        case v1::StoredEvent::kTransitioned: {
            const auto& body = event.transitioned();
            return of_word(fits(entity.kind, body.region(), body.to()), "a state");
        }
        case v1::StoredEvent::kCheckRecorded: {
            const auto& body = event.check_recorded();
            return of_word(v1::CheckOutcome_IsValid(body.outcome()) &&
                               v1::Deployment_IsValid(body.deployment()),
                           "a check");
        }
        case v1::StoredEvent::kCheckExpired:
            return of_word(v1::Deployment_IsValid(event.check_expired().deployment()), "a check");
        case v1::StoredEvent::kApproved:
            return of_word(v1::Action_IsValid(event.approved().action()), "an action");
        case v1::StoredEvent::kApprovalsCancelled:
            return of_word(v1::Action_IsValid(event.approvals_cancelled().action()), "an action");
        case v1::StoredEvent::kPackAdopted:
            return read_pack(event.pack_adopted().toml()).pack
                       ? Misfit()
                       : Misfit("a pack with rules it does not know");
        case v1::StoredEvent::kMoveOpened: return of(entity, event.move_opened());
        case v1::StoredEvent::kMoveSucceeded:
        case v1::StoredEvent::kMoveFailed:
        case v1::StoredEvent::kMoveClosed:
        case v1::StoredEvent::kMoveReportedLate: return of_word(entity.is_member(), "a move");
        case v1::StoredEvent::kRollbackSettled:
            return of_word(event.entity() == 0, "the stream of a settled rollback");
        case v1::StoredEvent::kRestored: return of(entity, event.restored());
        case v1::StoredEvent::kCorrected: return of(fleet, entity, event.corrected());
        default: return wave_misfit(fleet, event);
    }
}

}  // namespace

std::optional<std::string> misfit(const Fleet& fleet, const v1::StoredEvent& event) {
    const std::uint64_t size = fleet.entities.size();
    if (event.body_case() == v1::StoredEvent::BODY_NOT_SET) return "an event body it does not know";
    const bool enters = (event.has_registered() || event.has_accepted()) && event.entity() == size;
    if (event.entity() >= size && !enters) return "an event of an entity that was never registered";
    // Most events are transitions, and what is asked of them is in one place.
    if (event.has_transitioned()) return of_body(fleet, event);
    if (event.has_registered()) return of(fleet, event.entity(), event.registered());
    if (event.has_log_created() && event.log_created().fold_version() != fold_version)
        return "fold version " + std::to_string(event.log_created().fold_version());
    if (auto reason = home_misfit(fleet, event); reason || event.entity() == size) return reason;
    if (auto strange = campaign_misfit(fleet, event)) return strange;
    return of_body(fleet, event);
}

}  // namespace ferry
