// What the writer promises on every kind of log: one answer for one id, whole commands, honest
// time.
#include "engine/writer.hpp"

#include "tests/answers.hpp"
#include "tests/log_homes.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";
constexpr const char* user = "user:user1@contoso.com";

struct Answered {
    v1::Command command;
    v1::CommandResult result;
};

/// Gives `count` random commands and remembers what was done.
void give_random(Estate& estate, RandomHistory& history, int count, std::vector<Answered>& done) {
    for (int i = 0; i < count; ++i) {
        v1::Command command = with_id(history.command(), fmt::format("id-{}", history.below(1e9)));
        const v1::CommandResult result = estate.give(command);
        if (result.outcome() == "DONE") done.push_back({command, result});
    }
}

void check_same_answers(Estate& estate, const std::vector<Answered>& done) {
    const Position before = estate.position();
    for (const Answered& answered : done) {
        const v1::CommandResult again = estate.give(answered.command);
        CHECK(again.outcome() == "DONE");
        CHECK(again.position() == answered.result.position());
        CHECK(again.version() == answered.result.version());
    }
    // Where writers may race, whoever begins takes the log over first; nothing else is written.
    CHECK(estate.position().value <= before.value + 1);
}

std::vector<CommitHeader> commits_of(Estate& estate) {
    std::vector<CommitHeader> headers;
    (void)estate.replica.log->read({0}, [&](const Record& record) {
        if (const auto header = claimed_header(record.bytes)) {
            CHECK(record.bytes.size() <= commit_bytes_max);
            headers.push_back(*header);
        }
        return true;
    });
    return headers;
}

}  // namespace

TEST_CASE_TEMPLATE("the id of a command that was done gets the same answer for ever", Home,
                   MemoryHome, SqliteHome) {
    Home home;
    RandomHistory history(7);
    std::vector<Answered> done;
    for (int restart = 0; restart < 4; ++restart) {
        Estate estate(home.log(), static_cast<std::uint64_t>(restart) + 1);
        check_same_answers(estate, done);
        give_random(estate, history, 100, done);
        check_same_answers(estate, done);
    }
    CHECK(done.size() > 50);
}

TEST_CASE_TEMPLATE("an id used for another command is invalid, also after a restart", Home,
                   MemoryHome, SqliteHome) {
    Home home;
    {
        Estate estate(home.log());
        estate.done({with_id(add_pool("ocs01"), "a"), with_id(enter_coexistence(pool), "b")});
        CHECK(says(estate.give(with_id(add_pool("ocs02"), "a")).message(), "another command"));
    }
    Estate estate(home.log(), 2);
    const Position before = estate.position();
    CHECK(estate.give(with_id(add_pool("ocs02"), "a")).outcome() == "INVALID");
    CHECK(estate.give(with_id(add_pool("ocs01", "other"), "a")).outcome() == "INVALID");
    v1::Command other_reason = with_id(enter_coexistence(pool), "b");
    other_reason.set_reason("because");
    CHECK(estate.give(other_reason).outcome() == "INVALID");
    CHECK(estate.position().value <= before.value + 1);  // at most the taking over
}

TEST_CASE("a refusal is not remembered: asked again by the same id it is decided again") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const v1::Command asked = with_id(enter_coexistence(user), "a");
    CHECK(estate.give(asked).outcome() == "REFUSED");
    estate.done(enter_coexistence(pool));
    CHECK(estate.give(asked).outcome() == "DONE");
    CHECK(estate.give(with_id(promote(user), "a")).outcome() == "INVALID");
}

TEST_CASE("one id twice in one batch is one command; for two commands it is invalid") {
    Estate estate;
    const auto results =
        estate.give_all({with_id(add_pool("ocs01"), "a"), with_id(add_pool("ocs01"), "a"),
                         with_id(enter_coexistence(pool), "a")});
    CHECK(results[0].outcome() == "DONE");
    CHECK(results[1].outcome() == "DONE");
    CHECK(results[1].position() == results[0].position());
    CHECK(results[2].outcome() == "INVALID");
    CHECK(estate.position() == Position{3});
}

TEST_CASE("every command of a batch is decided on what the ones before it left") {
    Estate estate;
    const auto results = estate.give_all(
        {enter_coexistence(user), add_pool("ocs01"), add_user("user1@contoso.com", "ocs01"),
         enter_coexistence(user), enter_coexistence(pool), enter_coexistence(user)});
    const char* const expected[] = {"INVALID", "DONE", "DONE", "REFUSED", "DONE", "DONE"};
    for (std::size_t i = 0; i < results.size(); ++i) CHECK(results[i].outcome() == expected[i]);
    CHECK(commits_of(estate).back().count == 4);  // group commit: all of it in one
}

TEST_CASE_TEMPLATE("a batch larger than a commit becomes several, and no command is torn", Home,
                   MemoryHome, SqliteHome) {
    Home home;
    Estate estate(home.log());
    std::vector<v1::Command> batch{add_pool("ocs01")};
    for (int i = 0; i < 2500; ++i)
        batch.push_back(add_user(fmt::format("user{}@contoso.com", i), "ocs01"));
    const auto results = estate.give_all(batch);
    for (std::size_t i = 0; i < results.size(); ++i) {
        REQUIRE(results[i].outcome() == "DONE");
        REQUIRE(results[i].position() == i + 3);
    }
    estate.with_pool("ocs02", 0);
    std::vector<v1::Command> heavy;
    for (int i = 0; i < 300; ++i) {
        v1::Command command = check("pool:ocs01", fmt::format("check-{}", i));
        command.mutable_record_check()->set_evidence(std::string(4096, 'e'));
        command.set_reason(std::string(4096, 'r'));
        heavy.push_back(command);
    }
    for (const auto& result : estate.give_all(heavy)) REQUIRE(result.outcome() == "DONE");
    std::uint64_t next = 1;
    for (const CommitHeader& header : commits_of(estate)) {
        CHECK(header.first.value == next);
        CHECK(header.count <= commit_events_max);
        next += header.count;
    }
    CHECK(next == estate.position().value + 1);
}

TEST_CASE("the two events of one command stand in one commit, however full it is") {
    Estate estate;
    estate.done({add_pool("ocs01"), add_user("user1@contoso.com", "ocs01")});
    std::vector<v1::Command> batch;
    for (int i = 0; i < 999; ++i) batch.push_back(mark(fmt::format("label {}", i)));
    batch.push_back(observe_client(user, "lync-2013"));  // brings a transition with it
    for (const auto& result : estate.give_all(batch)) REQUIRE(result.outcome() == "DONE");
    const auto headers = commits_of(estate);
    CHECK(headers.back().count == 2);
    CHECK(headers[headers.size() - 2].count == 999);
}

TEST_CASE_TEMPLATE("a command that is not done creates no log", Home, MemoryHome, SqliteHome) {
    Home home;
    {
        Estate estate(home.log());
        for (const v1::Command& command : {promote(pool), add_user("user1@contoso.com", "ocs01"),
                                           mark("x"), check("site:paris", "services-started")})
            CHECK(estate.give(command).outcome() == "INVALID");
        v1::Command expecting = add_pool("ocs01");
        expecting.set_expected_version("3");
        CHECK(estate.give(expecting).outcome() == "CONFLICT");
        v1::Command bad = add_pool("OCS01");
        CHECK(estate.give(bad).outcome() == "INVALID");
    }
    CHECK(home.is_empty());
}

TEST_CASE("what is rehearsed is answered as it would be, and nothing is written") {
    MemoryHome home;
    {
        Estate estate(home.log());
        std::vector<v1::Command> commands{with_id(add_pool("ocs01"), "a"),
                                          with_id(enter_coexistence(pool), "b"),
                                          with_id(promote(pool), "c")};
        const auto results = estate.writer.rehearse(commands);
        REQUIRE(results.has_value());
        CHECK((*results)[0].outcome() == "DONE");
        CHECK((*results)[1].outcome() == "DONE");
        CHECK((*results)[2].outcome() == "NO_TRANSITION");
        v1::Command conflict = with_id(enter_coexistence(pool), "d");
        conflict.set_expected_version("1");
        CHECK(estate.writer.rehearse(std::span(&conflict, 1))->front().outcome() == "CONFLICT");
        // Of an id that an earlier rehearsal saw done, whose commands are gone since.
        commands.clear();
        v1::Command reused = with_id(enter_coexistence(pool), "a");
        CHECK(estate.writer.rehearse(std::span(&reused, 1))->front().outcome() == "INVALID");
    }
    CHECK(home.is_empty());
}

TEST_CASE("recorded time never goes back, however the clock is set") {
    Estate estate;
    estate.done(add_pool("ocs01"));
    const Time before = estate.replica.fleet.recorded;
    estate.clock.jump(-std::chrono::minutes(50));
    estate.done(enter_coexistence(pool));
    CHECK(estate.replica.fleet.recorded == before);
    estate.clock.jump(std::chrono::minutes(51));
    estate.done(mark("x"));
    CHECK(estate.replica.fleet.recorded == before + std::chrono::minutes(1));
}

TEST_CASE("a clock that jumps by more than an hour stops the writing until somebody confirms") {
    for (const int hours : {-2, 2}) {
        Estate estate;
        estate.done(add_pool("ocs01"));
        const std::size_t records = estate.store->size();
        estate.clock.jump(std::chrono::hours(hours));
        std::vector<v1::Command> commands{with_id(enter_coexistence(pool), "a")};
        for (int again = 0; again < 2; ++again) {
            const auto stopped = estate.writer.execute(commands);
            REQUIRE_FALSE(stopped.has_value());
            CHECK(stopped.error().code == Errc::configuration);
            CHECK(says(stopped.error().message, "the clock jumped by 120 minutes"));
            CHECK(says(stopped.error().message, "--confirm-clock"));
        }
        CHECK(estate.store->size() == records);
        const Time before = estate.replica.fleet.recorded;
        WriterOptions confirmed;
        confirmed.clock_confirmed = true;
        Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
        Writer writer(replica, side_by_side(), estate.clock, estate.randomness, confirmed);
        REQUIRE(writer.open().has_value());
        CHECK(writer.execute(commands)->front().outcome() == "DONE");
        CHECK(replica.fleet.recorded >= before);
    }
}

TEST_CASE("a writer that starts hours before the last commit was recorded asks first") {
    Estate estate;
    estate.done(add_pool("ocs01"));
    ManualClock early(estate.clock.now() - std::chrono::hours(3));
    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer writer(replica, side_by_side(), early, estate.randomness);
    const auto opened = writer.open();
    REQUIRE_FALSE(opened.has_value());
    CHECK(says(opened.error().message, "the clock jumped by 180 minutes"));
    // A log may rest as long as it likes: a clock that is ahead of it has not jumped.
    ManualClock late(estate.clock.now() + std::chrono::hours(9000));
    Replica other(std::make_unique<MemoryLog>(estate.store, "paris"));
    CHECK(Writer(other, side_by_side(), late, estate.randomness).open().has_value());
}

}  // namespace ferry::test
