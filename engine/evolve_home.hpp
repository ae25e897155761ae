#pragma once
/// The folding of events that move an entity's home to another site, and what of them does not fit
/// the fleet. Included by evolve and misfit. One thread.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

namespace ferry {

/// Where the event brings an entity into the estate, with the number that follows the last: its
/// id, else nothing.
std::optional<std::string> id_of_newcomer(const v1::StoredEvent& event);

/// Where the body is one of these it is folded in.
void fold_home(Fleet& fleet, EntityNumber number, Position position, Time recorded,
               const v1::StoredEvent& event);

/// What was agreed to was one adoption or one takeover, and it has happened.
void use_up_approvals(Fleet& fleet, v1::Action action);

/// A member in pilot or beyond: its pool's pilot has run.
void note_pilot_ran(Fleet& fleet, EntityNumber pool, bool value, Position position, Time recorded);

/// What of such an event the fold does not know; nothing where it fits, or is none of these.
std::optional<std::string> home_misfit(const Fleet& fleet, const v1::StoredEvent& event);

}  // namespace ferry
