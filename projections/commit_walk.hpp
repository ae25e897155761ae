#pragma once
/// Reads the commits of a log that count, in order, from a place on: what history, as-of and times
/// are made of. It judges by acceptance like every reader and keeps no state of the estate.
/// Errors: damaged (at a record that does not count, on a log that admits one writer),
/// configuration (a format this build does not know), and as Log::read.
#include "events/acceptance.hpp"
#include "events/log.hpp"

namespace ferry {

/// Where a walk stands: what acceptance remembers there, and the next record.
struct WalkPlace {
    AcceptanceState acceptance;
    Offset next;
};

/// False stops the walk after the commit it was given.
using CommitVisitor = std::function<bool(const CommitView&)>;

/// Moves `place` along, to the end of the log as it is now or to where `visit` stops it.
Result<void> walk_commits(Log& log, WalkPlace& place, const CommitVisitor& visit);

/// The place before the commit that holds `position`. On a log that admits one writer it is found
/// without reading what is before it; on others it is the beginning.
Result<WalkPlace> place_before(Log& log, Position position);

/// The error for whatever follows `position` in a damaged log.
Error damaged_after(const Log& log, Position position, std::string_view reason);

}  // namespace ferry
