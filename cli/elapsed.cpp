#include "cli/elapsed.hpp"

#include "engine/words.hpp"
#include "events/clock.hpp"

namespace ferry {

std::string short_time(Time time) {
    std::string text = to_rfc3339(time).substr(0, 19);
    text[10] = ' ';
    return text + "Z";
}

std::string elapsed(Time since, Time now) {
    constexpr std::pair<std::int64_t, std::string_view> units[] = {
        {86'400, "day"}, {3'600, "hour"}, {60, "minute"}};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since).count();
    for (const auto& [length, name] : units) {
        const std::int64_t count = seconds / length;
        if (count >= 1) return counted(static_cast<std::uint64_t>(count), name) + " ago";
    }
    return "just now";
}

}  // namespace ferry
