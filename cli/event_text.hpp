#pragma once
/// One event as people read it; control characters in it are shown, not sent. Pure.
#include "ferry/v1/event.pb.h"

#include <string>

namespace ferry {

/// What happened: `pilot → production (promote)`, `services-started PASS`, ….
std::string event_text(const v1::Event& event);

/// Empty where the event has none of that name.
std::string event_detail(const v1::Event& event, const std::string& name);

/// When it was recorded: `2026-11-23 08:00:00Z`.
std::string event_time(const v1::Event& event);

/// `paris:120`.
std::string event_place(const v1::Event& event);

/// By whom and why: `dana: pilot wave 1`.
std::string event_cause(const v1::Event& event);

/// `ferry.v1.Event` in protobuf's JSON mapping, on one line.
std::string event_json(const v1::Event& event);

}  // namespace ferry
