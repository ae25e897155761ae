#include "projections/moment.hpp"

#include "events/whole_number.hpp"
#include "projections/as_of.hpp"
#include "projections/commit_walk.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

Result<Moment> at_position(const Replica& replica, std::string_view digits) {
    const Position end = replica.fleet.position;
    // A number too large for a position is beyond every end.
    const Position position{whole_number<std::uint64_t>(digits).value_or(UINT64_MAX)};
    if (position.value == 0)
        return fail(Errc::usage, fmt::format("there is no position 0; {} has positions 1 to {}",
                                             replica.log->name(), end.value));
    if (position > end) return std::unexpected(beyond_end(*replica.log, position, end));
    return Moment{position, fmt::format("{}:{}", replica.fleet.site, position.value)};
}

Result<Moment> at_time(const Replica& replica, Time time) {
    const auto position = last_recorded_by(replica, time);
    if (!position) return std::unexpected(position.error());
    if (position->value == 0)
        return fail(Errc::usage, fmt::format("{} lies before the first event of {}; give a later "
                                             "time, or position 1 for the beginning",
                                             to_rfc3339(time), replica.log->name()));
    return Moment{*position, fmt::format("{}:{} (the last event recorded by {})",
                                         replica.fleet.site, position->value, to_rfc3339(time))};
}

/// Bisects by the recorded time of commits, which never goes back: on a log that finds a commit
/// without reading what is before it.
Result<Position> bisect(Log& log, Position end, Time time) {
    Position known;
    Position next{1};
    while (next <= end) {
        const Position middle{next.value + (end.value - next.value) / 2};
        const auto stored = log.find(middle);
        if (!stored) return std::unexpected(stored.error());
        const auto header = *stored ? claimed_header(**stored) : std::nullopt;
        if (!header) return std::unexpected(damaged_after(log, known, "a commit is missing"));
        if (header->recorded <= time) {
            known = header->last();
            next = known.next();
        } else {
            end = {header->first.value - 1};
        }
    }
    return known;
}

}  // namespace

Result<Position> last_recorded_by(const Replica& replica, Time time) {
    if (replica.fleet.recorded <= time) return replica.fleet.position;
    if (replica.log->void_is_damage()) return bisect(*replica.log, replica.fleet.position, time);
    WalkPlace place;
    Position known;
    const auto walked = walk_commits(*replica.log, place, [&](const CommitView& commit) {
        if (commit.header.recorded > time) return false;
        known = commit.header.last();
        return true;
    });
    if (!walked) return std::unexpected(walked.error());
    return known;
}

Result<Moment> resolve_moment(const Replica& replica, std::string_view text) {
    const Fleet& fleet = replica.fleet;
    if (fleet.position.value == 0)
        return fail(Errc::usage, fmt::format("nothing is recorded in {} yet, so `{}` is no moment "
                                             "of it; `ferry import` begins it",
                                             replica.log->name(), text));
    if (is_number(text)) return at_position(replica, text);
    if (const auto position = fleet.label(text))
        return Moment{*position,
                      fmt::format("{}:{} (label {})", fleet.site, position->value, text)};
    if (const auto time = from_rfc3339(text)) return at_time(replica, *time);
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && is_number(text.substr(colon + 1))) {
        if (text.substr(0, colon) == fleet.site)
            return at_position(replica, text.substr(colon + 1));
        return fail(Errc::usage,
                    fmt::format("`{}` is a position of site {}, and this is the log of "
                                "{}; give {}:POSITION, a time or a label",
                                text, text.substr(0, colon), fleet.site, fleet.site));
    }
    return fail(Errc::usage,
                fmt::format("`{}` is no label of site {}, no position (120 or {}:120) and no time "
                            "(2026-11-23T08:00:00Z); `ferry status` lists the labels, and "
                            "`ferry mark {}` would set it now",
                            text, fleet.site, fleet.site, text));
}

}  // namespace ferry
