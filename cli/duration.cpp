#include "cli/duration.hpp"

#include <charconv>
#include <cstdint>

namespace ferry {

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count == 0) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    std::uint64_t factor = 0;
    if (unit == "ms") factor = 1;
    else if (unit == "s" || unit.empty()) factor = 1'000;
    else if (unit == "m") factor = 60'000;
    else if (unit == "h") factor = 3'600'000;
    constexpr std::uint64_t year = 365ULL * 24 * 3'600'000;
    if (factor == 0 || count > year / factor) return std::nullopt;
    return std::chrono::milliseconds(count * factor);
}

}  // namespace ferry
