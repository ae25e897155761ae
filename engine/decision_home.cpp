// Decisions that an entity leaves: its release, a refusal to go on with it, and the takeover of a
// site that is lost.
#include "engine/carried_state.hpp"
#include "engine/emit.hpp"
#include "engine/home_evidence.hpp"
#include "engine/request_home.hpp"
#include "events/commit.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// What is left of a commit for the texts around the state.
constexpr std::size_t carried_bytes_max = commit_bytes_max - 64'000;

/// Who is worked on by something else here has to be done with first: the next site knows neither
/// this site's waves nor the moves that it still waits for.
std::optional<FailedGuard> kept_by(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    if (!entity.is_member()) return std::nullopt;
    const std::string_view id = fleet.id(number);
    if (!account_sides(fleet, number).only(entity.on_new_side))
        return FailedGuard{Guard::no_move_in_flight,
                           fmt::format("the real account of {} may be elsewhere than at home; wait "
                                       "until its move back is reported, see `ferry show {}`",
                                       id, id)};
    const EntityNumber wave = unfinished_wave_of(fleet, number);
    if (wave.value == 0) return std::nullopt;
    return FailedGuard{Guard::members_free,
                       fmt::format("{} is in {}, which is not finished; finish it or stop it first",
                                   id, fleet.id(wave))};
}

}  // namespace

void Decision::release() {
    const v1::Release& asked = command_.release();
    if (asked.to() == fleet_.site)
        return invalid(
            fmt::format("{} is at home in site {} already", command_.entity(), fleet_.site));
    const Entity& entity = fleet_.at(number_);
    if (entity.kind != v1::KIND_POOL && !entity.is_member())
        return invalid(fmt::format("{} stays with its site; pools, users and applications move",
                                   command_.entity()));
    if (const auto moving = failure(Guard::no_move_in_flight, context(number_)))
        return refuse(Guard::no_move_in_flight, *moving);
    if (auto busy = kept_by(fleet_, number_)) return refuse({std::move(*busy)});
    v1::CarriedState state = carried_state(fleet_, number_);
    if (request_.evidence) {
        state.set_history_hash(std::string(text_of(request_.evidence->history)));
        for (const v1::DoneCommand& done : request_.evidence->done) *state.add_done() = done;
    }
    if (state.ByteSizeLong() > carried_bytes_max)
        return invalid(fmt::format("{} has {} commands and checks to carry, {} bytes, more than "
                                   "one commit holds; it stays in site {}",
                                   command_.entity(), state.done_size() + state.checks_size(),
                                   state.ByteSizeLong(), fleet_.site));
    const std::string pool =
        entity.is_member() && asked.pool().empty() ? state.pool() : asked.pool();
    emit(number_, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_released();
        body.set_to_site(asked.to());
        body.set_pool(pool);
        *body.mutable_state() = std::move(state);
    });
    done();
}

void Decision::decline() {
    const v1::Decline& asked = command_.decline();
    if (fleet_.site != asked.site())
        return invalid(
            fmt::format("site `{}` has no log yet, so nothing was released to it", asked.site()));
    const auto known =
        std::ranges::find(fleet_.declined, asked.transfer(), &DeclinedTransfer::transfer);
    if (known != fleet_.declined.end() && known->entity == command_.entity()) {
        result_.set_outcome("DONE");
        result_.set_position(known->position.value);
        result_.set_version(known->version.value);
        return;
    }
    if (const auto number = fleet_.find(command_.entity()))
        if (const auto arrivals = fleet_.arrivals.find(static_cast<std::uint32_t>(number->value));
            arrivals != fleet_.arrivals.end())
            for (const ArrivalState& each : arrivals->second)
                if (each.transfer == asked.transfer())
                    return refuse(Guard::already_registered,
                                  fmt::format("{} was accepted here at position {}; release it "
                                              "back instead",
                                              command_.entity(), each.position.value));
    const HomeEvidence* evidence = request_.evidence;
    if (!evidence || !evidence->release || evidence->release->to_site != fleet_.site)
        return refuse(Guard::release_verified,
                      evidence && !evidence->refusal.empty()
                          ? evidence->refusal
                          : fmt::format("{} was not released to site {} at {}", command_.entity(),
                                        fleet_.site, asked.transfer()));
    const TransferName transfer = *parse_transfer(asked.transfer());
    emit({0}, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_release_declined();
        body.set_entity(command_.entity());
        body.set_from_site(transfer.site);
        body.set_release_position(transfer.position.value);
    });
    done();
}

void Decision::take_over_site() {
    const v1::TakeOverSite& asked = command_.take_over_site();
    if (asked.site() == fleet_.site)
        return invalid(fmt::format("site {} cannot take itself over", fleet_.site));
    for (const TakenSite& taken : fleet_.taken_sites) {
        if (taken.site != asked.site()) continue;
        return refuse(
            Guard::already_registered,
            fmt::format("site {} was taken over already, as known to position {}, at "
                        "{}:{}",
                        taken.site, taken.known.value, fleet_.site, taken.position.value));
    }
    const Hash hash = takeover_hash(fleet_.site, asked);
    const auto approvals = fleet_.approvals.find(0);
    const bool approved =
        approvals != fleet_.approvals.end() &&
        std::ranges::any_of(approvals->second, [&](const ApprovalState& approval) {
            return approval.action == v1::ACTION_TAKE_OVER_SITE && !approval.actor.empty() &&
                   approval.plan == text_of(hash) && approval.actor != command_.actor();
        });
    if (!approved)
        return refuse(
            Guard::approved,
            fmt::format("nobody other than {} has approved that site {} takes over {} as "
                        "known to position {}; a second person runs `ferry approve "
                        "site:{} take-over-site --plan {}`",
                        command_.actor().empty() ? "the asker" : command_.actor(), fleet_.site,
                        asked.site(), asked.position(), fleet_.site, to_hex(hash)));
    const Hash head = *hash_from_hex(asked.head());
    emit({0}, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_site_taken_over();
        body.set_site(asked.site());
        body.set_log_id(std::string(text_of(log_id_from_hex(asked.log_id())->bytes)));
        body.set_position(asked.position());
        body.set_head(std::string(text_of(head)));
    });
    done();
}

}  // namespace ferry
