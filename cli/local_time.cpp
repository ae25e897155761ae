#include "cli/local_time.hpp"

#include "engine/spelling.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

namespace ferry {

namespace {

/// The process is in this zone as long as the object lives.
class InZone {
public:
    explicit InZone(const std::string& zone) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        setenv("TZ", (":" + zone).c_str(), 1);
        tzset();
    }
    ~InZone() {
        if (before_) setenv("TZ", before_->c_str(), 1);
        else unsetenv("TZ");
        tzset();
    }
    InZone(const InZone&) = delete;
    InZone& operator=(const InZone&) = delete;

private:
    std::optional<std::string> before_;
};

std::filesystem::path zone_directory() {
    const char* other = std::getenv("TZDIR");
    return other && *other ? other : "/usr/share/zoneinfo";
}

bool is_zone(const std::string& name) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-";
    if (name.empty() || name.front() == '/' || name.find_first_not_of(letters) != name.npos)
        return false;
    std::ifstream file(zone_directory() / name, std::ios::binary);
    std::string magic(4, '\0');
    return file.read(magic.data(), 4) && magic == "TZif";
}

std::string nearest_zone(const std::string& typed) {
    NearestWord nearest(typed, 4);
    std::error_code error;
    std::filesystem::recursive_directory_iterator each(zone_directory(), error);
    for (; !error && each != std::filesystem::recursive_directory_iterator();
         each.increment(error)) {
        const std::string name =
            std::filesystem::relative(each->path(), zone_directory(), error).string();
        if (!name.starts_with("posix") && !name.starts_with("right")) nearest.offer(name);
    }
    return nearest.found();
}

/// What the clock on the wall shows, as if it were UTC.
std::optional<std::time_t> wall_time(const std::string& text) {
    for (const char* form :
         {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"}) {
        std::tm parts{};
        const char* end = strptime(text.c_str(), form, &parts);
        if (!end || *end != '\0') continue;
        const std::tm typed = parts;
        const std::time_t wall = timegm(&parts);
        // The 31st of a month that has 30 days would become another day.
        if (parts.tm_mday == typed.tm_mday && parts.tm_sec == typed.tm_sec) return wall;
    }
    return std::nullopt;
}

std::string with_offset(const std::string& text, long seconds) {
    const long minutes = std::abs(seconds) / 60;
    std::string time = text;
    time[10] = 'T';
    if (time.size() == 16) time += ":00";
    return fmt::format("{}{}{:02}:{:02}", time, seconds < 0 ? '-' : '+', minutes / 60,
                       minutes % 60);
}

/// The offsets of the zone around that time: two where its clocks change.
std::set<long> offsets_around(std::time_t wall) {
    constexpr std::time_t hour = 3600;
    std::set<long> offsets;
    // No zone is further from UTC than this, so that both sides of a change are seen.
    for (std::time_t probe = wall - 26 * hour; probe <= wall + 26 * hour; probe += 2 * hour) {
        std::tm parts{};
        if (localtime_r(&probe, &parts)) offsets.insert(parts.tm_gmtoff);
    }
    return offsets;
}

bool shows(std::time_t time, std::time_t wall) {
    std::tm parts{};
    return localtime_r(&time, &parts) && time + parts.tm_gmtoff == wall;
}

}  // namespace

Result<Time> time_in_zone(const std::string& text, const std::string& zone) {
    if (const auto absolute = from_rfc3339(text)) return *absolute;
    const auto wall = wall_time(text);
    if (!wall)
        return fail(Errc::bad_input,
                    fmt::format("`{}` is no time such as 2027-03-01T20:00 or, with "
                                "seconds and an offset, 2027-03-01T20:00:00+01:00",
                                text));
    if (zone.empty())
        return fail(Errc::bad_input,
                    fmt::format("`{}` in which zone? Give an offset, as in {}, or --time-zone "
                                "Europe/Paris",
                                text, with_offset(text, 3600)));
    if (!is_zone(zone)) {
        const std::string nearest = nearest_zone(zone);
        return fail(Errc::bad_input,
                    fmt::format("there is no time zone `{}` here; {}", zone,
                                nearest.empty() ? "`ls /usr/share/zoneinfo` names them"
                                                : fmt::format("did you mean `{}`?", nearest)));
    }
    const InZone in_zone(zone);
    const std::set<long> offsets = offsets_around(*wall);
    std::set<std::time_t> meant;
    for (const long offset : offsets)
        if (shows(*wall - offset, *wall)) meant.insert(*wall - offset);
    if (meant.size() == 1) return Time(std::chrono::seconds(*meant.begin()));
    return fail(Errc::bad_input, fmt::format("{} {} in {}, where the clocks change; say {} or {}",
                                             text, meant.empty() ? "does not exist" : "comes twice",
                                             zone, with_offset(text, *offsets.rbegin()),
                                             with_offset(text, *offsets.begin())));
}

}  // namespace ferry
