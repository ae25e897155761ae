#include "engine/wave_fold.hpp"

#include "engine/misfit.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// A sample each time a share of this size has moved, so that a wave of any size keeps few.
constexpr std::uint32_t sample_share = 64;

void enlist(Fleet& fleet, std::uint32_t number, const WaveState& wave) {
    for (const std::uint32_t member : wave.members) fleet.in_wave[member] = number;
}

void release(Fleet& fleet, std::uint32_t number, const WaveState& wave) {
    for (const std::uint32_t member : wave.members) {
        const auto found = fleet.in_wave.find(member);
        if (found != fleet.in_wave.end() && found->second == number) fleet.in_wave.erase(found);
    }
}

void count(WaveState& wave, MemberStanding standing, int by) {
    if (standing == MemberStanding::moved) wave.moved += static_cast<std::uint32_t>(by);
    if (standing == MemberStanding::moving) wave.moving += static_cast<std::uint32_t>(by);
}

/// Counts all members as they stand now; what they did while the wave did not follow them included.
void recount(const Fleet& fleet, WaveState& wave) {
    wave.moved = wave.moving = 0;
    for (const std::uint32_t member : wave.members) {
        const MemberStanding standing = wave.standing(member, fleet.entities[member]);
        count(wave, standing, +1);
        if (standing <= MemberStanding::moved) wave.failures.erase(member);
    }
}

std::vector<std::uint32_t> members_of(const v1::WavePlanned& body) {
    std::vector<std::uint32_t> members;
    std::uint64_t next = 0;
    for (int i = 0; i + 1 < body.members_size(); i += 2) {
        next += body.members(i);
        for (std::uint64_t left = body.members(i + 1); left > 0; --left)
            members.push_back(static_cast<std::uint32_t>(next++));
    }
    return members;
}

void plan(Fleet& fleet, std::uint32_t number, const v1::StoredEvent& event) {
    const v1::WavePlanned& body = event.wave_planned();
    WaveState wave;
    wave.owner = event.actor();
    wave.time_zone = body.time_zone();
    wave.to = body.to();
    wave.pilot = body.pilot();
    wave.window = {from_microseconds(body.start()), from_microseconds(body.complete_by())};
    wave.size_max = body.size_max();
    wave.pace = body.pace();
    wave.concurrency = body.concurrency();
    wave.failure_budget = body.failure_budget();
    for (const std::uint64_t before : body.after())
        wave.after.push_back(static_cast<std::uint32_t>(before));
    wave.members = members_of(body);
    for (const v1::WaveMemberWindow& own : body.windows())
        wave.windows[static_cast<std::uint32_t>(own.member())] = {
            from_microseconds(own.start()), from_microseconds(own.complete_by())};
    recount(fleet, wave);
    enlist(fleet, number, wave);
    fleet.waves[number] = std::move(wave);
}

void note_sample(WaveState& wave, Time recorded) {
    const std::uint32_t step = std::max(1U, wave.total() / sample_share);
    if (!wave.samples.empty() && wave.moved < wave.samples.back().moved + step &&
        wave.moved < wave.total())
        return;
    if (!wave.samples.empty() && wave.samples.back().recorded == recorded)
        wave.samples.back().moved = wave.moved;
    else wave.samples.push_back({recorded, wave.moved});
    // Members may go back and forth; the oldest are the least telling.
    if (wave.samples.size() > std::size_t{2} * sample_share)
        wave.samples.erase(wave.samples.begin());
}

void step(const Fleet& fleet, WaveState& wave, const v1::WaveStepped& body) {
    wave.taken_since += body.taken();
    wave.next = std::min(body.next(), wave.total());
    for (const v1::WaveFailure& failure : body.failures()) {
        const auto member = static_cast<std::uint32_t>(failure.member());
        if (wave.standing(member, fleet.entities[member]) == MemberStanding::waiting)
            wave.failures[member] = failure.reason();
    }
}

void resume(WaveState& wave, const v1::WaveResumed& body) {
    if (body.retry_failed()) {
        wave.failures.clear();
        wave.next = 0;
    }
    wave.forgiven = wave.failed();
}

std::string by_whom(std::string_view what, const v1::StoredEvent& event) {
    return event.reason().empty()
               ? fmt::format("{} by {}", what, event.actor())
               : fmt::format("{} by {}: {}", what, event.actor(), event.reason());
}

void transit(Fleet& fleet, std::uint32_t number, WaveState& wave, v1::State from,
             const v1::StoredEvent& event) {
    const v1::State to = event.transitioned().to();
    if (is_unfinished(from) && !is_unfinished(to)) release(fleet, number, wave);
    if (!is_unfinished(from) && is_unfinished(to)) {
        recount(fleet, wave);
        enlist(fleet, number, wave);
    }
    if (event.transitioned().command() == v1::ACTION_STOP_WAVE)
        wave.why = by_whom("stopped", event);
    if (to == v1::STATE_WAVE_PAUSED) wave.why = by_whom("paused", event);
    if (to == v1::STATE_WAVE_ROLLED_BACK) wave.why = by_whom("rolled back", event);
    if (to == v1::STATE_WAVE_COMPLETED) wave.why.clear();
    if (to != v1::STATE_WAVE_RUNNING) return;
    wave.why.clear();
    wave.running_since = fleet.recorded;
    wave.taken_since = 0;
    wave.samples = {{fleet.recorded, wave.moved}};
    if (wave.started.value != 0) return;
    wave.started = fleet.position;
    wave.started_at = fleet.recorded;
    wave.moved_at_start = wave.moved;
}

void follow_member(Fleet& fleet, WaveState& wave, std::uint32_t number, const Entity& before,
                   const v1::StoredEvent& event) {
    const MemberStanding was = wave.standing(number, before);
    // A move back is owed to a rollback; it says nothing of the way forward.
    if (event.has_move_failed() && !event.move_failed().back())
        wave.failures[number] = event.move_failed().cause();
    const MemberStanding is = wave.standing(number, fleet.entities[number]);
    if (is == MemberStanding::moved || is == MemberStanding::moving) wave.failures.erase(number);
    if (was == is) return;
    count(wave, was, -1);
    count(wave, is, +1);
    if (is == MemberStanding::moved) note_sample(wave, fleet.recorded);
}

}  // namespace

void follow_waves(Fleet& fleet, const Entity& before, const v1::StoredEvent& event) {
    const auto number = static_cast<std::uint32_t>(event.entity());
    if (event.has_wave_planned()) return plan(fleet, number, event);
    if (before.kind == v1::KIND_WAVE) {
        const auto wave = fleet.waves.find(number);
        if (wave == fleet.waves.end()) return;
        if (event.has_wave_stepped()) step(fleet, wave->second, event.wave_stepped());
        if (event.has_wave_held()) wave->second.why = event.wave_held().reason();
        if (event.has_wave_resumed()) resume(wave->second, event.wave_resumed());
        if (event.has_transitioned()) transit(fleet, number, wave->second, before.lifecycle, event);
        return;
    }
    if (fleet.in_wave.empty()) return;
    const auto in = fleet.in_wave.find(number);
    if (in != fleet.in_wave.end())
        follow_member(fleet, fleet.waves[in->second], number, before, event);
}

void enlist_all(Fleet& fleet) {
    for (const auto& [number, wave] : fleet.waves)
        if (is_unfinished(v1::State(fleet.entities[number].lifecycle))) enlist(fleet, number, wave);
}

std::optional<std::string> wave_misfit(const Fleet& fleet, const v1::StoredEvent& event) {
    const bool own = event.has_wave_planned() || event.has_wave_stepped() ||
                     event.has_wave_held() || event.has_wave_resumed();
    if (!own) return {};
    const Entity& entity = fleet.entities[event.entity()];
    if (entity.kind != v1::KIND_WAVE) return "an event of a wave that is none";
    const bool planned = fleet.waves.contains(static_cast<std::uint32_t>(event.entity()));
    if (planned == event.has_wave_planned())
        return planned ? "a wave that is planned twice" : "a wave that was never planned";
    const std::uint64_t size = fleet.entities.size();
    const auto is_member = [&](std::uint64_t number) {
        return number < size && fleet.entities[number].is_member();
    };
    for (const v1::WaveFailure& failure : event.wave_stepped().failures())
        if (!is_member(failure.member())) return "a failure of somebody it does not know";
    if (!event.has_wave_planned()) return {};
    const v1::WavePlanned& body = event.wave_planned();
    if (body.to() != v1::STATE_PILOT && body.to() != v1::STATE_PRODUCTION)
        return "a wave to a state it does not know";
    if (body.members_size() % 2 != 0) return "a wave of members it cannot read";
    std::uint64_t next = 0;
    for (int i = 0; i + 1 < body.members_size(); i += 2) {
        // Each is bounded before they are added, so that no sum overflows.
        if (body.members(i) > size || body.members(i + 1) > size)
            return "a wave of members it does not know";
        next += body.members(i);
        for (std::uint64_t left = body.members(i + 1); left > 0; --left, ++next)
            if (!is_member(next)) return "a wave of members it does not know";
    }
    for (const v1::WaveMemberWindow& own_window : body.windows())
        if (!is_member(own_window.member())) return "a window of somebody it does not know";
    for (const std::uint64_t before : body.after())
        if (before >= size || fleet.entities[before].kind != v1::KIND_WAVE)
            return "a wave after one that it does not know";
    return {};
}

}  // namespace ferry
