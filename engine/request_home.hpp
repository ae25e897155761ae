#pragma once
/// What can be said of a command that moves an entity's home without looking at any state. Pure.
#include "engine/request.hpp"

#include <optional>

namespace ferry {

/// Errc::bad_input, with what would be right; nothing wrong where it is another command.
Result<void> check_home_command(const v1::Command& command, v1::Kind kind);

/// Of 32 hexadecimal digits; nothing where they are none.
std::optional<LogId> log_id_from_hex(std::string_view hex);

/// What is agreed to where a site is taken over: these bytes and no others.
Hash takeover_hash(std::string_view taker, const v1::TakeOverSite& asked);

}  // namespace ferry
