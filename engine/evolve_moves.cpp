#include "engine/evolve_moves.hpp"

#include <algorithm>

namespace ferry::moves {

namespace {

AccountState& account(Fleet& fleet, std::uint32_t number) {
    const auto [found, fresh] = fleet.accounts.try_emplace(number);
    if (fresh) found->second.on_new_side = fleet.entities[number].on_new_side;
    return found->second;
}

/// What is known of the account is its home alone, so nothing is kept.
void prune(Fleet& fleet, std::uint32_t number) {
    const auto found = fleet.accounts.find(number);
    if (found == fleet.accounts.end()) return;
    const AccountState& state = found->second;
    const bool home = state.on_new_side == fleet.entities[number].on_new_side;
    if (home && state.closed.empty() && !state.back) fleet.accounts.erase(found);
}

OpenSettlement* settlement(Fleet& fleet, const std::string& rollback) {
    const auto found = std::ranges::find(fleet.settlements, rollback, &OpenSettlement::rollback);
    return found == fleet.settlements.end() ? nullptr : &*found;
}

/// The account is no longer this rollback's to move.
void hand_over(Fleet& fleet, const MoveBack& back) {
    OpenSettlement* owed = settlement(fleet, back.rollback);
    if (!owed) return;
    if (owed->open > 0) --owed->open;
    ++owed->overtaken;
    if (owed->open > 0 || !owed->moved.empty()) return;
    // None of its moves was made, so there is nothing to prove.
    std::erase_if(fleet.settlements,
                  [&](const OpenSettlement& each) { return each.rollback == back.rollback; });
}

void arrive(Fleet& fleet, std::uint32_t number, const MoveBack& back) {
    OpenSettlement* owed = settlement(fleet, back.rollback);
    if (!owed) return;
    if (owed->open > 0) --owed->open;
    owed->moved.push_back({number, back.to_new_side});
}

/// The account is known to be there, so no move that was closed before this can still matter.
void is_on(AccountState& state, bool new_side) {
    state.on_new_side = new_side;
    for (ClosedMove& closed : state.closed) closed.doubtful = false;
}

bool is_doubtful(const AccountState& state) {
    return std::ranges::any_of(state.closed, &ClosedMove::doubtful);
}

void end_in_flight(Fleet& fleet, std::uint32_t number, v1::State transfer) {
    fleet.entities[number].transfer = transfer;
    fleet.moves.erase(number);
}

bool is_back(const Fleet& fleet, std::uint32_t number, const std::string& move) {
    const MoveBack* back = move_back_of(fleet, {number});
    return back && back->move == move;
}

}  // namespace

void open(Fleet& fleet, std::uint32_t number, const v1::MoveOpened& body) {
    if (!body.back()) {
        fleet.entities[number].transfer = v1::STATE_MOVING;
        fleet.moves[number] = {body.move(), body.from(), body.to(), body.command()};
        return;
    }
    AccountState& state = account(fleet, number);
    const bool again = state.back && state.back->rollback == body.rollback();
    if (state.back && !again) hand_over(fleet, *state.back);
    state.back = {body.move(), body.towards() == v1::DEPLOYMENT_SUCCESSOR,
                  false,       body.from(),
                  body.to(),   body.rollback()};
    if (again || body.rollback().empty()) return;
    OpenSettlement* owed = settlement(fleet, body.rollback());
    if (!owed) owed = &fleet.settlements.emplace_back(OpenSettlement{body.rollback()});
    ++owed->open;
    // It had arrived once, and turned out to have left again.
    std::erase_if(owed->moved, [&](const MovedBack& each) { return each.entity == number; });
}

void succeed(Fleet& fleet, std::uint32_t number, const v1::MoveSucceeded& body) {
    if (!is_back(fleet, number, body.move())) {
        end_in_flight(fleet, number, v1::STATE_SETTLED);
        if (const auto found = fleet.accounts.find(number); found != fleet.accounts.end())
            is_on(found->second, true);
        return;
    }
    AccountState& state = account(fleet, number);
    arrive(fleet, number, *state.back);
    is_on(state, state.back->to_new_side);
    state.back.reset();
    prune(fleet, number);
}

void fail(Fleet& fleet, std::uint32_t number, const v1::MoveFailed& body) {
    if (is_back(fleet, number, body.move())) account(fleet, number).back->failed = true;
    else end_in_flight(fleet, number, v1::STATE_FAILED);
}

void close(Fleet& fleet, std::uint32_t number, const v1::MoveClosed& body) {
    if (!is_back(fleet, number, body.move())) {
        const auto found = fleet.moves.find(number);
        if (found == fleet.moves.end() || found->second.move != body.move()) return;
        account(fleet, number).closed.push_back({body.move(), true, true, body.rollback()});
        return end_in_flight(fleet, number, v1::STATE_SETTLED);
    }
    AccountState& state = account(fleet, number);
    const MoveBack back = *state.back;
    state.back.reset();
    if (!back.failed)
        state.closed.push_back({back.move, back.to_new_side, !body.arrived(), back.rollback});
    if (body.arrived()) arrive(fleet, number, back);
    else hand_over(fleet, back);
    prune(fleet, number);
}

void report_late(Fleet& fleet, std::uint32_t number, const v1::MoveReportedLate& body) {
    const auto found = fleet.accounts.find(number);
    if (found == fleet.accounts.end()) return;
    auto& closed = found->second.closed;
    const auto reported = std::ranges::find(closed, body.move(), &ClosedMove::move);
    if (reported == closed.end()) return;
    if (body.succeeded()) {
        found->second.on_new_side = reported->to_new_side;
        // Those after it are still in doubt: they may have happened later.
        for (auto each = closed.begin(); each != reported; ++each) each->doubtful = false;
    }
    closed.erase(reported);
    prune(fleet, number);
}

void settle(Fleet& fleet, const v1::RollbackSettled& body) {
    std::erase_if(fleet.settlements,
                  [&](const OpenSettlement& each) { return each.rollback == body.rollback(); });
}

void forget(Fleet& fleet, std::uint32_t number) {
    const auto found = fleet.moves.find(number);
    if (found == fleet.moves.end()) return;
    account(fleet, number).closed.push_back({found->second.move, true, true, {}});
    fleet.moves.erase(number);
}

void follow_home(Fleet& fleet, std::uint32_t number) {
    const auto found = fleet.accounts.find(number);
    if (found == fleet.accounts.end() || found->second.back) return;
    is_on(found->second, fleet.entities[number].on_new_side);
    prune(fleet, number);
}

void set_back(Fleet& fleet, std::uint32_t number, bool before, bool account_stays) {
    const bool home = fleet.entities[number].on_new_side;
    const auto found = fleet.accounts.find(number);
    if (found == fleet.accounts.end()) {
        if (account_stays && before != home) fleet.accounts[number].on_new_side = before;
        return;
    }
    AccountState& state = found->second;
    if (!account_stays && !state.back && !is_doubtful(state)) state.on_new_side = home;
    prune(fleet, number);
}

void begin(Fleet& fleet, std::uint32_t number) {
    fleet.moves.erase(number);
    const auto found = fleet.accounts.find(number);
    if (found == fleet.accounts.end()) return;
    if (found->second.back) hand_over(fleet, *found->second.back);
    fleet.accounts.erase(number);
}

}  // namespace ferry::moves
