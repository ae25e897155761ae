#pragma once
/// Times for people: short, in UTC, and how long ago. Pure.
#include "events/ids.hpp"

#include <string>

namespace ferry {

/// `2026-11-23 08:00:00Z`.
std::string short_time(Time time);
/// `3 days ago`, `just now`. What lies ahead is `just now` too: clocks of two machines differ.
std::string elapsed(Time since, Time now);

}  // namespace ferry
