#pragma once
/// What happened: to one entity, or to whatever a filter lets through. Events are read back from
/// the log, as the world reads them, and shown with today's names. The replica has read its log and
/// is not changed. One thread.
/// Errors: usage (unknown entity or type, says what next), damaged, and as Log::find and Log::read.
#include "engine/replica.hpp"
#include "ferry/v1/event.pb.h"

namespace ferry {

/// All events of one entity (or of `site:NAME`), oldest first, up to and with `at`. Its time is the
/// number of its events, whatever the size of the log.
Result<std::vector<v1::Event>> history_of(const Replica& replica, std::string_view entity,
                                          Position at = {UINT64_MAX});

/// What is empty lets everything through.
struct EventFilter {
    std::string entity = {};
    std::string actor = {};
    std::string type = {};         ///< `Transitioned`
    std::string correlation = {};  ///< an event without one of its own carries its command's id
    Position from{1};
    Position to{UINT64_MAX};
    std::optional<Time> since = {};
    std::optional<Time> until = {};  ///< inclusive
};

/// False stops the scan.
using EventVisitor = std::function<bool(const v1::Event&)>;

/// Visits in log order, to the position the replica has read to. Memory does not grow with the log,
/// but for an entity's own history.
Result<void> scan_events(const Replica& replica, const EventFilter& filter,
                         const EventVisitor& visit);

}  // namespace ferry
