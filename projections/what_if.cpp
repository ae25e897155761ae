#include "projections/what_if.hpp"

#include "engine/evolve.hpp"
#include "engine/words.hpp"
#include "projections/fleet_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// Further on than it was: what a move forward is, whatever it passed on the way.
bool is_further(const Fleet& before, const Fleet& after, EntityNumber number) {
    return before.knows(number) && before.at(number).lifecycle.raw < after.at(number).lifecycle.raw;
}

}  // namespace

Fleet copy_of(const Fleet& fleet) {
    ByteWriter bytes;
    write_fleet(bytes, fleet);
    ByteReader reader(bytes.written());
    return read_fleet(reader);
}

WhatIf::WhatIf(const Fleet& now, const Pack& pack, std::string actor, Time at)
    : before_(now),
      fleet_(copy_of(now)),
      program_pack_(pack),
      actor_(std::move(actor)),
      draft_{fleet_.position.next(), std::max(at, fleet_.recorded), {}} {}

v1::CommandResult WhatIf::give(v1::Command command) {
    command.set_command_id("what-if");
    if (command.actor().empty()) command.set_actor(actor_);
    draft_.events.clear();
    ++result_.decisions;
    const auto request = understand(command);
    v1::CommandResult result;
    if (request) {
        Decision(fleet_, pack(), *request, draft_, result).run();
        return result;
    }
    result.set_outcome("INVALID");
    result.set_message(request.error().message);
    return result;
}

bool WhatIf::try_out(v1::Command command) {
    const std::string entity = command.entity();
    const v1::CommandResult result = give(std::move(command));
    if (result.outcome() == "DONE") return true;
    ++result_.refused;
    if (result.failed_guards().empty()) refuse("not-possible", entity, result.message());
    for (const v1::FailedGuard& failed : result.failed_guards())
        refuse(failed.guard(), entity, failed.reason());
    return false;
}

void WhatIf::refuse(const std::string& guard, std::string_view entity, const std::string& reason) {
    RefusedGroup& group = result_.refusals[guard];
    if (group.count++ > 0) return;
    group.entity = entity;
    group.reason = reason;
}

void WhatIf::take_failures() {
    for (std::size_t i = 0; i < draft_.events.size(); ++i) {
        const v1::StoredEvent& event = draft_.events[i];
        for (const v1::WaveFailure& failure : event.wave_stepped().failures()) {
            ++result_.refused;
            const std::string_view member = fleet_.id({failure.member()});
            if (failure.guards().empty()) refuse("not-possible", member, failure.reason());
            for (const std::string& guard : failure.guards())
                refuse(guard, member, failure.reason());
        }
        // A member's transition, or its move, is one decision; the step itself is counted already.
        if (event.has_transitioned() || event.has_move_opened()) ++result_.decisions;
    }
}

v1::Command WhatIf::command(EntityNumber entity) const {
    v1::Command command;
    command.set_entity(std::string(fleet_.id(entity)));
    return command;
}

bool WhatIf::report_moves(const WaveState& wave) {
    std::vector<EntityNumber> moving;
    for (const std::uint32_t member : wave.members)
        if (fleet_.moves.contains(member)) moving.push_back({member});
    for (const EntityNumber member : moving) {
        v1::Command report = command(member);
        report.mutable_report_move()->set_move(
            fleet_.moves.find(static_cast<std::uint32_t>(member.value))->second.move);
        report.mutable_report_move()->set_outcome("SUCCEEDED");
        give(std::move(report));
    }
    return !moving.empty();
}

bool WhatIf::let_time_pass(const WaveState& wave) {
    if (wave.pace != 0 && wave.waiting() > 0 &&
        draft_.recorded < wave.running_since + std::chrono::minutes(wave.total() / wave.pace + 2)) {
        draft_.recorded += std::chrono::minutes(1);
        return true;
    }
    Time next{};
    for (const std::uint32_t member : wave.members) {
        const Time start = wave.window_of(member).start;
        if (start > draft_.recorded && (next == Time{} || start < next)) next = start;
    }
    if (next == Time{}) return false;
    draft_.recorded = next;
    return true;
}

void WhatIf::run_wave(EntityNumber number) {
    const auto state = [&] { return v1::State(fleet_.at(number).lifecycle); };
    if (state() == v1::STATE_WAVE_PLANNED) {
        draft_.recorded = std::max(draft_.recorded, wave_of(fleet_, number)->window.start);
        v1::Command start = command(number);
        start.mutable_start_wave();
        if (!try_out(start)) {
            result_.holds = "it would not start";
            return;
        }
    } else if (state() == v1::STATE_WAVE_PAUSED || state() == v1::STATE_WAVE_HELD) {
        v1::Command resume = command(number);
        resume.mutable_resume_wave();
        if (!try_out(resume)) {
            result_.holds = "it would not go on";
            return;
        }
    }
    while (state() == v1::STATE_WAVE_RUNNING) {
        v1::Command step = command(number);
        step.mutable_step_wave();
        const bool done = give(std::move(step)).outcome() == "DONE";
        take_failures();
        const WaveState& wave = *wave_of(fleet_, number);
        if (done || report_moves(wave) || let_time_pass(wave)) continue;
        result_.holds = "it would wait for ever";
        return;
    }
    if (state() != v1::STATE_WAVE_COMPLETED) result_.holds = wave_of(fleet_, number)->why;
}

void WhatIf::set_back(const RollbackPlan& plan) {
    for (const PlanItem& item : plan.items) {
        v1::StoredEvent event;
        event.set_entity(item.number.value);
        event.set_version(fleet_.at(item.number).version + 1);
        v1::Restored& body = *event.mutable_restored();
        body.set_lifecycle(item.to.lifecycle);
        body.set_coexistence(item.to.coexistence);
        body.set_compatibility(item.to.compatibility);
        body.set_transfer(item.to.transfer);
        body.set_presence(item.to.presence);
        body.set_on_new_side(item.to.on_new_side);
        body.set_pilot_ran(item.to.pilot_ran);
        body.set_exempt(item.exempt);
        body.set_target(plan.target.value);
        evolve(fleet_, draft_.next, draft_.recorded, event);
        draft_.next = draft_.next.next();
        ++result_.decisions;
    }
}

WhatIfResult WhatIf::finish(std::span<const EntityNumber> scope, v1::State to) {
    for (const EntityNumber number : scope) {
        if (!is_further(before_, fleet_, number)) continue;
        const bool moves = fleet_.moves.contains(static_cast<std::uint32_t>(number.value));
        if (fleet_.at(number).lifecycle >= to || moves) ++result_.moved;
        if (before_.at(number).on_new_side == fleet_.at(number).on_new_side) continue;
        auto behind = what_stays_behind(before_, pack(), number);
        std::ranges::move(behind, std::back_inserter(result_.lost));
    }
    result_.apart = who_is_apart(before_, fleet_, pack(), scope);
    result_.way_back =
        plan_rollback({fleet_, before_, pack(), {scope.begin(), scope.end()}, false, {}});
    return std::move(result_);
}

}  // namespace ferry
