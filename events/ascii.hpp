#pragma once
/// Whether a text is ASCII: most are, and then nothing more has to be asked of it. Pure; any
/// thread.
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ferry {

/// Eight bytes at a time, because most texts are short and most bytes of a log are texts.
inline bool is_ascii(std::string_view text) {
    std::uint64_t high_bits = 0;
    while (text.size() >= sizeof(high_bits)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        high_bits |= word;
        text.remove_prefix(sizeof(word));
    }
    for (const char c : text) high_bits |= static_cast<unsigned char>(c);
    return (high_bits & 0x8080808080808080) == 0;
}

}  // namespace ferry
