#pragma once
/// Bytes of a file become UTF-8. Conversion is iconv's; what is decided here is only from what.
#include <cstddef>
#include <string>
#include <string_view>

#include "events/error.hpp"

namespace ferry::intake {

enum class Encoding { utf8, utf8_with_mark, utf16, windows_1252 };

/// Stands in decoded text for every byte that is not text: it never occurs in UTF-8, so a record
/// that holds it is known without a list of places.
inline constexpr char not_text = '\xFF';

struct Text {
    std::string utf8;
    Encoding encoding = Encoding::utf8;
};

/// A byte order mark decides. Without one, what reads as UTF-8 is UTF-8 (a few damaged places
/// included), and the rest is taken for Windows-1252, which the caller should say. UTF-16 without
/// its mark is refused (bad_input).
Result<Text> decode(std::string bytes);

/// How many bytes of `text` belong to no UTF-8 character.
std::size_t stray_bytes(std::string_view text);

}  // namespace ferry::intake
