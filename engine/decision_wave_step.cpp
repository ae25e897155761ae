// One step of a wave: the members that are due are taken up, each by its own machine and under the
// pack, in one commit with what the wave has to remember of them. So a step is done or not done,
// whenever its runner is killed.
#include "engine/emit.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"
#include "events/commit.hpp"
#include "events/short_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// A few events end the commit; the others are steps of members.
constexpr std::size_t steps_max = commit_events_max - 8;
constexpr std::size_t reason_bytes_max = 300;
constexpr std::size_t event_bytes = 128;  ///< of an event beside the texts of its command

std::vector<v1::Action> way_to(v1::State from, v1::State to) {
    if (to == v1::STATE_PRODUCTION) return {v1::ACTION_PROMOTE};
    if (from == v1::STATE_LEGACY) return {v1::ACTION_ENTER_COEXISTENCE, v1::ACTION_START_PILOT};
    return {v1::ACTION_START_PILOT};
}

std::string reasons_of(const std::vector<FailedGuard>& failures) {
    std::string text;
    for (const FailedGuard& failed : failures)
        text +=
            fmt::format("{}{}: {}", text.empty() ? "" : "; ", name_of(failed.guard), failed.reason);
    return text;
}

/// A check that a failed guard names and whose latest outcome says neither yes nor no.
std::optional<std::string> inconclusive(const Fleet& fleet, EntityNumber number,
                                        const std::vector<FailedGuard>& failures) {
    for (const FailedGuard& failed : failures) {
        if (failed.guard != Guard::checks_passed && failed.guard != Guard::coexistence_verified &&
            failed.guard != Guard::compatible)
            continue;
        for (const EntityNumber subject : {number, EntityNumber{fleet.at(number).pool}}) {
            const auto checks = fleet.checks.find(static_cast<std::uint32_t>(subject.value));
            if (checks == fleet.checks.end()) continue;
            for (const CheckState& check : checks->second) {
                const std::string_view name = fleet.texts.text(check.check);
                if (check.outcome == v1::CHECK_OUTCOME_INCONCLUSIVE && failed.reason.contains(name))
                    return fmt::format("{} of {} is inconclusive; look into it and record "
                                       "`ferry check {} {} pass` or fail, then resume",
                                       name, fleet.id(subject), fleet.id(subject), name);
            }
        }
    }
    return std::nullopt;
}

}  // namespace

Decision::Taken Decision::judge_refusal(EntityNumber member, std::vector<FailedGuard> failures) {
    if (auto check = inconclusive(fleet_, member, failures))
        return {Taken::Kind::holds, "inconclusive", std::move(*check)};
    for (FailedGuard& failed : failures)
        if (failed.guard == Guard::gate_open)
            return {Taken::Kind::holds, "gate", std::move(failed.reason)};
    const auto refuses_alone = [&](Guard guard) {
        return std::ranges::all_of(
            failures, [&](const FailedGuard& failed) { return failed.guard == guard; });
    };
    if (refuses_alone(Guard::within_limits))
        return {Taken::Kind::holds, "limits", reasons_of(failures)};
    Taken taken{refuses_alone(Guard::order_respected) ? Taken::Kind::waits : Taken::Kind::failed,
                {},
                shortened(reasons_of(failures), reason_bytes_max)};
    for (const FailedGuard& failed : failures) taken.guards.push_back(failed.guard);
    return taken;
}

Decision::Taken Decision::take_up(EntityNumber member, v1::State to) {
    if (!fleet_.at(member).present())
        return {Taken::Kind::failed, {}, "it was withdrawn; register it again, or leave it out"};
    for (const v1::Action action : way_to(fleet_.at(member).lifecycle, to)) {
        const GuardContext at{fleet_, *pack_, member, action, command_.actor(), draft_.recorded};
        // These two are asked of an entity before its machine is.
        if (auto away = failure(Guard::owned_here, at))
            return judge_refusal(member, {{Guard::owned_here, std::move(*away)}});
        if (auto closed = failure(Guard::rollback_in_progress, at))
            return {Taken::Kind::holds, "rollback", std::move(*closed)};
        Step asked = step_under_pack(trigger_of(action), at);
        if (asked.verdict == Verdict::no_transition)
            return {Taken::Kind::failed,
                    {},
                    fmt::format("it is in {}: {} is not possible from there",
                                word(v1::State(fleet_.at(member).lifecycle)), word(action))};
        if (!asked.failures.empty()) return judge_refusal(member, std::move(asked.failures));
        emit_step(member, asked.transitions.front(), action);
    }
    return {};
}

std::uint64_t Decision::wave_allowance(const WaveState& wave) const {
    if (wave.pace == 0) return UINT64_MAX;
    const auto ran = std::max(draft_.recorded - wave.running_since, std::chrono::microseconds(0));
    const auto due = static_cast<std::uint64_t>(ran.count()) / 1000 * wave.pace / 60'000 + 1;
    return due - std::min<std::uint64_t>(due, wave.taken_since);
}

/// One pass over the members from the first that is not taken up yet.
void Decision::take_members(const WaveState& wave, WaveRound& round) {
    const bool confirmed = pack_->transfer == Transfer::confirmed;
    round.next = wave.next == wave.total() && wave.waiting() > 0 ? 0 : wave.next;
    bool contiguous = true;
    for (std::uint32_t index = round.next; index < wave.total(); ++index) {
        const std::uint32_t member = wave.members[index];
        const bool waits =
            wave.standing(member, fleet_.entities[member]) == MemberStanding::waiting;
        const WaveWindow window = waits ? wave.window_of(member) : WaveWindow{};
        if (waits && window.opened(draft_.recorded)) {
            if (round.taken == round.limit) return;
            const std::size_t before = emitted_;
            if (confirmed && wave.concurrency != 0 && wave.moving >= wave.concurrency) return;
            if (window.closed(draft_.recorded)) {
                if (!wave.ends_for_itself(member)) {
                    round.held = {Taken::Kind::holds, "window",
                                  fmt::format("its window closed at {}; stop it and plan another "
                                              "wave of those who are left",
                                              to_rfc3339(window.complete_by))};
                    return;
                }
                constexpr Guard window_open[] = {Guard::window_open};
                round.fail(
                    member,
                    fmt::format("its own window closed at {}", to_rfc3339(window.complete_by)),
                    window_open);
            } else if (Taken taken = take_up({member}, wave.to); taken.kind == Taken::Kind::holds) {
                round.held = std::move(taken);
                return;
            } else if (taken.kind == Taken::Kind::waits) {
                round.waiting.emplace_back(member, std::move(taken));
                contiguous = false;
                // Some of its way it may have gone.
                if (emitted_ == before) continue;
            } else if (taken.kind == Taken::Kind::failed) {
                round.fail(member, std::move(taken.reason), taken.guards);
            }
            ++round.taken;
        } else if (waits) {
            contiguous = false;
        }
        if (contiguous) round.next = index + 1;
        if (budget_spent(wave, static_cast<std::size_t>(round.failures.failures_size()))) return;
    }
    give_up_waiting(wave, round);
}

/// Who waits for others of this wave has failed once none of these can come any more.
void Decision::give_up_waiting(const WaveState& wave, WaveRound& round) const {
    if (round.taken > 0 || wave.moving > 0 || wave.waiting() > round.waiting.size()) return;
    for (auto& [member, taken] : round.waiting) {
        if (round.taken == round.limit ||
            budget_spent(wave, static_cast<std::size_t>(round.failures.failures_size())))
            return;
        round.fail(member, std::move(taken.reason), taken.guards);
        ++round.taken;
    }
}

void Decision::step_wave() {
    if (fleet_.at(number_).lifecycle != v1::STATE_WAVE_RUNNING) return no_transition();
    const WaveState& wave = *wave_of(fleet_, number_);
    const std::size_t texts = command_.actor().size() + command_.reason().size() +
                              command_.command_id().size() + command_.correlation_id().size() +
                              command_.causation_id().size() + event_bytes;
    const std::size_t fitting =
        std::max<std::size_t>(1, commit_bytes_max / (2 * texts + reason_bytes_max + 64) / 2);
    const std::size_t members_max = wave.to == v1::STATE_PILOT ? steps_max / 2 : steps_max;
    const std::size_t asked = command_.step_wave().limit();
    WaveRound round;
    round.limit = std::min(
        {members_max, fitting, asked == 0 ? members_max : asked,
         static_cast<std::size_t>(std::min<std::uint64_t>(members_max, wave_allowance(wave)))});
    take_members(wave, round);
    if (round.taken > 0 || round.next != wave.next) {
        emit(number_, [&](v1::StoredEvent& event) {
            v1::WaveStepped& body = *event.mutable_wave_stepped();
            body = std::move(round.failures);
            body.set_taken(static_cast<std::uint32_t>(round.taken));
            body.set_next(round.next);
        });
    }
    const bool over = wave.waiting() == 0 && wave.moving == 0;
    // Open moves make room by themselves; anything else needs somebody to look.
    const bool waits = round.held.cause == "limits" && wave.moving > 0;
    if (!over && !waits && round.held.kind == Taken::Kind::holds)
        hold_wave(number_, round.held.cause, std::move(round.held.reason));
    else follow_wave(number_);
    if (emitted_ > 0) return done();
    refuse(Guard::members_due, not_due(wave, round, waits));
}

std::string Decision::not_due(const WaveState& wave, const WaveRound& round, bool limited) const {
    if (!round.waiting.empty()) {
        const auto& [member, taken] = round.waiting.front();
        return fmt::format("{} for others of {}, {} first: {}",
                           counted(round.waiting.size(), "member waits", "members wait"),
                           fleet_.id(number_), fleet_.id({member}), taken.reason);
    }
    if (wave.waiting() == 0 || limited ||
        (wave.concurrency != 0 && wave.moving >= wave.concurrency))
        return fmt::format("{} of {} in flight, and as many may be; wait for their reports",
                           counted(wave.moving, "move"), fleet_.id(number_));
    if (wave_allowance(wave) == 0)
        return fmt::format("{} takes up {} a minute, and has by now", fleet_.id(number_),
                           counted(wave.pace, "member"));
    return fmt::format("nobody's window is open who is left of {}", fleet_.id(number_));
}

}  // namespace ferry
