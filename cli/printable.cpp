#include "cli/printable.hpp"

#include <fmt/format.h>

namespace ferry {

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x20 && byte != 0x7f) shown += letter;
        else shown += fmt::format("\\x{:02x}", byte);
    }
    return shown;
}

}  // namespace ferry
