#include "engine/decision.hpp"

#include "engine/emit.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

Trigger trigger_of(v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return Trigger::enter_coexistence;
        case v1::ACTION_START_PILOT: return Trigger::start_pilot;
        case v1::ACTION_PROMOTE: return Trigger::promote;
        case v1::ACTION_RETIRE: return Trigger::retire;
        case v1::ACTION_REGISTER: return Trigger::come_back;
        case v1::ACTION_START_WAVE: return Trigger::start_wave;
        case v1::ACTION_PAUSE_WAVE: return Trigger::pause_wave;
        case v1::ACTION_RESUME_WAVE: return Trigger::resume_wave;
        case v1::ACTION_STOP_WAVE: return Trigger::stop_wave;
        default: return Trigger::withdraw;
    }
}

v1::StoredEvent& DraftEvents::add() {
    if (size_ == events_.size()) events_.emplace_back();
    else events_[size_].Clear();
    return events_[size_++];
}

void Decision::run() {
    result_.set_command_id(command_.command_id());
    decide();
}

void Decision::decide() {
    switch (request_.action) {
        case v1::ACTION_REGISTER: return do_register();
        case v1::ACTION_ACCEPT: return accept();
        case v1::ACTION_DECLINE: return decline();
        case v1::ACTION_PLAN_WAVE: return plan_wave();
        default: break;
    }
    if (request_.is_site()) return decide_on_site();
    const auto number = fleet_.find(command_.entity());
    if (!number)
        return invalid(
            fmt::format("unknown entity `{}`; register it first, or look for the right spelling "
                        "with `ferry show --all`",
                        command_.entity()));
    number_ = *number;
    if (expects(number_)) act();
}

void Decision::decide_on_site() {
    if (fleet_.site != request_.name)
        return invalid(
            fmt::format("site `{}` has no log yet; a register creates it", request_.name));
    if (!expects({0})) return;
    switch (request_.action) {
        case v1::ACTION_MARK: return mark();
        case v1::ACTION_ADOPT_PACK: return adopt_pack();
        case v1::ACTION_APPROVE: return approve({0});
        case v1::ACTION_TAKE_OVER_SITE: return take_over_site();
        default: return record_check_on_site();
    }
}

bool Decision::expects(EntityNumber number) {
    const Version actual{fleet_.knows(number) ? fleet_.at(number).version : 0};
    if (request_.expected.met_by(actual)) return true;
    result_.set_outcome("CONFLICT");
    result_.set_version(actual.value);
    result_.set_message(
        fmt::format("{} is at version {}, not {}; read what happened in between and "
                    "decide again",
                    command_.entity(), actual.value, command_.expected_version()));
    return false;
}

void Decision::act() {
    const Entity& entity = fleet_.at(number_);
    if (const auto reason = failure(Guard::owned_here, context(number_)))
        return refuse(Guard::owned_here, *reason);
    if (!entity.present() && entity.is_member()) return no_transition();
    if (entity.kind == v1::KIND_WAVE) return act_on_wave();
    const bool steps =
        request_.action >= v1::ACTION_ENTER_COEXISTENCE && request_.action <= v1::ACTION_RETIRE;
    if (!steps)
        if (const auto reason = failure(Guard::rollback_in_progress, context(number_)))
            return refuse(Guard::rollback_in_progress, *reason);
    switch (request_.action) {
        case v1::ACTION_ENTER_COEXISTENCE:
        case v1::ACTION_START_PILOT:
        case v1::ACTION_PROMOTE:
        case v1::ACTION_RETIRE: return step_lifecycle(trigger_of(request_.action));
        case v1::ACTION_WITHDRAW: return withdraw();
        case v1::ACTION_RECORD_CHECK: record_check_on(number_); return done();
        case v1::ACTION_OBSERVE_CLIENT: return observe_client();
        case v1::ACTION_OBSERVE_MEETING: return observe_meeting();
        case v1::ACTION_OBSERVE_POLICY: return observe_policy();
        case v1::ACTION_APPROVE: return approve(number_);
        case v1::ACTION_REPORT_MOVE: return report_move();
        case v1::ACTION_RETRY_MOVE: return retry_move();
        case v1::ACTION_CORRECT: return correct();
        case v1::ACTION_RELEASE: return release();
        default: return invalid("this action is not asked of an entity");
    }
}

void Decision::step_lifecycle(Trigger trigger) {
    Step asked = step_under_pack(trigger, context(number_));
    if (asked.verdict == Verdict::no_transition) return no_transition();
    if (auto closed = failure(Guard::rollback_in_progress, context(number_)))
        asked.failures.push_back({Guard::rollback_in_progress, std::move(*closed)});
    if (!asked.failures.empty()) return refuse(std::move(asked.failures));
    const bool member = fleet_.at(number_).is_member();
    emit_step(number_, asked.transitions.front(), request_.action);
    if (!member) follow_coexistence(number_);
    done();
}

void Decision::emit_step(EntityNumber number, const Transition& transition, v1::Action action) {
    const bool moves = action == v1::ACTION_START_PILOT || action == v1::ACTION_PROMOTE;
    if (!moves || !fleet_.at(number).is_member() || pack_->transfer != Transfer::confirmed)
        return emit_transition(number, transition, action);
    // Only the move is opened; the transition happens when its success is reported.
    open_move(number, transition, action);
}

void Decision::withdraw() {
    const Step asked = step(Trigger::withdraw, context(number_));
    if (asked.verdict != Verdict::accepted) return no_transition();
    end_moves_of_leaver();
    emit_transition(number_, asked.transitions.front());
    account_done();
}

void Decision::follow_coexistence(EntityNumber pool) {
    const v1::State lifecycle = fleet_.at(pool).lifecycle;
    // Before coexistence nothing is concluded from a check, and after the pilot nothing changes.
    if (lifecycle != v1::STATE_COEXIST_TEST && lifecycle != v1::STATE_PILOT) return;
    const bool holds = coexistence_holds(fleet_, *pack_, pool);
    follow(pool, holds ? Trigger::coexistence_holds : Trigger::coexistence_broken);
}

void Decision::follow(EntityNumber number, Trigger trigger) {
    for (const Transition& transition : step(trigger, context(number)).transitions)
        emit_transition(number, transition);
}

void Decision::emit_transition(EntityNumber number, const Transition& transition) {
    emit_transition(number, transition, request_.action);
}

void Decision::emit_transition(EntityNumber number, const Transition& transition,
                               v1::Action action) {
    emit(number, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_transitioned();
        body.set_region(transition.region);
        body.set_from(transition.from);
        body.set_to(transition.to);
        body.set_command(action);
    });
}

void Decision::invalid(std::string message) {
    result_.set_outcome("INVALID");
    result_.set_message(std::move(message));
}

void Decision::refuse(std::vector<FailedGuard> failures) {
    result_.set_outcome("REFUSED");
    for (FailedGuard& failed : failures) {
        auto& guard = *result_.add_failed_guards();
        guard.set_guard(std::string(name_of(failed.guard)));
        guard.set_reason(std::move(failed.reason));
    }
}

void Decision::no_transition() {
    const Entity& entity = fleet_.at(number_);
    result_.set_outcome("NO_TRANSITION");
    for (const v1::Action action : possible(entity))
        result_.add_possible(std::string(json_name(action)));
    const v1::State shown =
        entity.present() || !entity.is_member() ? v1::State(entity.lifecycle) : v1::STATE_WITHDRAWN;
    result_.set_message(fmt::format("{} is in {}: {} is not possible from there", command_.entity(),
                                    word(shown), word(request_.action)));
}

void Decision::done() {
    FERRY_ASSERT(emitted_ > 0, "a command that is done leaves an event");
    // What followed on other streams is not what was asked about.
    const std::size_t last = draft_.events.size() - 1;
    std::size_t after = 0;
    while (after < emitted_ && draft_.events[last - after].entity() != number_.value) ++after;
    if (after == emitted_) after = 0;
    result_.set_outcome("DONE");
    result_.set_position(draft_.next.value - 1 - after);
    result_.set_version(draft_.events[last - after].version());
}

Step ask(const Fleet& fleet, const Pack& pack, EntityNumber number, v1::Action action,
         std::string_view actor) {
    return step_under_pack(trigger_of(action), {fleet, pack, number, action, actor});
}

}  // namespace ferry
