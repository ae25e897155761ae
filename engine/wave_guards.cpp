// Guards of waves. Each looks at what is recorded alone: the clock of whoever asks has no say.
#include "engine/guards.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

#include <set>

namespace ferry {

namespace {

using Failure = std::optional<std::string>;

/// In which zone the wave's times were given is told beside them.
std::string shown(Time time, const WaveState& wave) {
    return wave.time_zone.empty()
               ? to_rfc3339(time)
               : fmt::format("{} (given in {})", to_rfc3339(time), wave.time_zone);
}

Failure window_open(const GuardContext& at, const WaveState& wave) {
    Time opens = wave.window.start;
    const auto is_open = [&](const WaveWindow& window) {
        return window.opened(at.now()) && !window.closed(at.now());
    };
    if (is_open(wave.window)) return {};
    bool later = !wave.window.opened(at.now());
    for (const auto& [member, unused] : wave.windows) {
        const WaveWindow own = wave.window_of(member);
        if (is_open(own)) return {};
        if (own.opened(at.now())) continue;
        opens = later ? std::min(opens, own.start) : own.start;
        later = true;
    }
    if (later)
        return fmt::format("the window of {} opens at {}; it is {} by the log's time",
                           at.fleet.id(at.number), shown(opens, wave), to_rfc3339(at.now()));
    return fmt::format("the window of {} closed at {}; stop it and plan another wave of those who "
                       "are left",
                       at.fleet.id(at.number), shown(wave.window.complete_by, wave));
}

/// It ended, and somebody was moved by it.
bool ended_well(const Fleet& fleet, std::uint32_t number, const WaveState& wave) {
    const v1::State state = fleet.entities[number].lifecycle;
    return state == v1::STATE_WAVE_COMPLETED ||
           (state == v1::STATE_WAVE_COMPLETED_WITH_FAILURES && wave.moved > 0);
}

Failure waves_before_completed(const GuardContext& at, const WaveState& wave) {
    for (const std::uint32_t before : wave.after) {
        const WaveState* other = wave_of(at.fleet, {before});
        if (other && ended_well(at.fleet, before, *other)) continue;
        return fmt::format("{} comes after {}, which is {}; complete that first",
                           at.fleet.id(at.number), at.fleet.id({before}),
                           word(v1::State(at.fleet.at({before}).lifecycle)));
    }
    return {};
}

std::set<std::uint32_t> pools_of(const Fleet& fleet, const WaveState& wave) {
    std::set<std::uint32_t> pools;
    std::uint32_t last = 0;
    for (const std::uint32_t member : wave.members) {
        const std::uint32_t pool = fleet.entities[member].pool;
        // Members of one pool mostly stand together.
        if (pool != last) pools.insert(pool);
        last = pool;
    }
    return pools;
}

Failure pilot_wave_completed(const GuardContext& at, const WaveState& wave) {
    if (wave.pilot) return {};
    const std::set<std::uint32_t> own = pools_of(at.fleet, wave);
    std::set<std::uint32_t> piloted;
    std::set<std::pair<std::uint32_t, std::uint32_t>> waiting;  // the pool and its pilot wave
    for (const auto& [number, other] : at.fleet.waves) {
        const bool given_up =
            other.started.value == 0 && !is_unfinished(at.fleet.entities[number].lifecycle);
        if (!other.pilot || given_up) continue;
        for (const std::uint32_t pool : pools_of(at.fleet, other)) {
            if (!own.contains(pool)) continue;
            if (ended_well(at.fleet, number, other)) piloted.insert(pool);
            else waiting.insert({pool, number});
        }
    }
    for (const auto& [pool, number] : waiting)
        if (!piloted.contains(pool))
            return fmt::format("{}, the pilot wave of {}, is {}; complete it before a bulk wave of "
                               "that pool",
                               at.fleet.id({number}), at.fleet.id({pool}),
                               word(v1::State(at.fleet.at({number}).lifecycle)));
    return {};
}

Failure members_free(const GuardContext& at, const WaveState& wave) {
    for (const std::uint32_t member : wave.members) {
        const EntityNumber in = unfinished_wave_of(at.fleet, {member});
        if (in.value != 0 && in != at.number)
            return fmt::format("{} is in {} now; complete or stop that first",
                               at.fleet.id({member}), at.fleet.id(in));
    }
    return {};
}

/// Counted anew: a wave that has ended does not follow its members.
Failure members_set_back(const GuardContext& at, const WaveState& wave) {
    std::uint32_t moved = 0;
    std::uint32_t moving = 0;
    for (const std::uint32_t member : wave.members) {
        const MemberStanding standing = wave.standing(member, at.fleet.entities[member]);
        if (standing == MemberStanding::moved) ++moved;
        // Moves back are kept elsewhere; one forward may still arrive.
        if (at.fleet.moves.contains(member)) ++moving;
    }
    if (moved <= wave.moved_at_start && moving == 0) return {};
    return fmt::format("{} where {} took them; `ferry wave rollback {}` sets them back first",
                       counted(moved - std::min(moved, wave.moved_at_start) + moving,
                               "member stands", "members stand"),
                       at.fleet.id(at.number), at.fleet.name(at.number));
}

}  // namespace

Failure wave_failure(Guard guard, const GuardContext& at) {
    const WaveState* wave = wave_of(at.fleet, at.number);
    if (!wave) return fmt::format("{} was registered and never planned", at.fleet.id(at.number));
    switch (guard) {
        case Guard::window_open: return window_open(at, *wave);
        case Guard::waves_before_completed: return waves_before_completed(at, *wave);
        case Guard::pilot_wave_completed: return pilot_wave_completed(at, *wave);
        case Guard::members_free: return members_free(at, *wave);
        default: return members_set_back(at, *wave);
    }
}

}  // namespace ferry
