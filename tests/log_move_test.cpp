// Moves between all kinds of logs: one log before, one log after, whatever happens in between.
#include "tests/move_steps.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::test {

namespace {

template <class From, class To>
void check_move_refused(const Result<LogMoveReport>& moved, const From& from, const To& to,
                        const Records& origin, const Records& destination, std::string_view part) {
    REQUIRE_FALSE(moved.has_value());
    CAPTURE(moved.error().message);
    CHECK(moved.error().code == Errc::configuration);
    CHECK(says(moved.error().message, part));
    CHECK(all_records(*from.log()) == origin);
    CHECK(all_records(*to.log()) == destination);
}

}  // namespace

TEST_CASE_TEMPLATE("a moved log goes on where the origin stopped, and nowhere else", Ways,
                   FERRY_ALL_WAYS) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    const auto moved = move(from, to);
    require_done(moved);
    CHECK_FALSE(moved->done_before);
    CHECK_FALSE(moved->sealed_before);
    CHECK(moved->sealed_at == state_of(*from.log()).position);
    check_moved(from, to);
}

TEST_CASE_TEMPLATE("a move that is done is not done again", Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    require_done(move(from, to));
    work_on(to, {add_user("later@contoso.com", "ocs01")});
    const Records before = all_records(*to.log());
    const auto again = move(from, to);
    require_done(again);
    CHECK(again->done_before);
    CHECK(all_records(*to.log()) == before);
}

TEST_CASE_TEMPLATE("a move that was killed before any append is finished by the same command", Ways,
                   FERRY_ALL_WAYS) {
    struct Killed {};
    bool killed = true;
    std::size_t at = 0;
    for (; killed; ++at) {
        CAPTURE(at);
        const typename Ways::Origin from;
        const typename Ways::Destination to;
        begin_on(from);
        std::size_t left = at;
        try {
            require_done(move(from, to, "sqlite:/new", [&] {
                if (left-- == 0) throw Killed();
            }));
            killed = false;
        } catch (const Killed&) {
            // From its first record on, and until the move is done, the copy is not written to.
            if (at > 0) CHECK(refusal_of(to).code == Errc::configuration);
        }
        const auto finished = move(from, to);
        require_done(finished);
        check_moved(from, to);
    }
    // A reservation, four commits, a seal in both, a takeover: less is not a move.
    CHECK(at > 7);
}

TEST_CASE_TEMPLATE("an append that fails, standing or not, leaves a move that can be finished",
                   Ways, MemoryToSqlite, MemoryToMemory) {
    for (const auto kind : {MemoryFault::Kind::fail, MemoryFault::Kind::fail_unknown})
        for (std::size_t at = 0; at < 4; ++at) {
            CAPTURE(at);
            const typename Ways::Origin from;
            const typename Ways::Destination to;
            begin_on(from);
            for (std::size_t i = 0; i < at; ++i) from.store->inject({});
            from.store->inject({kind, 0});
            const auto first = move(from, to);
            CHECK(first.has_value() == (at == 3));
            require_done(move(from, to));
            check_moved(from, to);
        }
}

TEST_CASE("a move between embedded logs survives SIGKILL at every append") {
    bool killed = true;
    std::size_t at = 0;
    for (; killed; ++at) {
        CAPTURE(at);
        const SqliteHome from, to;
        begin_on(from);
        const pid_t child = fork();
        if (child == 0) {
            std::size_t left = at;
            const auto moved = move(from, to, "sqlite:/new", [&] {
                if (left-- == 0) kill(getpid(), SIGKILL);
            });
            _exit(moved ? 0 : 1);
        }
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        killed = WIFSIGNALED(status);
        CHECK((killed || WEXITSTATUS(status) == 0));
        require_done(move(from, to));
        check_moved(from, to);
    }
    CHECK(at > 7);
}

TEST_CASE_TEMPLATE("a copy that nobody sealed the origin for refuses to be written to", Ways,
                   FERRY_ALL_WAYS) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    const auto origin = from.log();
    const auto destination = to.log();
    SeededRandomness randomness(1);
    LogCopy copy(*origin, *destination, randomness);
    require_done(destination->lead());
    require_done(copy.survey());
    require_done(copy.run());
    require_done(destination->stop());
    const Records before = all_records(*to.log());
    const Error refused = refusal_of(to);
    CHECK(refused.code == Errc::configuration);
    CHECK(says(refused.message, "is a copy, and read-only"));
    CHECK(all_records(*to.log()) == before);
    // It is no rehearsal stage either, and the origin is written to as before.
    const ManualClock clock;
    Replica replica(to.log());
    require_done(replica.catch_up());
    Writer writer(replica, side_by_side(), clock, randomness);
    const v1::Command command = mark("x");
    CHECK_FALSE(writer.rehearse(std::span(&command, 1)).has_value());
    work_on(from, {add_user("c@contoso.com", "ocs01")});
    require_done(move(from, to));
    check_moved(from, to);
}

TEST_CASE_TEMPLATE("a copy that holds the seal and was not taken over says how to go on", Ways,
                   FERRY_ALL_WAYS) {
    struct Killed {};
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    // The takeover in the copy is the first thing appended once the copy holds the seal.
    const auto before_takeover = [&] {
        if (state_of(*to.log()).sealed_for) throw Killed();
    };
    CHECK_THROWS_AS(move(from, to, "sqlite:/new", before_takeover), Killed);
    CHECK(says(refusal_of(to).message, "finish the move first"));
    const auto finished = move(from, to);
    require_done(finished);
    CHECK(finished->sealed_before);
    check_moved(from, to);
}

TEST_CASE_TEMPLATE("a second move to another destination is refused by name", Ways,
                   FERRY_ALL_WAYS) {
    const typename Ways::Origin from;
    const typename Ways::Destination to, other;
    begin_on(from);
    require_done(move(from, to));
    const Records origin = all_records(*from.log());
    check_move_refused(move(from, other, "sqlite:/other"), from, other, origin, {},
                       "sealed at position " +
                           std::to_string(state_of(*from.log()).position.value) +
                           " for `sqlite:/new`");
    check_moved(from, to);
}

TEST_CASE("the losing one of two copies follows where the log went, and is never written to") {
    const SqliteHome from, to, follower;
    begin_on(from);
    require_done(move(from, to));
    work_on(to, {add_user("c@contoso.com", "ocs01")});
    SeededRandomness randomness(5);
    for (const SqliteHome* origin : {&from, &to}) {
        const auto read = origin->log();
        const auto written = follower.log();
        LogCopy copy(*read, *written, randomness);
        require_done(written->lead());
        require_done(copy.survey());
        require_done(copy.run());
        require_done(written->stop());
        CHECK(refusal_of(follower).code == Errc::configuration);
    }
    const Records followed = all_records(*follower.log());
    check_move_refused(move(from, follower, "sqlite:/follower"), from, follower,
                       all_records(*from.log()), followed, "is not that copy");
    CHECK(commits_of(*follower.log()) == commits_of(*to.log()));
}

TEST_CASE("a copy is not moved on: its origin is") {
    const SqliteHome from, copied, to;
    begin_on(from);
    const auto origin = from.log();
    const auto destination = copied.log();
    SeededRandomness randomness(1);
    LogCopy copy(*origin, *destination, randomness);
    require_done(destination->lead());
    require_done(copy.survey());
    require_done(copy.run());
    require_done(destination->stop());
    check_move_refused(move(copied, to), copied, to, all_records(*copied.log()), {},
                       "is itself a copy");
}

TEST_CASE_TEMPLATE("a log that was moved can be moved on", Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    const SqliteHome third;
    begin_on(from);
    require_done(move(from, to, "sqlite:/first"));
    work_on(to, {add_user("c@contoso.com", "ocs01")});
    require_done(move(to, third));
    check_moved(to, third);
}

TEST_CASE("what a build does not know keeps it from sealing, and the copy stays a copy") {
    const MemoryHome from;
    const SqliteHome to;
    begin_on(from);
    const AcceptanceState state = state_of(*from.log());
    CommitHeader header = read_commit(commits_of(*from.log()).back()).view.header;
    header.first = state.position.next();
    header.previous = state.head;
    from.store->append(commit_of(header, {event_from_the_future()}));
    const auto moved = move(from, to);
    REQUIRE_FALSE(moved.has_value());
    CHECK(moved.error().code == Errc::configuration);
    CHECK_FALSE(state_of(*from.log()).sealed_for.has_value());
    CHECK(commits_of(*to.log()) == commits_of(*from.log()));
}

TEST_CASE("a rival that writes while the origin is being sealed comes before the seal") {
    const MemoryHome from;
    const SqliteHome to;
    begin_on(from);
    bool interrupting = false;
    int rivals = 0;
    const auto interrupt = [&] {
        // Only while the origin is written to, which nothing but its sealing does here.
        if (interrupting || rivals == 2 || state_of(*from.log()).sealed_for ||
            commits_of(*to.log()).empty())
            return;
        if (commits_of(*to.log()).size() < commits_of(*from.log()).size()) return;
        interrupting = true;
        work_on(from, {add_user("rival" + std::to_string(++rivals) + "@contoso.com", "ocs01")});
        interrupting = false;
    };
    require_done(move(from, to, "sqlite:/new", interrupt));
    CHECK(rivals > 0);
    check_moved(from, to);
}

TEST_CASE("a copy from which somebody else writes first is taken over all the same") {
    const SqliteHome from;
    const MemoryHome to;
    begin_on(from);
    int fences = 0;
    // A rival that only fences, at the worst moment: before each record of the takeover.
    const auto interrupt = [&] {
        const AcceptanceState state = state_of(*to.log());
        if (!state.sealed_for || fences == 3) return;
        const Term highest = state.fence ? state.fence->term : state.term;
        to.store->append(stored_fence({state.log_id, highest.next(), id_of<WriterId>(66)}));
        ++fences;
    };
    require_done(move(from, to, "sqlite:/new", interrupt));
    CHECK(fences == 3);
    check_moved(from, to);
}

TEST_CASE("an origin that another process writes to is left alone until it stops") {
    const SqliteHome from, to;
    begin_on(from);
    const auto busy = from.log();
    require_done(busy->lead());
    const auto moved = move(from, to);
    REQUIRE_FALSE(moved.has_value());
    CHECK(moved.error().code == Errc::unavailable);
    require_done(busy->stop());
    require_done(move(from, to));
    check_moved(from, to);
}

}  // namespace ferry::test
