// Batches that are decided while the commits of the ones before are on their way.
#include "events/fold_reader.hpp"
#include "tests/answers.hpp"
#include "tests/unsure_estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

const std::string pool = "pool:ocs01";
const std::string user1 = "user:user1@contoso.com";

/// A writer of a log at the end of a wire, with one pool and two users, and what it has begun.
struct Pipeline : Unsure {
    Pipeline() { estate.with_pool("ocs01", 2); }

    void begin(std::vector<v1::Command> commands) {
        estate.writer.begin(begun.emplace_back(std::move(commands)));
    }
    Result<std::vector<v1::CommandResult>> finish() {
        auto results = estate.writer.finish();
        begun.pop_front();
        return results;
    }
    std::vector<v1::CommandResult> finished() {
        auto results = finish();
        INFO((results ? "" : results.error().message));
        REQUIRE(results.has_value());
        return std::move(*results);
    }
    v1::CommandResult only() {
        auto results = finished();
        REQUIRE(results.size() == 1);
        return results.front();
    }
    /// How often the log says that the command was done.
    int times_done(std::string_view id) const {
        int times = 0;
        Replica reader(std::make_unique<MemoryLog>(store, "paris"));
        reader.on_commit = [&](const CommitView& commit) {
            for_each_command_id(
                commit, [&](Position, std::string_view found) { times += found == id ? 1 : 0; });
        };
        REQUIRE(reader.catch_up().has_value());
        return times;
    }
    /// Somebody else takes the log over and appends this.
    void overtake_with(v1::Command command) {
        Replica replica(std::make_unique<MemoryLog>(store, "paris"));
        Writer rival(replica, side_by_side(), estate.clock, estate.randomness);
        REQUIRE(rival.open().has_value());
        const auto results = rival.execute(std::span(&command, 1));
        REQUIRE(results.has_value());
        CHECK(results->front().outcome() == "DONE");
    }

    std::deque<std::vector<v1::Command>> begun;
};

}  // namespace

TEST_CASE("a batch is decided on what the ones before it decided, before that stands") {
    Pipeline line;
    const std::size_t records = line.store->size();
    line.begin({with_id(withdraw(user1), "a")});
    line.begin({with_id(withdraw(user1), "b"), with_id(check(pool, "services-started"), "c")});
    CHECK(line.estate.writer.under_way() == 2);
    CHECK(line.store->size() == records);  // nobody has been told anything yet
    CHECK_FALSE(line.estate.writer.finishes_at_once());

    CHECK(line.only().outcome() == "DONE");
    CHECK(line.store->size() == records + 1);
    const auto second = line.finished();
    CHECK(possible_now(second[0]) == Names{"register"});
    CHECK(second[1].outcome() == "DONE");
    const Replica fresh = line.fresh();
    CHECK(fresh.acceptance.head == line.estate.replica.acceptance.head);
    CHECK(fresh.fleet.position == line.estate.replica.fleet.position);
    CHECK(fresh.voids.empty());
}

TEST_CASE("a refusal waits until the commit that it was decided on stands") {
    Pipeline line;
    line.begin({with_id(withdraw(user1), "a")});
    line.begin({with_id(withdraw(user1), "b")});
    line.log->forbids = Error{Errc::unavailable, "the lease is lost"};
    line.log->next(UnsureLog::Next::unsure_lost);
    // The first is not there, and cannot be decided again: nothing may be said of either.
    CHECK_FALSE(line.finish().has_value());
    CHECK_FALSE(line.finish().has_value());
    CHECK(line.times_done("a") == 0);
}

TEST_CASE("one id in several batches under way is done once and answered alike") {
    Pipeline line;
    line.begin({with_id(promote(user1), "a"), with_id(check(pool, "services-started"), "b")});
    line.begin({with_id(check(pool, "services-started"), "b"), with_id(mark("x"), "a")});
    const auto first = line.finished();
    CHECK(first[0].outcome() != "DONE");  // so its id is free again
    CHECK(first[1].outcome() == "DONE");
    // What is forgotten with the first batch is not what the second did.
    line.begin({with_id(mark("x"), "a"), with_id(mark("y"), "b")});
    const auto second = line.finished();
    CHECK(second[0].position() == first[1].position());
    CHECK(second[1].outcome() == "DONE");
    const auto third = line.finished();
    CHECK(third[0].position() == second[1].position());
    CHECK(third[1].outcome() == "INVALID");
    CHECK(line.times_done("a") == 1);
    CHECK(line.times_done("b") == 1);
}

TEST_CASE("a conflict names what a batch under way did") {
    Pipeline line;
    line.begin({with_id(withdraw(user1), "a")});
    v1::Command expecting = with_id(withdraw(user1), "b");
    expecting.set_expected_version("1");
    line.begin({with_id(mark("x"), "m"), expecting});
    CHECK(line.only().outcome() == "DONE");
    const auto conflict = line.finished()[1];
    CHECK(conflict.outcome() == "CONFLICT");
    REQUIRE(conflict.events_size() == 1);
    CHECK(conflict.events(0).command_id() == "a");
    CHECK(conflict.version() == 2);
}

TEST_CASE("who is overtaken decides everything under way again, on what the other wrote") {
    Pipeline line;
    line.begin({with_id(mark("x"), "m")});
    line.begin({with_id(withdraw(user1), "a")});
    line.begin({with_id(withdraw("user:user2@contoso.com"), "b")});
    line.overtake_with(with_id(withdraw(user1), "rival"));
    CHECK(line.only().outcome() == "DONE");
    CHECK(possible_now(line.only()) == Names{"register"});
    CHECK(line.only().outcome() == "DONE");
    CHECK(line.times_done("m") == 1);
    CHECK(line.times_done("a") == 0);
    CHECK(line.times_done("b") == 1);
    CHECK(line.fresh().acceptance.head == line.estate.replica.acceptance.head);
}

TEST_CASE("where leases are kept, who is overtaken answers nothing of what was under way") {
    Pipeline line;
    line.log->steps_down = true;
    line.begin({with_id(mark("x"), "m")});
    line.begin({with_id(withdraw(user1), "a")});
    line.overtake_with(with_id(withdraw(user1), "rival"));
    for (int i = 0; i < 2; ++i) {
        const auto refused = line.finish();
        REQUIRE_FALSE(refused.has_value());
        CHECK(says(refused.error().message, "steps down"));
    }
    CHECK(line.times_done("m") == 0);
}

TEST_CASE("a record of unknown outcome with others behind it: each command is done once") {
    using Next = UnsureLog::Next;
    for (const Next what : {Next::unsure_stands, Next::unsure_lost, Next::unsure_late})
        for (const bool rest_arrives : {false, true}) {
            CAPTURE(static_cast<int>(what));
            CAPTURE(rest_arrives);
            Pipeline line;
            const Term term = line.estate.replica.acceptance.term;
            line.log->rest_arrives = rest_arrives;
            line.begin({with_id(check(pool, "services-started"), "a")});
            line.begin({with_id(withdraw(user1), "b")});
            line.begin({with_id(withdraw(user1), "c")});
            line.log->next(what);
            CHECK(line.only().outcome() == "DONE");
            CHECK(line.only().outcome() == "DONE");
            CHECK(possible_now(line.only()) == Names{"register"});
            CHECK(line.estate.replica.acceptance.term > term);
            CHECK(line.times_done("a") == 1);
            CHECK(line.times_done("b") == 1);
            CHECK(line.times_done("c") == 0);
            CHECK(line.fresh().acceptance.head == line.estate.replica.acceptance.head);
        }
}

TEST_CASE("a producer lost with a batch under way takes that one with it, and both are done once") {
    Pipeline line;
    const Term term = line.estate.replica.acceptance.term;
    line.begin({with_id(check(pool, "services-started"), "a")});
    line.log->refuses = Error{Errc::outcome_unknown, "the producer ended"};
    line.begin({with_id(withdraw(user1), "b")});
    CHECK(line.only().outcome() == "DONE");
    CHECK(line.only().outcome() == "DONE");
    CHECK(line.estate.replica.acceptance.term > term);
    CHECK(line.times_done("a") == 1);
    CHECK(line.times_done("b") == 1);
}

TEST_CASE("a fence before what is under way: nothing is answered that did not come to stand") {
    Pipeline line;
    line.begin({with_id(withdraw(user1), "a")});
    const AcceptanceState& state = line.estate.replica.acceptance;
    const WriterId rival = line.estate.randomness.id<WriterId>();
    REQUIRE(line.store->append(stored_fence({state.log_id, state.term.next(), rival})));
    // A conflict is explained from the log, so the first batch is waited for while this is decided.
    v1::Command expecting = with_id(withdraw(user1), "b");
    expecting.set_expected_version("1");
    line.begin({expecting});
    line.log->steps_down = true;
    CHECK_FALSE(line.finish().has_value());
    CHECK_FALSE(line.finish().has_value());
    CHECK(line.times_done("a") == 0);
}

TEST_CASE("a lease lost with a batch under way: that one is answered, the next is not decided") {
    Pipeline line;
    line.begin({with_id(mark("x"), "a")});
    line.log->forbids = Error{Errc::unavailable, "the lease is lost"};
    line.begin({with_id(mark("y"), "b")});
    line.begin({with_id(mark("z"), "c")});
    CHECK(line.only().outcome() == "DONE");
    const auto refused = line.finish();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "the lease is lost");
    CHECK_FALSE(line.finish().has_value());
    CHECK(line.times_done("a") == 1);
    CHECK(line.times_done("b") == 0);
    CHECK(line.times_done("c") == 0);
}

TEST_CASE("recorded time never goes back from one batch under way to the next") {
    Pipeline line;
    line.begin({with_id(mark("x"), "a")});
    line.estate.clock.jump(-std::chrono::minutes(5));
    line.begin({with_id(mark("y"), "b")});
    line.finished();
    line.finished();
    Time before;
    Replica reader(std::make_unique<MemoryLog>(line.store, "paris"));
    reader.on_commit = [&](const CommitView& commit) {
        CHECK(commit.header.recorded >= before);
        before = commit.header.recorded;
    };
    REQUIRE(reader.catch_up().has_value());
}

}  // namespace ferry::test
