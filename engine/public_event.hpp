#pragma once
/// A stored event as the world reads it: names instead of numbers, words instead of enums. What the
/// publisher, `ferry events` and conflict answers show. Pure.
#include "engine/fleet.hpp"
#include "events/commit.hpp"
#include "ferry/v1/event.pb.h"

namespace ferry {

/// Without the event id, which only a commit knows; see the other overload.
v1::Event public_event(const Fleet& fleet, Position position, Time recorded,
                       const v1::StoredEvent& stored);
/// The same into an event that is cleared first: the room its texts had is used again.
void write_public_event(const Fleet& fleet, Position position, Time recorded,
                        const v1::StoredEvent& stored, v1::Event& event);

/// The event's name: `Transitioned`; `Unknown` where this build does not know its body.
std::string_view body_name(const v1::StoredEvent& stored);

/// Commit id and index in it: `1f…-3`.
std::string event_id(const CommitId& commit, std::uint64_t index);

}  // namespace ferry
