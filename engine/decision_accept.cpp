// The decision that an entity goes on in this site: what another one released, what it takes back
// because the next owner declined it, or what a lost one had.
#include "engine/emit.hpp"
#include "engine/home_evidence.hpp"
#include "engine/standing_rules.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

const ArrivalState* arrival(const Fleet& fleet, EntityNumber number, std::string_view transfer) {
    const auto found = fleet.arrivals.find(static_cast<std::uint32_t>(number.value));
    if (found == fleet.arrivals.end()) return nullptr;
    for (const ArrivalState& each : found->second)
        if (each.transfer == transfer) return &each;
    return nullptr;
}

}  // namespace

void Decision::accept() {
    const v1::Accept& asked = command_.accept();
    if (fleet_.site != asked.site())
        return invalid(
            fmt::format("site `{}` has no log yet; register one of its pools first", asked.site()));
    const auto known = fleet_.find(command_.entity());
    number_ = known.value_or(EntityNumber{fleet_.entities.size()});
    // Accepted twice is accepted once, also where it has gone on elsewhere since.
    if (const ArrivalState* before = arrival(fleet_, number_, asked.transfer())) {
        result_.set_outcome("DONE");
        result_.set_position(before->position.value);
        result_.set_version(before->version.value);
        return;
    }
    if (!expects(number_) || !release_stands(known)) return;
    const auto pool = pool_to_join();
    if (!pool) return;
    emit_accepted(*pool);
    follow_acceptance();
    done();
}

bool Decision::release_stands(const std::optional<EntityNumber>& known) {
    const v1::Accept& asked = command_.accept();
    const auto not_so = [&](std::string reason) {
        refuse(Guard::release_verified, std::move(reason));
        return false;
    };
    for (const DeclinedTransfer& each : fleet_.declined)
        if (!asked.taken_over() && each.transfer == asked.transfer() &&
            each.entity == command_.entity())
            return not_so(fmt::format("site {} declined it at position {}, for ever", fleet_.site,
                                      each.position.value));
    if (known && !fleet_.at(*known).away) {
        refuse(Guard::already_registered,
               fmt::format("{} belongs to site {} already; see `ferry show {}`", command_.entity(),
                           fleet_.site, command_.entity()));
        return false;
    }
    const HomeEvidence* evidence = request_.evidence;
    if (!evidence || !evidence->release)
        return not_so(
            evidence && !evidence->refusal.empty()
                ? evidence->refusal
                : "this program cannot read the other site's log; accept it where it can");
    const FoundRelease& found = *evidence->release;
    const TransferName transfer = *parse_transfer(asked.transfer());
    if (found.to_site != fleet_.site && found.declined_by.empty())
        return not_so(fmt::format("{} was released to site {} at {}, not to {}", command_.entity(),
                                  found.to_site, asked.transfer(), fleet_.site));
    // A release of long ago, after which it has been here and gone on. What is taken back is still
    // at the version of its release, one behind the state that this carries.
    const std::uint64_t left_at = found.state.version() + (found.declined_by.empty() ? 0 : 1);
    if (known && left_at < fleet_.at(*known).version)
        return not_so(fmt::format("{} was at version {} when it was released there, and has been "
                                  "here at version {} since",
                                  command_.entity(), found.state.version(),
                                  fleet_.at(*known).version));
    if (!found.taken_over) return true;
    const bool taken = std::ranges::any_of(fleet_.taken_sites, [&](const TakenSite& each) {
        return each.site == transfer.site && each.known == transfer.position &&
               each.head == text_of(found.commit);
    });
    if (taken) return true;
    return not_so(fmt::format("site {} has not taken over {} as known to position {}; see `ferry "
                              "take-over {} --to {}`",
                              fleet_.site, transfer.site, transfer.position.value, transfer.site,
                              fleet_.site));
}

std::optional<EntityNumber> Decision::pool_to_join() {
    const FoundRelease& found = *request_.evidence->release;
    const v1::CarriedState& state = found.state;
    if (state.kind() == v1::KIND_POOL) return EntityNumber{0};
    const auto refused = [&](Guard guard, std::string reason) {
        refuse(guard, std::move(reason));
        return std::nullopt;
    };
    const std::string& name = found.pool.empty() ? state.pool() : found.pool;
    const auto pool = fleet_.find("pool:" + name);
    if (!pool || fleet_.at(*pool).away)
        return refused(Guard::pool_fits,
                       fmt::format("site {} has no pool `{}` for {} to join; register it, or take "
                                   "the entity back and release it with --pool",
                                   fleet_.site, name, command_.entity()));
    if (fleet_.at(*pool).closed)
        return refused(Guard::rollback_in_progress,
                       fmt::format("{} is in the scope of a rollback that has not finished; resume "
                                   "or abandon it (`ferry status` names it)",
                                   fleet_.id(*pool)));
    if (state.on_new_side() && fleet_.successor(*pool).empty())
        return refused(Guard::pool_fits,
                       fmt::format("{} is on the new side, and {} names no successor",
                                   command_.entity(), fleet_.id(*pool)));
    const v1::State lifecycle = fleet_.at(*pool).lifecycle;
    const std::string broken =
        broken_rule({state.kind(), state.lifecycle(), true, state.exempt(), false}, lifecycle);
    if (broken.empty()) return pool;
    return refused(Guard::pool_fits,
                   fmt::format("{} is in {} and {} in {}: {}; advance the pool first, or take the "
                               "entity back",
                               command_.entity(), word(state.lifecycle()), fleet_.id(*pool),
                               word(lifecycle), broken));
}

void Decision::emit_accepted(EntityNumber pool) {
    const FoundRelease& found = *request_.evidence->release;
    const TransferName transfer = *parse_transfer(command_.accept().transfer());
    emit(number_, [&](v1::StoredEvent& event) {
        // The release, where there is one, has the version after the one that is carried.
        const bool was_released = !found.taken_over || !found.declined_by.empty();
        event.set_version(found.state.version() + (was_released ? 2 : 1));
        auto& body = *event.mutable_accepted();
        body.set_from_site(transfer.site);
        body.set_release_position(transfer.position.value);
        body.set_release_hash(std::string(text_of(found.commit)));
        body.set_pool(pool.value);
        *body.mutable_state() = found.state;
        // A move that was in flight in a site that is lost is reported to nobody any more.
        if (found.state.transfer() == v1::STATE_MOVING)
            body.mutable_state()->set_transfer(v1::STATE_FAILED);
        body.set_taken_over(found.taken_over);
        if (found.declined_by.empty()) return;
        body.set_declined_by(found.declined_by);
        body.set_decline_hash(std::string(text_of(found.decline)));
    });
}

/// Another site may have adopted another pack, whose rules hold from here on.
void Decision::follow_acceptance() {
    const v1::Kind kind = fleet_.at(number_).kind;
    if (kind == v1::KIND_POOL) follow_coexistence(number_);
    if (kind == v1::KIND_USER) follow_clients(number_);
}

}  // namespace ferry
