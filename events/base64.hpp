#pragma once
/// Base64 with padding (RFC 4648), by libsodium. Pure; any thread.
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

std::string to_base64(Bytes bytes);
/// Nothing where the text is not base64 from its first letter to its last.
std::optional<std::vector<Byte>> from_base64(std::string_view text);

}  // namespace ferry
