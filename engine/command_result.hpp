#pragma once
/// An answer that is told in words. Pure; any thread.
#include "ferry/v1/command.pb.h"

#include <string>
#include <string_view>
#include <utility>

namespace ferry {

inline v1::CommandResult answer_of(const v1::Command& command, std::string_view outcome,
                                   std::string message) {
    v1::CommandResult result;
    result.set_command_id(command.command_id());
    result.set_outcome(std::string(outcome));
    result.set_message(std::move(message));
    return result;
}

}  // namespace ferry
