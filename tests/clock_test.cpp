#include "events/clock.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("a time is said in RFC 3339 and read from it") {
    const Time time(std::chrono::microseconds(1'795'852'800'123'456));
    CHECK(to_rfc3339(time) == "2026-11-28T08:00:00.123456Z");
    CHECK(from_rfc3339("2026-11-28T08:00:00.123456Z") == time);
    CHECK(!from_rfc3339("2026-11-28 08:00"));
}

TEST_CASE("a time that RFC 3339 cannot say is said as the nearest that it can") {
    CHECK(to_rfc3339(Time::max()) == "9999-12-31T23:59:59.999999Z");
    CHECK(to_rfc3339(Time::min()) == "0001-01-01T00:00:00Z");
    CHECK(within_rfc3339(Time::max()) == from_rfc3339("9999-12-31T23:59:59.999999Z"));
    const Time time(std::chrono::microseconds(1));
    CHECK(within_rfc3339(time) == time);
}

}  // namespace ferry::test
