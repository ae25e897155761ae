#pragma once
/// The state of one entity as the topic `PREFIX.<site>.state` holds it
/// (proto/ferry/v1/state.proto). Pure; any thread that may read the fleet.
#include "engine/fleet.hpp"
#include "ferry/v1/state.pb.h"

namespace ferry {

/// `changed` is the position of the event that last changed it. `number` 0 is the site itself.
v1::EntityState entity_state(const Fleet& fleet, EntityNumber number, Position changed);

/// The same into a state that is cleared first: the room its texts had is used again.
void write_entity_state(const Fleet& fleet, EntityNumber number, Position changed,
                        v1::EntityState& state);

/// Of the latest event that changed the state of an entity, as far as the fleet alone can say: a
/// member whose pool got another successor is as new as its pool.
Position changed_by_fleet(const Fleet& fleet, EntityNumber number);

}  // namespace ferry
