// Decisions about who belongs to the estate: register, and what a later import corrects.
#include "engine/emit.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// Where a member that was found on the new side stands: its pool says which of the two it is.
v1::State moved_lifecycle(const Entity& pool) {
    return pool.lifecycle >= v1::STATE_PRODUCTION ? v1::STATE_PRODUCTION : v1::STATE_PILOT;
}

}  // namespace

void Decision::do_register() {
    const v1::Register& asked = command_.register_();
    // The log of the first pool takes its name from the command that creates it.
    if (!fleet_.site.empty() && asked.site() != fleet_.site)
        return invalid(fmt::format("site `{}` is not the site of this log, which is `{}`",
                                   asked.site(), fleet_.site));
    std::optional<EntityNumber> pool;
    if (request_.kind != v1::KIND_POOL) {
        pool = fleet_.find("pool:" + asked.pool());
        if (!pool)
            return invalid(fmt::format("unknown pool `{}` in site {}; register the pool first",
                                       asked.pool(), asked.site()));
    }
    const auto known = fleet_.find(command_.entity());
    number_ = known.value_or(EntityNumber{fleet_.entities.size()});
    if (!expects(number_)) return;
    if (known && !returns_withdrawn(number_)) return;
    v1::Registered body;
    body.set_kind(request_.kind);
    body.set_name(std::string(request_.name));
    body.set_lifecycle(v1::STATE_LEGACY);
    body.set_disabled(asked.disabled());
    body.set_enabled_unknown(asked.enabled_unknown() && !asked.disabled());
    if (pool) return register_member(std::move(body), *pool);
    body.set_successor(asked.successor());
    emit(number_, [&](v1::StoredEvent& event) { *event.mutable_registered() = std::move(body); });
    done();
}

bool Decision::returns_withdrawn(EntityNumber number) {
    if (const auto away = failure(Guard::owned_here, context(number))) {
        refuse(Guard::owned_here, *away);
        return false;
    }
    if (step(Trigger::come_back, context(number)).verdict != Verdict::accepted) {
        refuse(Guard::already_registered,
               fmt::format("{} is already registered in site {}, in {}; see `ferry show {}`",
                           command_.entity(), fleet_.site,
                           word(v1::State(fleet_.at(number).lifecycle)), command_.entity()));
        return false;
    }
    const auto closed = failure(Guard::rollback_in_progress, context(number));
    if (closed) refuse(Guard::rollback_in_progress, *closed);
    return !closed;
}

bool Decision::can_be_placed(bool moved, EntityNumber pool) {
    std::vector<FailedGuard> failures;
    for (const Guard each : {moved ? Guard::successor_named : Guard::pool_not_retired,
                             Guard::rollback_in_progress, Guard::owned_here})
        if (auto reason = failure(each, context(pool)))
            failures.push_back({each, std::move(*reason)});
    if (failures.empty()) return true;
    refuse(std::move(failures));
    return false;
}

void Decision::register_member(v1::Registered body, EntityNumber pool) {
    const v1::Register& asked = command_.register_();
    const bool moved = asked.lifecycle() == "pilot" || asked.lifecycle() == "production";
    // What an import found is a fact; all that can be asked is whether it can be placed.
    if (!can_be_placed(moved, pool)) return;
    body.set_pool(pool.value);
    body.set_application_class(asked.application_class());
    body.set_found_moved(moved);
    if (moved) body.set_lifecycle(moved_lifecycle(fleet_.at(pool)));
    emit(number_, [&](v1::StoredEvent& event) { *event.mutable_registered() = std::move(body); });
    done();
}

void Decision::correct() {
    const v1::Correct& asked = command_.correct();
    const Entity& entity = fleet_.at(number_);
    v1::Corrected body;
    body.set_field(asked.field());
    body.set_after(asked.value());
    body.set_evidence(asked.evidence());
    if (asked.field() == "successor" && entity.kind == v1::KIND_POOL)
        body.set_before(std::string(fleet_.successor(number_)));
    else if (asked.field() == "class" && entity.kind == v1::KIND_APPLICATION)
        body.set_before(std::string(fleet_.texts.text(entity.text)));
    else if (asked.field() == "enabled" && entity.kind == v1::KIND_USER &&
             (asked.value() == "true" || asked.value() == "false"))
        body.set_before(std::string(enabled_word(entity)));
    else if (entity.is_member() && (asked.field() == "pool" || asked.field() == "side")) {
        correct_member(body);
        if (!result_.outcome().empty()) return;
    } else
        return invalid(fmt::format("`{}` of {} cannot be corrected to `{}`", asked.field(),
                                   command_.entity(), asked.value()));
    const MoveBack* back = move_back_of(fleet_, number_);
    if (back && body.field() == "side")
        emit_move_closed(MoveBack(*back), false, "the account was found elsewhere");
    emit(number_, [&](v1::StoredEvent& event) { *event.mutable_corrected() = std::move(body); });
    account_done();
}

void Decision::correct_member(v1::Corrected& body) {
    const Entity& entity = fleet_.at(number_);
    // An account whose move back failed may be accepted where it is.
    const MoveBack* back = move_back_of(fleet_, number_);
    const bool accepted = back && back->failed && body.field() == "side";
    if (auto reason = failure(Guard::no_move_in_flight, context(number_)); reason && !accepted)
        return refuse(Guard::no_move_in_flight, std::move(*reason));
    EntityNumber pool{entity.pool};
    if (body.field() == "pool") {
        const auto found = fleet_.find("pool:" + body.after());
        if (!found) return invalid(fmt::format("unknown pool `{}`", body.after()));
        pool = *found;
        body.set_pool(pool.value);
        body.set_before(std::string(fleet_.name({entity.pool})));
    } else {
        if (body.after() != "new" && body.after() != "legacy")
            return invalid(fmt::format("side `{}` is neither legacy nor new", body.after()));
        body.set_before(entity.on_new_side ? "new" : "legacy");
    }
    // A found member stands where its pool and its side put it: anything else could contradict the
    // pool, as a pilot user of a pool that is still legacy would.
    const bool moved = body.field() == "side" ? body.after() == "new" : entity.on_new_side;
    body.set_lifecycle(moved ? moved_lifecycle(fleet_.at(pool)) : v1::STATE_LEGACY);
    can_be_placed(moved, pool);
}

}  // namespace ferry
