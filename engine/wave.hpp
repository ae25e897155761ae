#pragma once
/// A wave as folded from its log: what was planned, how its members stand now, and why it does not
/// go on. Changed by `evolve` alone; which state it is in stands in its entity's lifecycle. Plain
/// values; times are recorded times, the epoch standing for "none given".
#include "engine/entity.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace ferry {

/// When somebody may be moved; the epoch is no limit.
struct WaveWindow {
    Time start{};
    Time complete_by{};

    bool opened(Time now) const { return now >= start; }
    bool closed(Time now) const { return complete_by != Time{} && now >= complete_by; }
};

/// How far a wave was at a moment; its pace is measured between two of these.
struct WaveSample {
    Time recorded{};
    std::uint64_t moved = 0;
};

enum class MemberStanding : std::uint8_t { waiting, moving, moved, failed };

struct WaveState {
    // As planned.
    std::string owner;  ///< who planned it
    std::string time_zone;
    Small<v1::State> to;
    bool pilot = false;
    WaveWindow window;
    std::uint32_t size_max = 0;          ///< 0: no limit
    std::uint32_t pace = 0;              ///< members a minute; 0: as fast as it goes
    std::uint32_t concurrency = 0;       ///< open moves at once; 0: no limit of the wave's own
    std::uint32_t failure_budget = 0;    ///< it holds at so many failures; 0: never
    std::vector<std::uint32_t> after;    ///< waves that have to be completed first
    std::vector<std::uint32_t> members;  ///< entity numbers, ascending
    boost::unordered_flat_map<std::uint32_t, WaveWindow> windows;  ///< of members that have one

    // As it went.
    Position started;  ///< of the transition that first started it; 0: never
    Time started_at{};
    Time running_since{};              ///< the latest start, resume or retry
    std::uint32_t taken_since = 0;     ///< members taken up since then, for the pace
    std::uint32_t next = 0;            ///< index of the first member not taken up yet; a hint
    std::uint32_t forgiven = 0;        ///< failures that were there at the latest resume
    std::uint32_t moved = 0;           ///< members that are there
    std::uint32_t moving = 0;          ///< members whose move is open
    std::uint32_t moved_at_start = 0;  ///< of them, there before it began
    boost::unordered_flat_map<std::uint32_t, std::string> failures;  ///< by member, why
    std::string why;                                                 ///< it holds or was stopped
    std::vector<WaveSample> samples;

    std::uint32_t total() const { return static_cast<std::uint32_t>(members.size()); }
    std::uint32_t failed() const { return static_cast<std::uint32_t>(failures.size()); }
    std::uint32_t waiting() const { return total() - moved - moving - failed(); }
    /// Failures since somebody last looked and went on.
    std::uint32_t measured() const { return failed() - std::min(forgiven, failed()); }
    /// A member's own window comes before the wave's.
    WaveWindow window_of(std::uint32_t member) const;
    /// Whether its window ends by its own plan and not by the wave's.
    bool ends_for_itself(std::uint32_t member) const;
    MemberStanding standing(std::uint32_t number, const Entity& member) const;
};

/// Planned, running, paused or held: it has its members for itself.
bool is_unfinished(v1::State wave);

class Fleet;

/// Nothing where the entity is no wave that was planned.
const WaveState* wave_of(const Fleet& fleet, EntityNumber wave);
/// The unfinished wave that the member is in; 0 where it is in none.
EntityNumber unfinished_wave_of(const Fleet& fleet, EntityNumber member);

}  // namespace ferry
