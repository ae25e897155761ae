#pragma once
/// What an event means to waves: those of a wave itself, and those of members of an unfinished one.
/// Part of `evolve`, and total like it. One thread.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

namespace ferry {

/// After the event was folded into its entity, which was `before`.
void follow_waves(Fleet& fleet, const Entity& before, const v1::StoredEvent& event);

/// Takes the members of every unfinished wave for it: after the fleet was read from a snapshot.
void enlist_all(Fleet& fleet);

}  // namespace ferry
