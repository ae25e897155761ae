#pragma once
/// The chain of causes and effects around one event: upwards by causation ids to the first cause
/// that the logs hold, and downwards to everything that came of it. A cause is named by a command's
/// id, or by an event as `paris:120`. Reads only; the replicas have read their logs and keep their
/// indexes of command ids. One thread. Errors: usage (no such event), damaged, and as Log::read.
#include "engine/replica.hpp"
#include "ferry/v1/event.pb.h"

#include <span>

namespace ferry {

/// One command, what it did, and what that brought about.
struct TracedCommand {
    std::string id;  ///< empty where the engine itself appended the event
    std::string
        cause;  ///< what its events name as their cause, where that is not the command itself
    std::vector<v1::Event> events;   ///< the first of them, in log order, site by site
    std::uint64_t events_count = 0;  ///< all of them
    std::vector<TracedCommand> effects;
};
inline constexpr std::size_t traced_events_max = 1000;

struct Trace {
    TracedCommand root;
    /// The event asked for; it stands in one of the commands.
    std::string site;
    Position position;
    bool cause_unknown = false;  ///< the root names a cause that no log here holds
};

/// `site` is the index of the event's replica.
Result<Trace> trace_event(std::span<Replica* const> replicas, std::size_t site, Position position);

/// Where a command's last event stands: index of the replica and position.
Result<std::optional<std::pair<std::size_t, Position>>> place_of_command(
    std::span<Replica* const> replicas, std::string_view id);

}  // namespace ferry
