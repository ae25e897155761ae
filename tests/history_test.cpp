#include "projections/history.hpp"

#include "events/sqlite_log.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {
namespace {

/// `3 Registered, 5 Transitioned`.
std::string listed(const std::vector<v1::Event>& events) {
    std::string text;
    for (const v1::Event& event : events)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", event.position(), event.type());
    return text;
}

std::vector<v1::Event> scan(const Estate& estate, const EventFilter& filter) {
    std::vector<v1::Event> events;
    const auto scanned = scan_events(estate.replica, filter, [&](const v1::Event& event) {
        events.push_back(event);
        return true;
    });
    REQUIRE_MESSAGE(scanned, scanned.error().message);
    return events;
}

/// 3 pool, 4 and 5 users, 6 coexistence of the pool, 7 mark by erik, 8 coexistence of user 1.
void tell_story(Estate& estate) {
    estate.with_pool("ocs01.contoso.com", 2);
    estate.done(enter_coexistence("pool:ocs01.contoso.com"));
    estate.clock.pass(std::chrono::seconds(10));
    v1::Command label = mark("before wave 1");
    label.set_actor("erik");
    estate.done(label);
    v1::Command move = enter_coexistence("user:user1@contoso.com");
    move.set_correlation_id("wave-1");
    estate.done(move);
}

}  // namespace

TEST_CASE("the history of an entity is its events, oldest first") {
    Estate estate;
    tell_story(estate);
    const auto history = history_of(estate.replica, "user:user1@contoso.com");
    REQUIRE(history);
    CHECK(listed(*history) == "4 Registered, 8 Transitioned");
    const v1::Event& last = history->back();
    CHECK(last.entity() == "user:user1@contoso.com");
    CHECK(last.version() == 2);
    CHECK(last.from() == "legacy");
    CHECK(last.to() == "coexist-test");
    CHECK(last.correlation_id() == "wave-1");
    CHECK(last.event_id().ends_with("-0"));
    CHECK(listed(*history_of(estate.replica, "site:paris")) ==
          "1 LogCreated, 2 OwnerTaken, 7 Marked");
}

TEST_CASE("history stops at the moment it is asked for") {
    Estate estate;
    tell_story(estate);
    CHECK(listed(*history_of(estate.replica, "user:user1@contoso.com", {7})) == "4 Registered");
    const auto before = history_of(estate.replica, "user:user1@contoso.com", {3});
    REQUIRE_FALSE(before);
    CHECK(before.error().message.find("was registered at position 4, after 3") !=
          std::string::npos);
}

TEST_CASE("an entity nobody knows has no history, and the error says where to look") {
    Estate estate;
    tell_story(estate);
    const auto history = history_of(estate.replica, "user:nobody@contoso.com");
    REQUIRE_FALSE(history);
    CHECK(history.error().code == Errc::usage);
    CHECK(history.error().message.find("ferry show --all") != std::string::npos);
}

TEST_CASE("every filter lets through what it says, alone and together") {
    Estate estate;
    tell_story(estate);
    const Time later = estate.clock.now();
    CHECK(scan(estate, {}).size() == 8);
    CHECK(listed(scan(estate, {.entity = "user:user1@contoso.com"})) ==
          "4 Registered, 8 Transitioned");
    CHECK(listed(scan(estate, {.entity = "user:user1@contoso.com", .from = {5}})) ==
          "8 Transitioned");
    CHECK(listed(scan(estate, {.entity = "user:user1@contoso.com", .to = {5}})) == "4 Registered");
    CHECK(listed(scan(estate, {.entity = "user:user1@contoso.com", .type = "Registered"})) ==
          "4 Registered");
    CHECK(listed(scan(estate, {.actor = "erik"})) == "7 Marked");
    CHECK(listed(scan(estate, {.type = "Transitioned"})) == "6 Transitioned, 8 Transitioned");
    CHECK(listed(scan(estate, {.correlation = "wave-1"})) == "8 Transitioned");
    CHECK(listed(scan(estate, {.correlation = "c1"})) == "3 Registered");
    CHECK(listed(scan(estate, {.from = {4}, .to = {5}})) == "4 Registered, 5 Registered");
    CHECK(listed(scan(estate, {.since = later})) == "7 Marked, 8 Transitioned");
    CHECK(scan(estate, {.until = later - std::chrono::microseconds(1)}).size() == 6);
    CHECK(scan(estate, {.since = later + std::chrono::seconds(1)}).empty());
    CHECK(scan(estate, {.until = later - std::chrono::hours(1)}).empty());
    CHECK(scan(estate, {.actor = "erik", .type = "Transitioned"}).empty());
}

TEST_CASE("a scan ends when its visitor has seen enough") {
    Estate estate;
    tell_story(estate);
    int seen = 0;
    REQUIRE(scan_events(estate.replica, {}, [&](const v1::Event&) { return ++seen < 3; }));
    CHECK(seen == 3);
}

TEST_CASE("an unknown type of event is refused with the ones there are") {
    Estate estate;
    tell_story(estate);
    const auto scanned =
        scan_events(estate.replica, {.type = "Moved"}, [](const v1::Event&) { return true; });
    REQUIRE_FALSE(scanned);
    CHECK(scanned.error().message.find("Transitioned, CheckRecorded") != std::string::npos);
}

TEST_CASE("the histories of all entities together are the scan of the log, on every kind of log") {
    for (const std::uint64_t seed : seeds(6)) {
        INFO("seed " << seed);
        const ScratchDirectory directory;
        const bool embedded = seed % 2 == 0;
        auto log = embedded ? std::make_unique<SqliteLog>(directory.path(), "paris") : nullptr;
        Estate estate = log ? Estate(std::move(log), seed) : Estate(seed);
        estate.with_pool("ocs0.contoso.com", 2);
        RandomHistory(seed).play(estate, 150);
        std::map<std::uint64_t, std::string> by_position;
        const Fleet& fleet = estate.replica.fleet;
        for (std::uint64_t number = 0; number < fleet.entities.size(); ++number) {
            const auto history = history_of(estate.replica, fleet.id({number}));
            REQUIRE(history);
            for (const v1::Event& event : *history)
                CHECK(by_position.emplace(event.position(), event.ShortDebugString()).second);
        }
        CHECK(by_position.size() == fleet.position.value);
        const std::uint64_t from = 1 + seed * 7;
        std::uint64_t next = from;
        for (const v1::Event& event : scan(estate, {.from = {from}})) {
            CHECK(event.position() == next++);
            CHECK(event.ShortDebugString() == by_position[event.position()]);
        }
        CHECK(next == fleet.position.value + 1);
    }
}

}  // namespace ferry::test
