#pragma once
/// Guards about whose an entity is. Pure; any thread that may read the fleet.
#include "engine/guards.hpp"

namespace ferry {

/// The entity, and for a step also its pool, are this site's to command.
std::optional<std::string> owned_here(const GuardContext& at);

}  // namespace ferry
