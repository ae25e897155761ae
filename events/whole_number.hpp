#pragma once
/// A whole number as people and files write it: digits from the first letter to the last, and for a
/// signed type perhaps a minus before them. Pure; any thread.
#include <algorithm>
#include <charconv>
#include <concepts>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace ferry {

/// Digits alone, also more of them than any type holds.
inline bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Nothing where the text is anything else, or more than a `Number` holds.
template <std::integral Number>
std::optional<Number> whole_number(std::string_view text) {
    Number number = 0;
    const char* const end = std::to_address(text.end());
    const auto read = std::from_chars(std::to_address(text.begin()), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace ferry
