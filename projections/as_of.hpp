#pragma once
/// The fleet as it was after an event, also in the middle of a commit. Folded anew from the
/// snapshot on file where that lies before, else from position 1.
#include "engine/fleet.hpp"
#include "events/log.hpp"

namespace ferry {

/// After event `position`; 0 is the empty fleet before the log began. Errors: usage (beyond the
/// end), damaged (the log is, before the position), and as Log::read.
Result<Fleet> fleet_as_of(Log& log, Position position);

/// The error for a position that the log does not have yet.
Error beyond_end(const Log& log, Position asked, Position end);

}  // namespace ferry
