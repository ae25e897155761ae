#pragma once
/// The commands that were done for one entity, in this home of it and in those before: what is
/// carried along to the next, and what a command asked again is answered from. One thread.
#include "engine/home_evidence.hpp"
#include "engine/replica.hpp"

namespace ferry {

/// Hash of the commit that holds `position`. Errors: as Log::find, and damaged.
Result<Hash> commit_hash_at(const Replica& replica, Position position);

/// Read back along the entity's own events from its latest, as far as they stand in the log.
/// Errors: as find_event.
Result<HomeEvidence> history_carried(const Replica& replica, Position latest);

/// The command with this id among those that `accepted` carries: its position in the home where it
/// was done, and an event that says what was answered.
std::optional<std::pair<Position, v1::StoredEvent>> carried_command(const v1::StoredEvent& accepted,
                                                                    std::string_view id);

}  // namespace ferry
