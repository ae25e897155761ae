#pragma once
/// What keeps an event from being folded: bodies, words and fields that this build does not know,
/// or that no machine of the entity's kind has. A log may be read past such an event but not
/// written to, because the next decision would stand on a state that the event would have changed.
/// Pure.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <optional>
#include <string>

namespace ferry {

/// What is strange about the event, or nothing.
std::optional<std::string> misfit(const Fleet& fleet, const v1::StoredEvent& event);

/// The same for the events of a wave; nothing for any other.
std::optional<std::string> wave_misfit(const Fleet& fleet, const v1::StoredEvent& event);

}  // namespace ferry
