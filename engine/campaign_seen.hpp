#pragma once
/// What a site sees of a campaign, and the gates that follow from it. A site's writer records what
/// it has seen in its own log before it decides by it, so that its state at a position is a
/// function of its own log alone, and a site that is cut off goes on by what it saw last. Pure; any
/// thread that may read the fleets.
#include "engine/fleet.hpp"
#include "events/acceptance.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <optional>
#include <string>

namespace ferry {

/// What the campaign says to one of its sites, as of the end of its log. Nothing where it does not
/// concern the site.
std::optional<v1::CampaignSeen> seen_by(const Fleet& campaign, const AcceptanceState& end,
                                        std::string_view site);

/// Whether `seen` says something that the site's log does not. What is older than what it knows is
/// no news, nor is another log of the same name: a campaign that was begun anew is not this one.
bool is_news(const Fleet& site, const v1::CampaignSeen& seen);

/// The event by which the site's writer records it.
v1::StoredEvent seen_event(v1::CampaignSeen seen);

/// Why nothing of the site may enter `phase` now, and what would let it; nothing where no campaign
/// that the site has seen keeps the gate closed.
std::optional<std::string> closed_gate(const Fleet& site, v1::State phase);

}  // namespace ferry
