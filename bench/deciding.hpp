#pragma once
/// Deciding alone: no log, no commands and no answers, only machines, guards and the fold. The
/// fleet is changed and no log knows of it, so nothing may be written from it afterwards. One
/// thread.
#include "engine/fleet.hpp"

#include <vector>

namespace ferry::bench {

/// All users and applications, in an order of no meaning that is always the same.
std::vector<std::uint32_t> shuffled_members(const Fleet& fleet);

/// Sets the members back to legacy, then restores the machine of each, asks it to enter coexistence
/// with all its guards, and folds what it says: nanoseconds a member. Their pools must be in
/// coexistence.
double decide_all(Fleet& fleet, const std::vector<std::uint32_t>& members);

}  // namespace ferry::bench
