// Many threads ask one engine; what they were told could have happened in one order.
#include "engine/engine.hpp"
#include "events/sqlite_log.hpp"
#include "tests/embedded/counts.hpp"
#include "tests/embedded/linearizability.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>

namespace ferry::test {

namespace {

constexpr std::size_t threads = 64;
constexpr std::size_t entities = 8;

std::string entity(std::uint64_t number) { return fmt::format("pool:ocs{}.contoso.com", number); }

/// What a refusal for the version says stands instead.
std::uint64_t version_told(const v1::CommandResult& result) {
    return static_cast<std::uint64_t>(result.version());
}

class Callers {
public:
    Callers(Engine& engine, std::uint64_t seed, std::size_t calls_each)
        : engine_(engine), seed_(seed), calls_each_(calls_each), histories_(threads) {}

    std::vector<Call> run() {
        {
            std::vector<std::jthread> running;
            for (std::size_t i = 0; i < threads; ++i) running.emplace_back([this, i] { call(i); });
        }
        std::vector<Call> all;
        for (const auto& history : histories_)
            all.insert(all.end(), history.begin(), history.end());
        return all;
    }
    std::uint64_t unexpected() const { return unexpected_; }

private:
    void call(std::size_t caller) {
        std::mt19937_64 random(seed_ * threads + caller);
        std::map<std::string, std::uint64_t> known;
        std::optional<std::pair<v1::Command, Call>> before;
        for (std::size_t i = 0; i < calls_each_; ++i) {
            Call call;
            v1::Command command;
            if (before && random() % 10 == 0) {
                std::tie(command, call) = *before;
            } else {
                call.entity = entity(random() % entities);
                call.command = fmt::format("t{}-{}", caller, i);
                command = check(call.entity, "services-started", random() % 2 ? "PASS" : "FAIL");
                command.set_command_id(call.command);
                if (random() % 2 == 0 && known.contains(call.entity)) {
                    call.expected = known[call.entity];
                    command.set_expected_version(std::to_string(*call.expected));
                }
            }
            before.emplace(command, call);
            call.begun = ++clock_;
            const v1::CommandResult result = engine_.submit(command).get();
            call.answered = ++clock_;
            call.wrote = result.outcome() == "DONE";
            if (!call.wrote && result.outcome() != "CONFLICT") ++unexpected_;
            call.version = version_told(result);
            known[call.entity] = call.version;
            histories_[caller].push_back(call);
        }
    }

    Engine& engine_;
    std::uint64_t seed_;
    std::size_t calls_each_;
    std::atomic<std::uint64_t> clock_ = 0;
    std::atomic<std::uint64_t> unexpected_ = 0;
    std::vector<std::vector<Call>> histories_;
};

/// Two entities, asked one after the other and at once; nothing is wrong with it.
std::vector<Call> sound_history() {
    std::vector<Call> calls;
    std::uint64_t now = 0;
    for (std::uint64_t version = 1; version <= 6; ++version) {
        calls.push_back({"a", fmt::format("w{}", version), now + 1, now + 5, {}, true, version});
        calls.push_back(
            {"a", fmt::format("r{}", version), now + 6, now + 9, version + 7, false, version});
        calls.push_back(
            {"a", fmt::format("s{}", version), now + 3, now + 12, version + 9, false, version});
        now += 10;
    }
    calls.push_back({"b", "x1", 1, 100, {}, true, 1});
    calls.push_back({"b", "x2", 2, 90, 1, true, 2});
    return calls;
}

Call& named(std::vector<Call>& calls, std::string_view command) {
    return *std::ranges::find(calls, command, &Call::command);
}

}  // namespace

TEST_CASE("concurrent callers: what 64 threads are told agrees with one order and real time") {
    const std::uint64_t seed = first_seed();
    CAPTURE(seed);
    const ScratchDirectory scratch;
    Estate estate(std::make_unique<SqliteLog>(scratch.path(), "paris"));
    // An engine judges an estate that is there; its registrations are calls like any other.
    std::vector<Call> calls;
    for (std::size_t i = 0; i < entities; ++i) {
        estate.done(add_pool(fmt::format("ocs{}.contoso.com", i)));
        calls.push_back({entity(i), fmt::format("register {}", i), 0, 0, {}, true, 1});
    }
    Engine engine(estate.writer);
    Callers callers(engine, seed, many(100, 2000));
    const std::vector<Call> told = callers.run();
    engine.stop();
    CHECK(callers.unexpected() == 0);
    calls.insert(calls.end(), told.begin(), told.end());
    std::map<std::string, std::uint64_t> ends;
    for (std::size_t i = 0; i < entities; ++i) ends[entity(i)] = estate.entity(entity(i)).version;
    const auto wrong = contradiction(calls, ends);
    CHECK_MESSAGE(!wrong, *wrong);
    const auto refused = std::ranges::count(told, false, &Call::wrote);
    CHECK(refused > 0);
    // What stands in the log is what the answers say.
    SqliteLog log(scratch.path(), "paris");
    CHECK(all_records(log).size() <= estate.position().value);
    figures(fmt::format("{} threads, {} calls on {} entities, {} of them told another version; one "
                        "order exists (seed {})",
                        threads, told.size(), entities, refused, seed));
}

TEST_CASE("concurrent callers: every planted anomaly is found by the checker") {
    const std::map<std::string, std::uint64_t> ends{{"a", 6}, {"b", 2}};
    const auto sound = contradiction(sound_history(), ends);
    REQUIRE_MESSAGE(!sound, *sound);
    using Plant = void (*)(std::vector<Call>&);
    const std::pair<const char*, Plant> anomalies[] = {
        {"a stale read", [](auto& calls) { named(calls, "r4").version = 3; }},
        {"a read of the future", [](auto& calls) { named(calls, "r2").version = 4; }},
        {"a read of what never was", [](auto& calls) { named(calls, "r6").version = 7; }},
        {"a lost update", [](auto& calls) { named(calls, "w4").version = 3; }},
        {"a write that is gone",
         [](auto& calls) {
             std::erase_if(
                 calls, [](const Call& call) { return call.command == "w6" || call.version == 6; });
         }},
        {"a version that nobody made",
         [](auto& calls) {
             std::erase_if(calls, [](const Call& call) { return call.command == "w3"; });
         }},
        {"two writes in the wrong order",
         [](auto& calls) { std::swap(named(calls, "w2").version, named(calls, "w3").version); }},
        {"an id done twice",
         [](auto& calls) {
             Call again = named(calls, "w2");
             again.begun = 200, again.answered = 201, again.version = 7;
             calls.push_back(again);
         }},
        {"a write past what it expected", [](auto& calls) { named(calls, "x2").expected = 0; }},
        {"a refusal although the version stood",
         [](auto& calls) { named(calls, "r5").expected = named(calls, "r5").version; }},
        {"an answer before an earlier one",
         [](auto& calls) { named(calls, "s1").begun = 61, named(calls, "s1").answered = 62; }},
        {"an entity that is not there", [](auto& calls) { calls.front().entity = "c"; }},
    };
    std::size_t found = 0;
    for (const auto& [what, plant] : anomalies) {
        auto calls = sound_history();
        plant(calls);
        const bool seen = contradiction(calls, ends).has_value();
        CHECK_MESSAGE(seen, what << " is not found");
        found += seen;
    }
    figures(fmt::format("{} of {} planted anomalies found", found, std::size(anomalies)));
}

}  // namespace ferry::test
