#include "events/clock.hpp"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <ctime>

namespace ferry {

using google::protobuf::util::TimeUtil;

Time SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

std::chrono::microseconds SystemClock::monotonic() const {
    // Boot time, not CLOCK_MONOTONIC: a suspended machine is not a clock that jumped.
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds(time.tv_sec) +
           std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::nanoseconds(time.tv_nsec));
}

Time within_rfc3339(Time time) {
    using std::chrono::seconds;
    constexpr Time first{seconds(TimeUtil::kTimestampMinSeconds)};
    constexpr Time last =
        Time(seconds(TimeUtil::kTimestampMaxSeconds)) + seconds(1) - Time::duration(1);
    return std::clamp(time, first, last);
}

std::string to_rfc3339(Time time) {
    return TimeUtil::ToString(
        TimeUtil::MicrosecondsToTimestamp(within_rfc3339(time).time_since_epoch().count()));
}

std::optional<Time> from_rfc3339(std::string_view text) {
    google::protobuf::Timestamp stamp;
    if (!TimeUtil::FromString(std::string(text), &stamp)) return std::nullopt;
    return Time(std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(stamp)));
}

}  // namespace ferry
