#pragma once
/// The guards that only a pack's rules make fail. Part of engine/guards.hpp, which is what others
/// include. Pure; any thread that may read the fleet.
#include "engine/guards.hpp"

namespace ferry {

/// Whether a row of what the pack requires is about this step of this entity.
bool asks(const RequiredChecks& row, const GuardContext& at);
/// The pack's order between classes.
std::optional<std::string> order_respected(const GuardContext& at);
/// How much the pack lets happen at once.
std::optional<std::string> within_limits(const GuardContext& at);

}  // namespace ferry
