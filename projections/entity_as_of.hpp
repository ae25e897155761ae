#pragma once
/// One member as it was after an event, with its pools and the site's own stream: read back along
/// their own events, so that it costs their number, whatever the size of the log. One thread.
#include "engine/replica.hpp"

namespace ferry {

/// A fleet that holds the member and its pools alone, under numbers of its own, and of the pools no
/// counts of members: enough for everything that is asked of a member, for nothing else.
struct MemberAsOf {
    Fleet fleet;
    EntityNumber number;  ///< in that fleet; one it does not know where it was not registered yet
};

/// After event `position`. `member` is a user or an application of the replica's fleet. Errors:
/// usage (beyond the end), damaged, and as Log::find.
Result<MemberAsOf> member_as_of(const Replica& replica, EntityNumber member, Position position);

}  // namespace ferry
