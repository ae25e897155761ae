#pragma once
/// A check that nothing asks for is recorded all the same, but is more often a slip of the hand.
#include "cli/session.hpp"
#include "engine/pack.hpp"

#include <string>

namespace ferry {

/// Warns, with the nearest name, where no rule of the pack asks for `check`.
void warn_where_unasked(Session& session, const Pack& pack, const std::string& check);

}  // namespace ferry
