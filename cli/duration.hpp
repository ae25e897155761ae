#pragma once
/// Durations as people type them. Pure.
#include <chrono>
#include <optional>
#include <string_view>

namespace ferry {

/// `500ms`, `30s`, `5m`, `2h`; a bare number is seconds. Nothing where it is none of these, is not
/// above zero, or is more than a year.
std::optional<std::chrono::milliseconds> duration_of(std::string_view text);

}  // namespace ferry
