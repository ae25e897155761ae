// Decisions about waves: which members are planned together, and how a wave comes to run, to hold
// and to end. What a step does to its members is in decision_wave_step.cpp.
#include "engine/emit.hpp"
#include "engine/request_wave.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"
#include "events/commit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

std::uint64_t microseconds(std::string_view time) {
    const auto read = from_rfc3339(time);
    return read ? static_cast<std::uint64_t>(read->time_since_epoch().count()) : 0;
}

/// As in RollbackStarted: how many numbers are left out, then how many are in.
void set_runs(std::span<const std::uint32_t> members, v1::WavePlanned& body) {
    std::uint64_t end = 0;
    for (const std::uint32_t member : members) {
        const int size = body.members_size();
        if (size > 0 && member == end) body.set_members(size - 1, body.members(size - 1) + 1);
        else {
            body.add_members(member - end);
            body.add_members(1);
        }
        end = std::uint64_t{member} + 1;
    }
}

}  // namespace

std::optional<std::uint32_t> Decision::wave_member(const std::string& id) {
    const auto number = fleet_.find(id);
    if (!number) {
        invalid(fmt::format("unknown entity `{}`; register it first, or look for the right "
                            "spelling with `ferry show --all`",
                            id));
        return std::nullopt;
    }
    const Entity& entity = fleet_.at(*number);
    if (!entity.is_member()) {
        invalid(fmt::format("{} is no user and no application; only these are moved in waves", id));
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(number->value);
}

bool Decision::set_members(v1::WavePlanned& body) {
    const v1::PlanWave& asked = command_.plan_wave();
    std::vector<std::uint32_t> members;
    members.reserve(static_cast<std::size_t>(asked.members_size()));
    for (const std::string& id : asked.members()) {
        const auto number = wave_member(id);
        if (!number) return false;
        members.push_back(*number);
    }
    std::ranges::sort(members);
    members.erase(std::unique(members.begin(), members.end()), members.end());
    std::vector<FailedGuard> failures;
    if (asked.size_max() != 0 && members.size() > asked.size_max())
        failures.push_back(
            {Guard::within_size,
             fmt::format("{} more than the {} that the wave may have; split it, or raise "
                         "its limit",
                         counted(members.size(), "member is", "members are"), asked.size_max())});
    std::size_t taken = 0;
    std::uint32_t first = 0;
    for (const std::uint32_t member : members)
        if (unfinished_wave_of(fleet_, {member}).value != 0 && taken++ == 0) first = member;
    if (taken > 0)
        failures.push_back(
            {Guard::members_free,
             fmt::format("{} is in {} already{}; complete or stop that first", fleet_.id({first}),
                         fleet_.id(unfinished_wave_of(fleet_, {first})),
                         taken > 1 ? fmt::format(", and {} in waves",
                                                 counted(taken - 1, "other is", "others are"))
                                   : "")});
    if (!failures.empty()) {
        refuse(std::move(failures));
        return false;
    }
    set_runs(members, body);
    body.set_failure_budget(*failure_budget_of(asked.failure_budget(), members.size()));
    for (const v1::MemberWindow& own : asked.windows()) {
        const auto number = wave_member(own.member());
        if (!number) return false;
        if (!std::ranges::binary_search(members, *number)) {
            invalid(fmt::format("{} has a window and is no member of the wave", own.member()));
            return false;
        }
        v1::WaveMemberWindow& window = *body.add_windows();
        window.set_member(*number);
        window.set_start(microseconds(own.start()));
        window.set_complete_by(microseconds(own.complete_by()));
    }
    return true;
}

void Decision::plan_wave() {
    const v1::PlanWave& asked = command_.plan_wave();
    if (fleet_.site != asked.site())
        return invalid(fmt::format("site `{}` is not the site of this log, which is `{}`",
                                   asked.site(), fleet_.site.empty() ? "none yet" : fleet_.site));
    const auto known = fleet_.find(command_.entity());
    number_ = known.value_or(EntityNumber{fleet_.entities.size()});
    if (!expects(number_)) return;
    if (known)
        return refuse(Guard::already_registered,
                      fmt::format("{} was planned already, and is {}; choose another name",
                                  command_.entity(), word(v1::State(fleet_.at(*known).lifecycle))));
    v1::WavePlanned body;
    body.set_to(*lifecycle_of(asked.to()));
    body.set_size_max(asked.size_max());
    body.set_start(microseconds(asked.start()));
    body.set_complete_by(microseconds(asked.complete_by()));
    body.set_time_zone(asked.time_zone());
    body.set_pace(asked.pace());
    body.set_concurrency(asked.concurrency());
    body.set_pilot(asked.pilot());
    for (const std::string& name : asked.after()) {
        const auto before = fleet_.find(wave_id(name));
        if (!before)
            return invalid(
                fmt::format("wave `{}` is not known in site {}; plan it first", name, fleet_.site));
        body.add_after(before->value);
    }
    if (!set_members(body)) return;
    // Half a commit leaves room for whatever else stands in it.
    if (body.ByteSizeLong() + 2 * command_.reason().size() > commit_bytes_max / 2)
        return invalid("the wave has more members than one event holds; plan several waves");
    emit(number_, [&](v1::StoredEvent& event) {
        event.mutable_registered()->set_kind(v1::KIND_WAVE);
        event.mutable_registered()->set_name(std::string(request_.name));
        event.mutable_registered()->set_lifecycle(v1::STATE_WAVE_PLANNED);
    });
    emit(number_, [&](v1::StoredEvent& event) { *event.mutable_wave_planned() = std::move(body); });
    done();
}

void Decision::act_on_wave() {
    const bool retry = command_.resume_wave().retry_failed();
    switch (request_.action) {
        case v1::ACTION_START_WAVE: return steer_wave(Trigger::start_wave);
        case v1::ACTION_PAUSE_WAVE: return steer_wave(Trigger::pause_wave);
        case v1::ACTION_RESUME_WAVE:
            return steer_wave(retry ? Trigger::retry_failed : Trigger::resume_wave);
        case v1::ACTION_STOP_WAVE:
            return steer_wave(command_.stop_wave().rolled_back() ? Trigger::wave_rolled_back
                                                                 : Trigger::stop_wave);
        default: return step_wave();
    }
}

void Decision::steer_wave(Trigger trigger) {
    Step asked = step(trigger, context(number_));
    if (asked.verdict == Verdict::no_transition) return no_transition();
    if (!asked.failures.empty()) return refuse(std::move(asked.failures));
    if (request_.action == v1::ACTION_RESUME_WAVE)
        emit(number_, [&](v1::StoredEvent& event) {
            event.mutable_wave_resumed()->set_retry_failed(trigger == Trigger::retry_failed);
        });
    emit_transition(number_, asked.transitions.front());
    done();
}

void Decision::hold_wave(EntityNumber wave, std::string_view cause, std::string reason) {
    const WaveState& state = *wave_of(fleet_, wave);
    const std::uint32_t failed = state.failed();
    const std::uint32_t budget = state.failure_budget;
    emit(wave, [&](v1::StoredEvent& event) {
        v1::WaveHeld& body = *event.mutable_wave_held();
        body.set_cause(std::string(cause));
        body.set_reason(std::move(reason));
        body.set_failed(failed);
        body.set_budget(budget);
    });
    follow(wave, Trigger::wave_held);
}

bool Decision::budget_spent(const WaveState& wave, std::size_t failures_of_this_step) {
    return wave.failure_budget != 0 &&
           wave.measured() + failures_of_this_step >= wave.failure_budget;
}

void Decision::follow_wave(EntityNumber number) {
    const WaveState* wave = wave_of(fleet_, number);
    if (!wave || fleet_.at(number).lifecycle != v1::STATE_WAVE_RUNNING) return;
    if (wave->waiting() == 0 && wave->moving == 0)
        return follow(number,
                      wave->failed() == 0 ? Trigger::wave_done : Trigger::wave_done_with_failures);
    if (!budget_spent(*wave, 0)) return;
    const auto first = std::ranges::min_element(wave->failures, {},
                                                [](const auto& failure) { return failure.first; });
    hold_wave(
        number, "failure-budget",
        fmt::format(
            "{} of {} failed{}, the budget is {}; such as {}: {}. Look at "
            "them, then `ferry wave resume {}`, retry-failed or rollback",
            wave->failed(), counted(wave->total(), "member"),
            wave->forgiven == 0 ? "" : fmt::format(", {} since it went on", wave->measured()),
            wave->failure_budget, fleet_.id({first->first}), first->second, fleet_.name(number)));
}

}  // namespace ferry
