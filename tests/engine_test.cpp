// The engine around a writer: many callers, one deciding thread, a bounded queue, honest failures.
#include "engine/engine.hpp"

#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/hooked_log.hpp"
#include "tests/log_homes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <set>

namespace ferry::test {

namespace {

v1::Command labelled(const std::string& id) { return with_id(mark("label " + id), id); }

/// Blocks appends until it is opened.
class Gate {
public:
    void pass() {
        std::unique_lock lock(mutex_);
        arrived_ = true;
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
    }
    void wait_for_arrival() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return arrived_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        open_ = arrived_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    bool arrived_ = false;
};

std::unique_ptr<Log> gated(const MemoryHome& home, Gate& gate) {
    return std::make_unique<HookedLog>(home.log(), [&gate] { gate.pass(); });
}

Writer& writer_with_pool(Estate& estate) {
    estate.with_pool("ocs01", 0);
    return estate.writer;
}

/// An engine whose first command is decided and not yet appended, until the gate is opened.
struct HeldEngine {
    explicit HeldEngine(EngineOptions options = {})
        : estate(gated(home, gate)), engine(writer_with_pool(estate), options) {
        gate.close();
        first = engine.submit(with_id(mark("first"), "first"));
        gate.wait_for_arrival();
    }

    MemoryHome home;
    Gate gate;
    Estate estate;
    Engine engine;
    Answer first;
};

}  // namespace

TEST_CASE_TEMPLATE("64 callers are each answered once, and all that was done stands in the log",
                   Home, MemoryHome, SqliteHome) {
    constexpr int callers = 64;
    constexpr int each = 25;
    Home home;
    std::vector<std::vector<v1::CommandResult>> answers(callers);
    {
        Estate estate(home.log());
        estate.with_pool("ocs01", 0);
        Engine engine(estate.writer);
        std::vector<std::thread> threads;
        for (int caller = 0; caller < callers; ++caller)
            threads.emplace_back([&, caller] {
                for (int i = 0; i < each; ++i) {
                    const std::string name = fmt::format("user{}-{}", caller, i);
                    answers[static_cast<std::size_t>(caller)].push_back(
                        engine.submit(with_id(add_user(name, "ocs01"), name)).get());
                }
            });
        for (std::thread& thread : threads) thread.join();
        engine.stop();
        CHECK_FALSE(engine.failure());
    }
    std::set<std::uint64_t> positions;
    Estate reader(home.log(), 2);
    for (const auto& of_caller : answers) {
        std::uint64_t last = 0;
        for (const v1::CommandResult& answer : of_caller) {
            REQUIRE(answer.outcome() == "DONE");
            CHECK(positions.insert(answer.position()).second);
            CHECK(answer.position() > last);  // a caller's own commands keep their order
            last = answer.position();
            const auto found = find_command(reader.replica, answer.command_id());
            REQUIRE((found && *found));
            CHECK((**found).first.value == answer.position());
        }
    }
    CHECK(positions.size() == callers * each);
    CHECK(reader.replica.fleet.size() == callers * each + 1);
}

TEST_CASE("what queues up while a commit is written becomes one commit") {
    HeldEngine held;
    std::vector<Answer> answers;
    answers.push_back(std::move(held.first));
    const std::size_t before = held.home.store->size();
    for (int i = 0; i < 50; ++i)
        answers.push_back(
            held.engine.submit(with_id(mark(fmt::format("label {}", i)), fmt::format("m{}", i))));
    held.gate.open();
    for (auto& answer : answers) CHECK(answer.get().outcome() == "DONE");
    CHECK(held.home.store->size() == before + 2);  // the one that was blocked, and all the others
}

TEST_CASE("what was understood of a command stays with it while the batch before it is written") {
    HeldEngine held;
    std::vector<Answer> answers;
    for (int i = 0; i < 100; ++i) {
        const std::string name = fmt::format("u{}", i);
        v1::Command command = with_id(add_user(name, "ocs01"), name);
        if (i % 3 == 0) command.set_entity(fmt::format("user:U{}", i));
        answers.push_back(held.engine.submit(std::move(command)));
    }
    held.gate.open();
    CHECK(held.first.get().outcome() == "DONE");
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const v1::CommandResult answer = answers[i].get();
        CHECK(answer.command_id() == fmt::format("u{}", i));
        CHECK(answer.outcome() == (i % 3 == 0 ? "INVALID" : "DONE"));
        if (i % 3 == 0) CHECK(answer.message().contains(fmt::format("`U{}`", i)));
    }
    held.engine.stop();
    Estate reader(held.home.log(), 2);
    CHECK(reader.replica.fleet.size() == 1 + 66);
    CHECK(reader.replica.fleet.find("user:u1"));
    CHECK(reader.replica.fleet.find("user:u98"));
}

TEST_CASE("a full queue makes callers wait, so that it never holds more than its bound") {
    HeldEngine held({.queued_max = 8});
    std::atomic<int> accepted = 0;
    std::vector<Answer> answers;
    std::thread caller([&] {
        for (int i = 0; i < 40; ++i) {
            answers.push_back(held.engine.submit(
                with_id(mark(fmt::format("label {}", i)), fmt::format("m{}", i))));
            ++accepted;
        }
    });
    while (accepted < 8) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) {
        std::this_thread::yield();
        CHECK(accepted == 8);
    }
    held.gate.open();
    caller.join();
    CHECK(held.first.get().outcome() == "DONE");
    for (auto& answer : answers) CHECK(answer.get().outcome() == "DONE");
}

TEST_CASE("when the log fails, every waiting and later answer is UNKNOWN and says what to do") {
    MemoryHome home;
    Position acknowledged;
    {
        Gate gate;
        Estate estate(gated(home, gate));
        estate.with_pool("ocs01", 2);
        acknowledged = estate.position();
        Engine engine(estate.writer);
        gate.close();
        std::vector<Answer> answers;
        answers.push_back(engine.submit(with_id(mark("first"), "first")));
        gate.wait_for_arrival();
        for (int i = 0; i < 20; ++i)
            answers.push_back(
                engine.submit(with_id(mark(fmt::format("label {}", i)), fmt::format("m{}", i))));
        home.store->inject({MemoryFault::Kind::fail, 0});
        gate.open();
        for (auto& answer : answers) {
            const v1::CommandResult result = answer.get();
            CHECK(result.outcome() == "UNKNOWN");
            CHECK(says(result.message(), "an append failed"));
            CHECK(says(result.message(), "Ask again with the same commandId"));
        }
        REQUIRE(engine.failure());
        CHECK(engine.failure()->code == Errc::io);
        CHECK(engine.submit(with_id(mark("late"), "late")).get().outcome() == "UNKNOWN");
    }
    Estate estate(home.log(), 2);
    CHECK(estate.position() == acknowledged);
    estate.done(with_id(mark("first"), "first"));
}

TEST_CASE("an answer that was unknown becomes known when it is asked for again") {
    MemoryHome home;
    {
        Estate estate(home.log());
        estate.with_pool("ocs01", 0);
        Engine engine(estate.writer);
        home.store->inject({MemoryFault::Kind::fail_unknown, 0});
        CHECK(engine.submit(with_id(mark("x"), "a")).get().outcome() == "UNKNOWN");
    }
    Estate estate(home.log(), 2);
    const Position stands = estate.position();
    CHECK(estate.done(with_id(mark("x"), "a")).position() == stands.value);
}

TEST_CASE("an engine that stops decides what is queued, and answers UNKNOWN afterwards") {
    MemoryHome home;
    Gate gate;
    Estate estate(gated(home, gate));
    estate.with_pool("ocs01", 0);
    Engine engine(estate.writer);
    gate.close();
    std::vector<Answer> answers;
    for (int i = 0; i < 5; ++i)
        answers.push_back(
            engine.submit(with_id(mark(fmt::format("label {}", i)), fmt::format("m{}", i))));
    gate.wait_for_arrival();
    gate.open();
    engine.stop();
    for (auto& answer : answers) CHECK(answer.get().outcome() == "DONE");
    const auto late = engine.submit(with_id(mark("late"), "late")).get();
    CHECK(late.outcome() == "UNKNOWN");
    CHECK(says(late.message(), "The engine has stopped."));
    engine.stop();  // again, and the destructor once more
}

TEST_CASE("bad, refused and impossible commands are answered as such beside the others") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    Engine engine(estate.writer);
    CHECK(engine.submit(with_id(ask("user:x"), "a")).get().outcome() == "INVALID");
    CHECK(engine.submit(with_id(promote("user:user1@contoso.com"), "b")).get().outcome() ==
          "REFUSED");
    CHECK(engine.submit(with_id(promote("pool:ocs01"), "c")).get().outcome() == "NO_TRANSITION");
    CHECK(engine.submit(with_id(enter_coexistence("pool:ocs01"), "d")).get().outcome() == "DONE");
}

TEST_CASE("who waits for the answer may decide in a thread of his own, beside callers who do not") {
    MemoryHome home;
    constexpr int callers = 8;
    constexpr int each = 50;
    std::set<std::uint64_t> positions;
    {
        Estate estate(home.log());
        estate.with_pool("ocs01", 0);
        Engine engine(estate.writer, {.idle_max = std::chrono::milliseconds(1)});
        // Nothing else is asked, so this one is decided here or, before the thread sleeps, there.
        for (int i = 0; i < 20; ++i)
            CHECK(engine.execute(labelled(fmt::format("alone-{}", i))).outcome() == "DONE");
        std::mutex mutex;
        std::vector<std::thread> threads;
        for (int caller = 0; caller < callers; ++caller)
            threads.emplace_back([&, caller] {
                for (int i = 0; i < each; ++i) {
                    v1::Command command = labelled(fmt::format("{}-{}", caller, i));
                    const auto answer = caller % 2 == 0 ? engine.execute(std::move(command))
                                                        : engine.submit(std::move(command)).get();
                    const std::lock_guard lock(mutex);
                    CHECK(answer.outcome() == "DONE");
                    CHECK(positions.insert(answer.position()).second);
                }
            });
        for (std::thread& thread : threads) thread.join();
        engine.stop();
        CHECK(engine.execute(labelled("late")).outcome() == "UNKNOWN");
    }
    CHECK(positions.size() == callers * each);
    Estate reader(home.log(), 2);
    CHECK(reader.position().value == *positions.rbegin());
}

TEST_CASE("a log that fails under who decides in his own thread fails for all") {
    MemoryHome home;
    Estate estate(home.log());
    estate.with_pool("ocs01", 0);
    Engine engine(estate.writer);
    CHECK(engine.execute(labelled("a")).outcome() == "DONE");
    home.store->inject({MemoryFault::Kind::fail, 0});
    const auto unknown = engine.execute(labelled("b"));
    CHECK(unknown.outcome() == "UNKNOWN");
    CHECK(unknown.command_id() == "b");
    CHECK(says(unknown.message(), "an append failed"));
    REQUIRE(engine.failure());
    CHECK(engine.submit(labelled("c")).get().outcome() == "UNKNOWN");
    CHECK(engine.execute(labelled("d")).outcome() == "UNKNOWN");
}

}  // namespace ferry::test
