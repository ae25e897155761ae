#pragma once
/// The events by which a log says who writes it: its creation, each taking over, and its seal. They
/// stand in the stream `site:NAME`. Pure; any thread.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

namespace ferry {

v1::StoredEvent log_created(const LogId& id, const std::string& site);

/// `fleet` is the state before the event, and says which version of the stream is the next.
v1::StoredEvent owner_taken(const Fleet& fleet, Term term, const WriterId& writer,
                            const std::string& cause);
v1::StoredEvent log_sealed(const Fleet& fleet, const WriterId& successor,
                           const std::string& destination);

}  // namespace ferry
