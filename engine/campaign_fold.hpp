#pragma once
/// How the events of campaigns are folded, and which of them cannot be. Part of `evolve`, which is
/// total: it sets what an event says and judges nothing. Pure; any thread.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <optional>
#include <string>

namespace ferry {

/// Sets what an event of a campaign says; other events are left alone.
void fold_campaign(Fleet& fleet, Position position, Time recorded, const v1::StoredEvent& event);

/// What keeps such an event from being folded, or nothing.
std::optional<std::string> campaign_misfit(const Fleet& fleet, const v1::StoredEvent& event);

}  // namespace ferry
