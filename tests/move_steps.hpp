#pragma once
/// The steps of tests that move a log: something to move, the move as a process of its own makes
/// it, and what holds afterwards on every kind of log.
#include "engine/log_move.hpp"
#include "events/hash.hpp"
#include "tests/answers.hpp"
#include "tests/copy_ways.hpp"
#include "tests/estate.hpp"
#include "tests/hooked_log.hpp"

namespace ferry::test {

using Hook = std::function<void()>;

/// Commits on a log, given as by one process.
template <class Home>
void work_on(const Home& home, std::initializer_list<v1::Command> commands) {
    Estate estate(home.log());
    // Ids of its own, which no process before has given.
    for (v1::Command command : commands) {
        command.set_command_id(command.entity());
        estate.done(command);
    }
    require_done(estate.replica.log->stop());
}

/// A pool and two users, one commit each.
template <class Home>
void begin_on(const Home& home) {
    work_on(home, {add_pool("ocs01"), add_user("a@contoso.com", "ocs01"),
                   add_user("b@contoso.com", "ocs01")});
}

template <class From, class To>
Result<LogMoveReport> move(
    const From& from, const To& to, const std::string& name = "sqlite:/new",
    const Hook& before_append = [] {}) {
    const ManualClock clock;
    SystemRandomness randomness;
    Replica origin(std::make_unique<HookedLog>(from.log(), before_append));
    Replica destination(std::make_unique<HookedLog>(to.log(), before_append));
    LogCopy copy(*origin.log, *destination.log, randomness, {true, {}});
    const auto moved = move_log({origin, destination, copy}, side_by_side(), clock, randomness,
                                {name, "dana", "a new disk", false});
    for (const Replica* side : {&origin, &destination}) require_done(side->log->stop());
    return moved;
}

/// What keeps a writer from a log; fails the test where nothing does.
template <class Home>
Error refusal_of(const Home& home) {
    const ManualClock clock;
    SeededRandomness randomness(9);
    Replica replica(home.log());
    Writer writer(replica, side_by_side(), clock, randomness);
    Result<void> refused = writer.open();
    if (refused) {
        v1::Command command = mark("too-late");
        command.set_command_id("too-late");
        if (auto executed = writer.execute(std::span(&command, 1)); !executed)
            refused = std::unexpected(executed.error());
    }
    require_done(replica.log->stop());
    REQUIRE_FALSE(refused.has_value());
    return refused.error();
}

/// The origin ends with a seal, the destination holds the same bytes and one takeover by the writer
/// that the seal names; the origin refuses, and the destination goes on.
template <class From, class To>
void check_moved(const From& from, const To& to) {
    const Records left = commits_of(*from.log());
    const Records gone_on = commits_of(*to.log());
    REQUIRE(gone_on.size() == left.size() + 1);
    CHECK(std::equal(left.begin(), left.end(), gone_on.begin()));
    const CommitHeader seal = read_commit(left.back()).view.header;
    const CommitHeader takeover = read_commit(gone_on.back()).view.header;
    CHECK(seal.kind == CommitKind::seal);
    CHECK(takeover.kind == CommitKind::takeover);
    CHECK(takeover.writer == seal.next_writer);
    CHECK(takeover.term > seal.term);
    for_each_event(read_commit(left.back()).view, [&](const PlacedEvent&, const auto& event) {
        CHECK(event.sealed().destination() == "sqlite:/new");
        CHECK(event.sealed().writer_id() == text_of(seal.next_writer.bytes));
        CHECK(event.actor() == "dana");
        CHECK(event.reason() == "a new disk");
    });
    for_each_event(read_commit(gone_on.back()).view, [&](const PlacedEvent&, const auto& event) {
        CHECK(event.owner_taken().cause() == "copied");
        CHECK(event.owner_taken().term() == takeover.term.value);
    });
    const Error refused = refusal_of(from);
    CHECK(refused.code == Errc::configuration);
    CHECK(says(refused.message, "goes on in `sqlite:/new`"));
    CHECK(commits_of(*from.log()) == left);
    work_on(to, {add_user("late@contoso.com", "ocs01")});
    CHECK(commits_of(*to.log()).size() > gone_on.size());
}

}  // namespace ferry::test
