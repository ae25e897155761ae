#pragma once
/// What an entity takes along to another site: written from the fleet it leaves, folded into the
/// one that it joins. Positions mean nothing there, so all that is observed is of the position at
/// which it joins; times stay. Pure; any thread that may read, or for `take_in` change, the fleet.
#include "engine/fleet.hpp"
#include "ferry/v1/carried_state.pb.h"

namespace ferry {

/// Without what only the log can say: the head of its history and the commands done.
v1::CarriedState carried_state(const Fleet& fleet, EntityNumber number);

/// The observed part, for the entity with this number. What was known of an earlier stay is
/// replaced.
void take_in(Fleet& fleet, EntityNumber number, Position position, const v1::CarriedState& state);

}  // namespace ferry
