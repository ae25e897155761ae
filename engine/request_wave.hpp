#pragma once
/// What can be said about the commands of a wave without looking at any state. Pure.
#include "events/error.hpp"
#include "ferry/v1/command.pb.h"

#include <optional>

namespace ferry {

/// Errc::bad_input, with what is wrong and what would be right; nothing is wrong with a command of
/// another action.
Result<void> check_wave(const v1::Command& command);

/// `5` or `2%` of so many members, at least one; 0 where none is given, nothing where it cannot be
/// read. It holds once so many have failed.
std::optional<std::uint32_t> failure_budget_of(std::string_view text, std::size_t members);

/// A name as one gives it for `wave:NAME`, with or without that.
std::string wave_id(std::string_view name);

}  // namespace ferry
