#include "cli/import/finding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry::intake {

std::string to_text(const Place& place) {
    return fmt::format("{}:{}:{}", place.file, place.spot.line, place.spot.column);
}

std::string to_text(const Finding& finding) {
    if (finding.remedy.empty()) return fmt::format("{}: {}", to_text(finding.place), finding.what);
    return fmt::format("{}: {}; {}", to_text(finding.place), finding.what, finding.remedy);
}

Spot spot_in(std::string_view text, std::size_t offset, std::uint32_t first_line) {
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto last_break = before.rfind('\n');
    const auto line_text = last_break == before.npos ? before : before.substr(last_break + 1);
    const auto breaks = std::count(before.begin(), before.end(), '\n');
    // UTF-8 continuation bytes belong to the character before them.
    const auto characters = std::count_if(line_text.begin(), line_text.end(),
                                          [](char byte) { return (byte & 0xC0) != 0x80; });
    return {first_line + static_cast<std::uint32_t>(breaks),
            static_cast<std::uint32_t>(characters) + 1};
}

}  // namespace ferry::intake
