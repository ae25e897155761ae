// Batches that are decided while the ones before are on their way to a real broker.
#include "engine/engine.hpp"
#include "events/kafka_log.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/kafka/broker_address.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

namespace ferry::test {

namespace {

std::unique_ptr<Log> log_at(const KafkaAddress& address, bool take_over = false) {
    KafkaLogOptions options;
    options.lease.take_over = take_over;
    return std::make_unique<KafkaLog>(address, "paris", options);
}

std::vector<v1::Command> marks(std::string_view prefix, int count) {
    std::vector<v1::Command> commands;
    for (int i = 0; i < count; ++i) {
        const std::string id = fmt::format("{}-{}", prefix, i);
        commands.push_back(with_id(mark("label " + id), id));
    }
    return commands;
}

/// What a reader who was never there finds, by command id.
std::map<std::string, std::uint64_t> found_at(const KafkaAddress& address) {
    std::map<std::string, std::uint64_t> found;
    Replica replica(log_at(address));
    replica.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            if (event.command_id().empty()) return;
            CHECK(found.emplace(event.command_id(), placed.position.value).second);
        });
    };
    REQUIRE(replica.catch_up().has_value());
    return found;
}

void check_done(const std::vector<v1::CommandResult>& results,
                const std::map<std::string, std::uint64_t>& found) {
    for (const v1::CommandResult& result : results) {
        CHECK(result.outcome() == "DONE");
        REQUIRE(found.contains(result.command_id()));
        CHECK(found.at(result.command_id()) == result.position());
    }
}

}  // namespace

TEST_CASE("batches under way to a broker stand in the order they were begun in") {
    const KafkaAddress address = fresh_address();
    Estate estate(log_at(address));
    estate.with_pool("ocs01", 0);
    std::deque<std::vector<v1::Command>> begun;
    std::vector<v1::CommandResult> answers;
    const auto finish = [&](std::size_t left) {
        for (; begun.size() > left; begun.pop_front()) {
            const auto results = estate.writer.finish();
            INFO((results ? "" : results.error().message));
            REQUIRE(results.has_value());
            answers.insert(answers.end(), results->begin(), results->end());
        }
    };
    for (int batch = 0; batch < 40; ++batch) {
        begun.push_back(marks(fmt::format("b{}", batch), batch % 7 + 1));
        estate.writer.begin(begun.back());
        finish(static_cast<std::size_t>(batch % 5));
    }
    finish(0);
    check_done(answers, found_at(address));
    for (std::size_t i = 1; i < answers.size(); ++i)
        CHECK(answers[i].position() == answers[i - 1].position() + 1);
}

TEST_CASE("the engine's callers on a broker are each answered once, by what the log says") {
    const KafkaAddress address = fresh_address();
    Estate estate(log_at(address));
    estate.with_pool("ocs01", 0);
    constexpr int callers = 8;
    std::vector<std::vector<v1::CommandResult>> answers(callers);
    {
        Engine engine(estate.writer);
        std::vector<std::thread> threads;
        for (int caller = 0; caller < callers; ++caller)
            threads.emplace_back([&, caller] {
                std::vector<Answer> waiting;
                for (v1::Command& command : marks(fmt::format("c{}", caller), 300))
                    waiting.push_back(engine.submit(std::move(command)));
                for (auto& each : waiting)
                    answers[static_cast<std::size_t>(caller)].push_back(each.get());
            });
        for (std::thread& thread : threads) thread.join();
        CHECK_FALSE(engine.failure());
    }
    const auto found = found_at(address);
    for (const auto& of_caller : answers) check_done(of_caller, found);
    CHECK(found.size() == callers * 300 + 1);
}

TEST_CASE("who is overtaken with batches under way answers by what stands, or not at all") {
    const KafkaAddress address = fresh_address();
    Estate before(log_at(address));
    before.with_pool("ocs01", 0);
    std::vector<v1::CommandResult> answers;
    std::vector<std::vector<v1::Command>> begun;
    for (int batch = 0; batch < 3; ++batch) begun.push_back(marks(fmt::format("b{}", batch), 5));
    for (const auto& batch : begun) before.writer.begin(batch);
    Estate after(log_at(address, true), 2);
    after.done(with_id(mark("taken over"), "after"));
    bool failed = false;
    for (std::size_t batch = 0; batch < begun.size(); ++batch) {
        const auto results = before.writer.finish();
        CHECK_FALSE((failed && results.has_value()));  // nothing stands on what does not
        if (results) answers.insert(answers.end(), results->begin(), results->end());
        else CHECK(results.error().code == Errc::unavailable);
        failed = !results.has_value();
    }
    check_done(answers, found_at(address));
}

}  // namespace ferry::test
