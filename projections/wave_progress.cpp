#include "projections/wave_progress.hpp"

#include "events/error.hpp"

#include <algorithm>
#include <cmath>

namespace ferry {

namespace {

double minutes_between(Time from, Time to) {
    return std::chrono::duration<double, std::ratio<60>>(to - from).count();
}

std::optional<double> pace_between(const WaveSample& from, const WaveSample& to) {
    const double minutes = minutes_between(from.recorded, to.recorded);
    if (minutes <= 0 || to.moved <= from.moved) return std::nullopt;
    return static_cast<double>(to.moved - from.moved) / minutes;
}

/// The slowest and the quickest of a few stretches, and the whole: what may well come again.
struct PaceRange {
    double least = 0;
    double most = 0;
    void widen(std::optional<double> pace) {
        if (!pace) return;
        least = least == 0 ? *pace : std::min(least, *pace);
        most = std::max(most, *pace);
    }
};

/// How many were there at that time, as far as samples were taken.
WaveSample at_time(const std::vector<WaveSample>& samples, Time time) {
    WaveSample found{time, samples.front().moved};
    for (const WaveSample& sample : samples)
        if (sample.recorded <= time) found.moved = sample.moved;
    return found;
}

/// Stretches of equal length: the first members are taken up in no time, which says nothing.
PaceRange range_of(const std::vector<WaveSample>& samples, const WaveSample& last) {
    constexpr int stretches = 4;
    const WaveSample& first = samples.front();
    const auto stretch = (last.recorded - first.recorded) / stretches;
    PaceRange range;
    WaveSample from = first;
    for (int i = 1; i <= stretches; ++i) {
        const WaveSample to =
            i == stretches ? last : at_time(samples, first.recorded + i * stretch);
        range.widen(pace_between(from, to));
        from = to;
    }
    range.widen(pace_between(first, last));
    return range;
}

std::chrono::seconds seconds_for(double members, double pace) {
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(members / pace * 60)));
}

/// Until the last window opens that somebody waits for: no pace brings them there before that.
std::chrono::seconds until_open(const Fleet& fleet, const WaveState& wave, Time now) {
    Time last = now;
    // A wave that runs is within its own window, unless a member's brought it to run.
    if (!wave.windows.empty())
        for (const std::uint32_t member : wave.members)
            if (wave.standing(member, fleet.entities[member]) == MemberStanding::waiting)
                last = std::max(last, wave.window_of(member).start);
    return std::chrono::ceil<std::chrono::seconds>(last - now);
}

void measure(const Fleet& fleet, const WaveState& wave, Time now, WaveProgress& progress) {
    if (progress.state != v1::STATE_WAVE_RUNNING || wave.samples.empty()) return;
    const WaveSample last{std::max(now, wave.samples.back().recorded), wave.moved};
    progress.pace = pace_between(wave.samples.front(), last);
    const double left = wave.waiting() + wave.moving;
    if (!progress.pace || left == 0) return;
    const PaceRange range = range_of(wave.samples, last);
    const std::chrono::seconds closed = until_open(fleet, wave, last.recorded);
    progress.left_least = std::max(closed, seconds_for(left, range.most));
    progress.left_most = std::max(closed, seconds_for(left, range.least));
}

}  // namespace

WaveProgress wave_progress(const Fleet& fleet, EntityNumber number, Time now) {
    const WaveState* wave = wave_of(fleet, number);
    FERRY_ASSERT(wave, "the progress of a wave that was never planned");
    WaveProgress progress;
    progress.number = number;
    progress.name = fleet.name(number);
    progress.site = fleet.site;
    progress.state = fleet.at(number).lifecycle;
    progress.to = wave->to;
    progress.pilot = wave->pilot;
    progress.total = wave->total();
    progress.moving = wave->moving;
    progress.moved = wave->moved;
    progress.failed = wave->failed();
    progress.remaining = wave->waiting();
    progress.owner = wave->owner;
    progress.why = wave->why;
    if (progress.state == v1::STATE_WAVE_ROLLED_BACK) {
        // It followed its members to its end, and they were set back after that.
        progress.moved = wave->moved_at_start;
        progress.moving = progress.failed = 0;
        progress.remaining = progress.total - progress.moved;
    }
    measure(fleet, *wave, now, progress);
    return progress;
}

std::vector<WaveProgress> all_waves(const Fleet& fleet, Time now) {
    std::vector<WaveProgress> all;
    for (const auto& [number, wave] : fleet.waves)
        all.push_back(wave_progress(fleet, {number}, now));
    std::ranges::sort(all, {}, &WaveProgress::name);
    return all;
}

}  // namespace ferry
