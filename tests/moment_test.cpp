#include "projections/moment.hpp"

#include "events/sqlite_log.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;

/// Positions 1 to 3 at eight o'clock, 4 (the label) ten minutes later, 5 and 6 at nine.
void tell_story(Estate& estate) {
    estate.clock.pass(from_rfc3339("2026-11-23T08:00:00Z").value() - estate.clock.now());
    estate.done(add_pool("ocs01.contoso.com"));
    estate.clock.pass(10min);
    estate.done(mark("before wave 1"));
    estate.clock.pass(50min);
    estate.give_all({add_user("a@contoso.com", "ocs01.contoso.com"),
                     add_user("b@contoso.com", "ocs01.contoso.com")});
}

std::uint64_t position_of(const Estate& estate, std::string_view text) {
    const auto moment = resolve_moment(estate.replica, text);
    REQUIRE_MESSAGE(moment, moment.error().message);
    return moment->position.value;
}

std::string refusal_of(const Estate& estate, std::string_view text) {
    const auto moment = resolve_moment(estate.replica, text);
    REQUIRE_FALSE(moment);
    CHECK(moment.error().code == Errc::usage);
    return moment.error().message;
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void check_times(const Estate& estate) {
    CHECK(position_of(estate, "2026-11-23T08:00:00Z") == 3);
    CHECK(position_of(estate, "2026-11-23T08:09:59.999999Z") == 3);
    CHECK(position_of(estate, "2026-11-23T08:10:00Z") == 4);
    CHECK(position_of(estate, "2026-11-23T08:30:00+00:00") == 4);
    CHECK(position_of(estate, "2026-11-23T09:00:00Z") == 6);
    CHECK(position_of(estate, "2027-01-01T00:00:00Z") == 6);
    CHECK(says(refusal_of(estate, "2026-11-23T07:59:59Z"), "before the first event"));
}

}  // namespace

TEST_CASE("a position, a time and a label name the same moment, and say what they were taken for") {
    Estate estate;
    tell_story(estate);
    CHECK(position_of(estate, "4") == 4);
    CHECK(position_of(estate, "paris:4") == 4);
    CHECK(position_of(estate, "before wave 1") == 4);
    CHECK(resolve_moment(estate.replica, "4")->shown == "paris:4");
    CHECK(resolve_moment(estate.replica, "before wave 1")->shown ==
          "paris:4 (label before wave 1)");
    CHECK(resolve_moment(estate.replica, "2026-11-23T08:30:00Z")->shown ==
          "paris:4 (the last event recorded by 2026-11-23T08:30:00Z)");
}

TEST_CASE("a time means the last position recorded at or before it, on every kind of log") {
    Estate in_memory;
    tell_story(in_memory);
    check_times(in_memory);
    const ScratchDirectory directory;
    Estate embedded(std::make_unique<SqliteLog>(directory.path(), "paris"));
    tell_story(embedded);
    check_times(embedded);
}

TEST_CASE("a time is found among many commits as it is by looking at each") {
    const ScratchDirectory directory;
    Estate estate(std::make_unique<SqliteLog>(directory.path(), "paris"));
    const Time start = estate.clock.now();
    estate.done(add_pool("ocs01.contoso.com"));
    for (int i = 0; i < 40; ++i) {
        estate.clock.pass(1s);
        estate.done(mark("label " + std::to_string(i)));
    }
    for (int i = 0; i <= 40; ++i)
        CHECK(last_recorded_by(estate.replica, start + std::chrono::seconds(i))->value ==
              static_cast<std::uint64_t>(3 + i));
}

TEST_CASE("a moment that is none says what would be one") {
    Estate estate;
    tell_story(estate);
    CHECK(says(refusal_of(estate, "7"), "ends at position 6"));
    CHECK(says(refusal_of(estate, "99999999999999999999999"), "ends at position 6"));
    CHECK(says(refusal_of(estate, "paris:7"), "ends at position 6"));
    CHECK(says(refusal_of(estate, "0"), "positions 1 to 6"));
    CHECK(says(refusal_of(estate, "lyon:4"), "a position of site lyon"));
    CHECK(says(refusal_of(estate, "before wave 2"), "no label of site paris"));
    CHECK(says(refusal_of(estate, ""), "no label of site paris"));
}

TEST_CASE("a log that has not begun has no moment, and says how to begin it") {
    const Estate estate;
    for (const std::string_view text : {"1", "paris:0", "2026-11-23T08:00:00Z", "before wave 1"})
        CHECK(refusal_of(estate, text) ==
              fmt::format("nothing is recorded in memory: (paris) yet, so `{}` is no moment of it; "
                          "`ferry import` begins it",
                          text));
}

}  // namespace ferry::test
