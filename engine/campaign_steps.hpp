#pragma once
/// What a coordinator does next: from a campaign, as its log says, and what the sites' logs say now
/// to one event at a time, each with the premises it stands on. Every decision but a report stands
/// on what was reported before, in the campaign's own log, so that whoever reads it can check it.
/// Pure; any thread.
#include "engine/fleet.hpp"
#include "events/error.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <optional>
#include <span>

namespace ferry {

/// The next event of the campaign's log, or nothing where there is nothing to do until a site has
/// moved or time has passed. `observed` holds the sites that could be read. The event has no actor.
std::optional<v1::StoredEvent> next_step(const Campaign& campaign,
                                         std::span<const SiteStanding> observed, Time now);

/// What is wrong with an event of a coordinator, judged by what stood in the log before it: a
/// barrier passed too early or twice, a gate opened before its barriers. Nothing where it is right,
/// and for events that people caused.
std::optional<std::string> unjustified(const Campaign& before, const v1::StoredEvent& event,
                                       Time recorded);

/// A command of a person: start, hold, resume or cancel. Errc::not_allowed where the campaign's
/// state has no such transition, with those that are possible.
Result<v1::StoredEvent> steered(const Campaign& campaign, v1::Action action);

/// Decided, and not yet carried out at every gate: a barrier has passed, or was undercut, and a
/// gate that follows from it has not moved.
bool has_half_open_gate(const Campaign& campaign);

}  // namespace ferry
