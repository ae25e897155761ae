#pragma once
/// What a seal says about where a log goes on. Reads only; thread rule of the log.
#include "events/log.hpp"

namespace ferry {

/// The destination that the seal at `position`, the last of a sealed log, names, quoted for a
/// message; words that say as much where its event cannot be read.
std::string sealed_destination(Log& log, Position position);

}  // namespace ferry
