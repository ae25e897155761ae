// Decisions about real moves: what their reports bring about, and what is owed after them.
#include "engine/emit.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

void Decision::open_move(EntityNumber number, const Transition& transition, v1::Action action) {
    const std::string move = next_move();
    emit(number, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_move_opened();
        body.set_move(move);
        body.set_from(transition.from);
        body.set_to(transition.to);
        body.set_command(action);
        body.set_towards(v1::DEPLOYMENT_SUCCESSOR);
    });
}

std::string Decision::next_move() const {
    return fmt::format("{}:{}", fleet_.site, draft_.next.value);
}

void Decision::report_move() {
    const std::string& move = command_.report_move().move();
    const auto found = fleet_.moves.find(static_cast<std::uint32_t>(number_.value));
    const bool in_flight = found != fleet_.moves.end();
    if (in_flight && found->second.move == move) return report_forward(found->second);
    const AccountState* account = account_of(fleet_, number_);
    const MoveBack* back = account && account->back ? &*account->back : nullptr;
    if (back && !back->failed && back->move == move) return report_back(*back);
    if (account)
        for (const ClosedMove& closed : account->closed)
            if (closed.move == move) return report_late(closed);
    if (!in_flight && (!back || back->failed)) return no_transition();
    invalid(fmt::format("move `{}` is not the one in flight of {}, which is `{}`", move,
                        command_.entity(), in_flight ? found->second.move : back->move));
}

void Decision::emit_report(bool back, v1::Deployment towards) {
    const v1::ReportMove& asked = command_.report_move();
    emit(number_, [&](v1::StoredEvent& event) {
        if (asked.outcome() == "SUCCEEDED") {
            auto& body = *event.mutable_move_succeeded();
            body.set_move(asked.move());
            body.set_towards(towards);
            body.set_back(back);
            return;
        }
        auto& body = *event.mutable_move_failed();
        body.set_move(asked.move());
        body.set_cause(asked.cause());
        body.set_irreversible(asked.reversible() == "false");
        body.set_towards(towards);
        body.set_back(back);
    });
}

/// A fact that the pack may ask about when somebody wants to go back.
void Decision::note_forced() {
    const v1::ReportMove& asked = command_.report_move();
    if (asked.outcome() != "SUCCEEDED" || asked.reversible() != "false") return;
    emit(number_, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_check_recorded();
        body.set_check(std::string(forced_move_check));
        body.set_outcome(v1::CHECK_OUTCOME_PASS);
        body.set_evidence(asked.cause().empty() ? "reported with move " + asked.move()
                                                : asked.cause());
    });
}

void Decision::report_forward(MoveState move) {
    const bool succeeded = command_.report_move().outcome() == "SUCCEEDED";
    const Trigger trigger = succeeded ? Trigger::move_succeeded : Trigger::move_failed;
    if (step(trigger, context(number_)).verdict != Verdict::accepted) return no_transition();
    emit_report(false, v1::DEPLOYMENT_SUCCESSOR);
    note_forced();
    if (succeeded)
        emit(number_, [&](v1::StoredEvent& event) {
            auto& body = *event.mutable_transitioned();
            body.set_region(v1::REGION_LIFECYCLE);
            // Not where the move began: a legacy member may have entered coexistence meanwhile.
            body.set_from(fleet_.at(number_).lifecycle);
            body.set_to(move.to);
            body.set_command(move.command);
        });
    follow_account({});
    // A running wave whose last move, or whose last bearable failure, this was.
    follow_wave(unfinished_wave_of(fleet_, number_));
    account_done();
}

// A copy, because what is emitted here ends the one in the fleet.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void Decision::report_back(MoveBack back) {
    emit_report(true, side_word(back.to_new_side));
    if (back.to_new_side) note_forced();
    follow_account(back.rollback);
    account_done();
}

/// Nothing that was decided changes. What changes is what is known of the account, and with it
/// whether a move back is owed.
void Decision::report_late(ClosedMove closed) {
    const v1::ReportMove& asked = command_.report_move();
    const bool succeeded = asked.outcome() == "SUCCEEDED";
    emit(number_, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_move_reported_late();
        body.set_move(closed.move);
        body.set_succeeded(succeeded);
        body.set_cause(asked.cause());
        body.set_irreversible(asked.reversible() == "false");
        body.set_towards(side_word(closed.to_new_side));
    });
    if (closed.to_new_side) note_forced();
    if (succeeded && closed.to_new_side != fleet_.at(number_).on_new_side)
        emit(number_, [&](v1::StoredEvent& event) {
            auto& body = *event.mutable_remediation_opened();
            body.set_remediation("late-" + closed.move);
            body.set_kind(std::string(late_move_kind));
            body.set_subject(closed.move);
            body.set_rollback(closed.rollback);
        });
    follow_account(closed.rollback);
    account_done();
}

void Decision::retry_move() {
    const MoveBack* found = move_back_of(fleet_, number_);
    if (!found || !found->failed) return no_transition();
    if (found->move != command_.retry_move().move())
        return invalid(fmt::format("move `{}` is not the one that failed of {}, which is `{}`",
                                   command_.retry_move().move(), command_.entity(), found->move));
    const MoveBack back = *found;
    emit_move_back(back.from, back.to, back.to_new_side, back.rollback);
    account_done();
}

void Decision::emit_move_back(v1::State from, v1::State to, bool to_new_side,
                              const std::string& rollback) {
    const std::string move = next_move();
    emit(number_, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_move_opened();
        body.set_move(move);
        body.set_from(from);
        body.set_to(to);
        body.set_command(v1::ACTION_RESTORE);
        body.set_back(true);
        body.set_towards(side_word(to_new_side));
        body.set_rollback(rollback);
    });
}

void Decision::emit_move_closed(const MoveBack& back, bool arrived, std::string_view cause) {
    emit(number_, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_move_closed();
        body.set_move(back.move);
        body.set_towards(side_word(back.to_new_side));
        body.set_back(true);
        body.set_arrived(arrived);
        body.set_cause(std::string(cause));
    });
}

/// After a report: a move back is owed exactly where the account may be elsewhere than at home.
void Decision::follow_account(const std::string& rollback) {
    if (fleet_.moves.contains(static_cast<std::uint32_t>(number_.value))) return;
    const bool home = fleet_.at(number_).on_new_side;
    const bool at_home = account_sides(fleet_, number_).only(home);
    const MoveBack* back = move_back_of(fleet_, number_);
    const v1::State lifecycle = fleet_.at(number_).lifecycle;
    if (at_home && back) emit_move_closed(MoveBack(*back), true, "the account is there already");
    if (!at_home && !back) emit_move_back(lifecycle, lifecycle, home, rollback);
    if (at_home) close_late_remediations();
}

void Decision::close_late_remediations() {
    std::vector<std::string> open;
    for (const RemediationState& each : fleet_.remediations)
        if (each.entity == number_.value && each.kind == late_move_kind) open.push_back(each.id);
    for (const std::string& id : open)
        emit(number_, [&](v1::StoredEvent& event) {
            event.mutable_remediation_closed()->set_remediation(id);
            event.mutable_remediation_closed()->set_outcome("the account is where it was decided");
        });
}

/// Who leaves cannot be moved any more: not forward, and not back.
void Decision::end_moves_of_leaver() {
    if (fleet_.at(number_).transfer == v1::STATE_MOVING)
        emit_transition(number_, {v1::REGION_TRANSFER, v1::STATE_MOVING, v1::STATE_SETTLED});
    if (const MoveBack* back = move_back_of(fleet_, number_))
        emit_move_closed(MoveBack(*back), false, "withdrawn");
}

void Decision::account_done() {
    std::vector<v1::RollbackSettled> settled;
    for (const OpenSettlement* due : due_settlements(fleet_))
        settled.push_back(settled_event(fleet_, *due));
    for (const v1::RollbackSettled& body : settled)
        emit({0}, [&](v1::StoredEvent& event) { *event.mutable_rollback_settled() = body; });
    done();
}

}  // namespace ferry
