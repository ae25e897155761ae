#pragma once
/// Text that others wrote, for a terminal: names, reasons and evidence come from files, topics and
/// logs, and control characters in them would do to a terminal whatever their author wants. Pure.
#include <string>
#include <string_view>

namespace ferry {

/// With each control character as `\xNN`, line breaks too.
std::string printable(std::string_view text);

}  // namespace ferry
