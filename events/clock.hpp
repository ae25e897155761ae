#pragma once
/// Time as an interface. The engine writes recorded time and compares only recorded times, so that
/// order and guards never hang on a wall clock (design.md section 5).
#include "events/ids.hpp"

#include <optional>

namespace ferry {

class Clock {
public:
    virtual ~Clock() = default;
    /// Wall clock, UTC.
    virtual Time now() const = 0;
    /// Time since some fixed moment of this boot; never jumps.
    virtual std::chrono::microseconds monotonic() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override;
    std::chrono::microseconds monotonic() const override;
};

/// A clock that moves only when told.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start = Time(std::chrono::seconds(1'700'000'000))) : now_(start) {}
    Time now() const override { return now_; }
    std::chrono::microseconds monotonic() const override { return monotonic_; }
    void pass(std::chrono::microseconds duration) {
        now_ += duration;
        monotonic_ += duration;
    }
    /// Moves the wall clock alone, as an administrator or a bad time server does.
    void jump(std::chrono::microseconds by) { now_ += by; }

private:
    Time now_;
    std::chrono::microseconds monotonic_{0};
};

/// As records hold a time: since the start of 1970.
inline Time from_microseconds(std::uint64_t number) {
    return Time(std::chrono::microseconds(static_cast<std::int64_t>(number)));
}

/// The nearest time that RFC 3339 can say, year 1 to 9999: a record from elsewhere may hold any.
Time within_rfc3339(Time time);
/// In UTC with microseconds: `2026-11-23T08:00:00.123456Z`; of the nearest time it can say.
std::string to_rfc3339(Time time);
/// Nothing where the text is not RFC 3339.
std::optional<Time> from_rfc3339(std::string_view text);

}  // namespace ferry
