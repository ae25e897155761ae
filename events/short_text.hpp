#pragma once
/// The beginning of a text that may be too long for where it is to be told. Pure; any thread.
#include <string>
#include <string_view>

namespace ferry {

/// At most `bytes_max` bytes of it and, where something is left out, `…`. No character of UTF-8 is
/// cut in two.
std::string shortened(std::string_view text, std::size_t bytes_max);

}  // namespace ferry
