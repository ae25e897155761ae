#pragma once
/// Times as people give them: with an offset, or as the clock on the wall of a named zone shows
/// them. What a zone does is glibc's knowledge, and it knows one zone at a time and process: only
/// before any thread is started.
#include "events/error.hpp"
#include "events/ids.hpp"

#include <string>

namespace ferry {

/// `2027-03-01T20:00:00+01:00` whatever the zone; `2027-03-01T20:00` or `2027-03-01 20:00` in
/// `zone`, such as `Europe/Paris`. Errc::bad_input where it is no time or lacks a zone, where the
/// clocks skip it or show it twice (with the two times that may be meant), or where the zone is not
/// known here.
Result<Time> time_in_zone(const std::string& text, const std::string& zone);

}  // namespace ferry
