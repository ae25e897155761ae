#pragma once
/// What does not follow a user to the new side: meetings that a legacy client made, clients that
/// cannot sign in there or can do less. The other direction is rollback_impact. Pure; any thread.
#include "engine/fleet.hpp"
#include "engine/pack.hpp"

namespace ferry {

struct StaysBehind {
    std::string entity;
    std::string kind;  ///< meeting, client or client-with-less
    std::string subject;
    std::string reason;  ///< with what to do about it
};

/// In the order of what was observed; nothing for who is no user, or on the new side already.
std::vector<StaysBehind> what_stays_behind(const Fleet& fleet, const Pack& pack,
                                           EntityNumber number);

}  // namespace ferry
