#include "tests/real_accounts.hpp"
#include "events/commit.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace ferry::test {

RealAccounts::RealAccounts(Estate& estate, RandomHistory& history)
    : estate_(estate),
      history_(history),
      reader_(std::make_unique<MemoryLog>(estate.store, "paris")) {
    // What an import says of an account is true: that is where it is.
    reader_.on_commit = [this](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent&, const v1::StoredEvent& event) {
            const auto member = static_cast<std::uint32_t>(event.entity());
            if (event.has_registered())
                accounts_[member] = {event.registered().found_moved(), {}, {}};
            if (event.has_corrected() && event.corrected().field() == "side")
                accounts_[member] = {event.corrected().after() == "new", {}, {}};
        });
    };
}

void RealAccounts::follow_log() { REQUIRE(reader_.catch_up()); }

std::vector<std::pair<std::uint32_t, RealAccounts::Move>> RealAccounts::open_moves() const {
    const Fleet& fleet = estate_.replica.fleet;
    std::vector<std::pair<std::uint32_t, Move>> open;
    for (const auto& [member, move] : fleet.moves) open.push_back({member, {move.move, true}});
    for (const auto& [member, account] : fleet.accounts)
        if (account.back && !account.back->failed && fleet.at({member}).present())
            open.push_back({member, {account.back->move, account.back->to_new_side, false, true}});
    std::ranges::sort(open, {}, [](const auto& each) { return each.first; });
    return open;
}

void RealAccounts::take(bool all) {
    for (auto& [member, move] : open_moves()) {
        Account& account = accounts_[member];
        const bool known =
            (account.taken && account.taken->id == move.id) ||
            std::ranges::find(account.unreported, move.id, &Move::id) != account.unreported.end();
        if (account.taken || known || (!all && history_.below(3) != 0)) continue;
        account.taken = move;
    }
}

void RealAccounts::make(std::uint32_t member, bool succeeds) {
    Account& account = accounts_[member];
    Move move = *account.taken;
    account.taken.reset();
    move.succeeded = succeeds;
    if (succeeds) account.on_new_side = move.to_new_side;
    ++made;
    owed += move.back ? 1 : 0;
    account.unreported.push_back(move);
}

void RealAccounts::report(std::uint32_t member) {
    Account& account = accounts_[member];
    const Move move = account.unreported.front();
    const Fleet& fleet = estate_.replica.fleet;
    v1::Command command = ask(fleet.id({member}));
    command.mutable_report_move()->set_move(move.id);
    command.mutable_report_move()->set_outcome(move.succeeded ? "SUCCEEDED" : "FAILED");
    const auto open = open_moves();
    const bool closed =
        std::ranges::none_of(open, [&](const auto& each) { return each.second.id == move.id; });
    const v1::CommandResult result = estate_.give(command);
    INFO(result.ShortDebugString());
    // Who is withdrawn, or set back just now, is reported on later.
    if (result.outcome() == "REFUSED" || !fleet.at({member}).present()) return;
    CHECK(result.outcome() == "DONE");
    late += closed ? 1 : 0;
    account.unreported.pop_front();
}

void RealAccounts::retry() {
    const Fleet& fleet = estate_.replica.fleet;
    for (const std::uint32_t member : members([](const Account&) { return true; })) {
        const MoveBack* back = move_back_of(fleet, {member});
        if (!back || !back->failed || !fleet.at({member}).present()) continue;
        v1::Command command = ask(fleet.id({member}));
        command.mutable_retry_move()->set_move(back->move);
        estate_.give(command);
    }
}

template <class Wanted>
std::vector<std::uint32_t> RealAccounts::members(Wanted wanted) const {
    std::vector<std::uint32_t> found;
    for (const auto& [member, account] : accounts_)
        if (estate_.replica.fleet.at({member}).is_member() && wanted(account))
            found.push_back(member);
    return found;
}

std::optional<std::uint32_t> RealAccounts::one_of(const std::vector<std::uint32_t>& members) {
    if (members.empty()) return std::nullopt;
    return members[history_.below(members.size())];
}

void RealAccounts::step() {
    follow_log();
    switch (history_.below(6)) {
        case 0: take(false); break;
        case 1: retry(); break;
        case 2:
        case 3:
            if (const auto member =
                    one_of(members([](const Account& each) { return each.taken.has_value(); })))
                make(*member, history_.below(4) != 0);
            break;
        default:
            if (const auto member =
                    one_of(members([](const Account& each) { return !each.unreported.empty(); })))
                report(*member);
    }
    check();
}

void RealAccounts::drain() {
    for (int round = 0; round < 20; ++round) {
        follow_log();
        retry();
        take(true);
        for (const auto member :
             members([](const Account& each) { return each.taken.has_value(); }))
            make(member, true);
        for (const auto member :
             members([](const Account& each) { return !each.unreported.empty(); }))
            report(member);
        check();
    }
    const Fleet& fleet = estate_.replica.fleet;
    for (const auto member : members([](const Account&) { return true; })) {
        if (!fleet.at({member}).present()) continue;
        INFO(fleet.id({member}));
        CHECK(move_back_of(fleet, {member}) == nullptr);
        CHECK(accounts_[member].on_new_side == fleet.at({member}).on_new_side);
    }
    CHECK(fleet.settlements.empty());
}

void RealAccounts::check() {
    follow_log();
    const Fleet& fleet = estate_.replica.fleet;
    for (const auto member : members([](const Account&) { return true; })) {
        const Entity& entity = fleet.at({member});
        if (!entity.present() || fleet.moves.contains(member)) continue;
        const Account& account = accounts_[member];
        const bool elsewhere = account.on_new_side != entity.on_new_side;
        const bool back = move_back_of(fleet, {member}) != nullptr;
        INFO(fleet.id({member}) << " at position " << fleet.position.value);
        if (elsewhere) CHECK(back);
        const AccountState* known = account_of(fleet, {member});
        const bool in_doubt = account.taken || !account.unreported.empty() ||
                              (known && std::ranges::any_of(known->closed, &ClosedMove::doubtful));
        if (!in_doubt) CHECK(back == elsewhere);
    }
}

}  // namespace ferry::test
