#pragma once
/// Sites that another one has taken over: the copies of their logs, and what is no longer theirs in
/// a reader's memory. One thread.
#include "cli/session.hpp"
#include "engine/replica.hpp"

#include <memory>
#include <span>
#include <string>

namespace ferry {

/// The log of a lost site at `from`, the URL of a copy, or where that is empty at --log. Errors:
/// unavailable (no such log there), damaged (no commit of it counts), and as reading it.
Result<std::unique_ptr<Replica>> open_lost_copy(Session& session, const std::string& from,
                                                const std::string& site);

/// That the copy is of the log that was taken over, to where it was known. Errors: damaged.
Result<void> check_lost_copy(const Replica& copy, const TakenSite& taken, std::string_view taker);

/// A site's fleet as a reader has it, now or as of a moment.
struct FleetSeen {
    Log* log = nullptr;
    Fleet* fleet = nullptr;
};

/// Of fleets whose sites were taken over by then, nothing is their own any more, and what those
/// sites wrote after they were known for the last time counts for nothing.
Result<void> give_up_lost(std::span<const FleetSeen> seen);

}  // namespace ferry
