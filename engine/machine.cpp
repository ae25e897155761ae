#include "engine/machine.hpp"

#include "engine/campaign_machine.hpp"
#include "engine/campaign_seen.hpp"
#include "engine/machine_kinds.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ferry {

namespace {

constexpr std::array<std::string_view, trigger_count> trigger_names{"enter-coexistence",
                                                                    "start-pilot",
                                                                    "promote",
                                                                    "retire",
                                                                    "withdraw",
                                                                    "register",
                                                                    "coexistence-holds",
                                                                    "coexistence-broken",
                                                                    "compatible-found",
                                                                    "incompatible-found",
                                                                    "newer-client-seen",
                                                                    "newer-client-gone",
                                                                    "move-opened",
                                                                    "move-succeeded",
                                                                    "move-failed",
                                                                    "start-wave",
                                                                    "pause-wave",
                                                                    "resume-wave",
                                                                    "retry-failed",
                                                                    "stop-wave",
                                                                    "wave-held",
                                                                    "wave-done",
                                                                    "wave-done-with-failures",
                                                                    "wave-rolled-back",
                                                                    "start",
                                                                    "hold",
                                                                    "resume",
                                                                    "cancel",
                                                                    "all-sites-finished",
                                                                    "completion-undercut",
                                                                    "first-site-arrived",
                                                                    "enough-arrived",
                                                                    "all-sites-left",
                                                                    "barrier-undercut",
                                                                    "barriers-passed",
                                                                    "barrier-closed"};

v1::State state_in(const Entity& entity, v1::Region region) {
    switch (region) {
        case v1::REGION_LIFECYCLE:
        case v1::REGION_WAVE: return entity.lifecycle;
        case v1::REGION_TRANSFER: return entity.transfer;
        case v1::REGION_PRESENCE: return entity.presence;
        default: return entity.knowledge;
    }
}

std::string text_of_tables(std::initializer_list<v1::Kind> kinds) {
    std::string text;
    for (const v1::Kind kind : kinds)
        for (const TableRow& row : table(kind)) {
            text += fmt::format("{} {} {} {} {}", word(kind), word(region_of(row.from)),
                                word(row.from), name_of(row.trigger), word(row.to));
            for (const Guard guard : row.guards) text += fmt::format(" {}", name_of(guard));
            text += row.before_production ? " before-production\n" : "\n";
        }
    return text;
}

}  // namespace

std::string_view name_of(Trigger trigger) {
    return trigger_names[static_cast<std::size_t>(trigger)];
}

v1::Action action_of(Trigger trigger) {
    switch (trigger) {
        case Trigger::enter_coexistence: return v1::ACTION_ENTER_COEXISTENCE;
        case Trigger::start_pilot: return v1::ACTION_START_PILOT;
        case Trigger::promote: return v1::ACTION_PROMOTE;
        case Trigger::retire: return v1::ACTION_RETIRE;
        case Trigger::withdraw: return v1::ACTION_WITHDRAW;
        case Trigger::come_back: return v1::ACTION_REGISTER;
        case Trigger::move_succeeded:
        case Trigger::move_failed: return v1::ACTION_REPORT_MOVE;
        case Trigger::start_wave: return v1::ACTION_START_WAVE;
        case Trigger::pause_wave: return v1::ACTION_PAUSE_WAVE;
        case Trigger::resume_wave:
        case Trigger::retry_failed: return v1::ACTION_RESUME_WAVE;
        case Trigger::stop_wave: return v1::ACTION_STOP_WAVE;
        case Trigger::start_campaign: return v1::ACTION_START_CAMPAIGN;
        case Trigger::hold_campaign: return v1::ACTION_HOLD_CAMPAIGN;
        case Trigger::resume_campaign: return v1::ACTION_RESUME_CAMPAIGN;
        case Trigger::cancel_campaign: return v1::ACTION_CANCEL_CAMPAIGN;
        default: return v1::ACTION_UNSPECIFIED;
    }
}

Step step(Trigger trigger, const GuardContext& context) {
    switch (context.entity().kind) {
        case v1::KIND_POOL: return machine::step_pool(trigger, context);
        case v1::KIND_USER: return machine::step_user(trigger, context);
        case v1::KIND_APPLICATION: return machine::step_application(trigger, context);
        case v1::KIND_WAVE: return machine::step_wave(trigger, context);
        default: return {};
    }
}

Step step_under_pack(Trigger trigger, const GuardContext& context) {
    Step asked = step(trigger, context);
    const bool steps =
        context.action >= v1::ACTION_ENTER_COEXISTENCE && context.action <= v1::ACTION_RETIRE;
    if (asked.verdict == Verdict::no_transition || !steps) return asked;
    for (const TableRow& row : table(context.entity().kind)) {
        if (row.trigger != trigger || row.from != context.entity().lifecycle) continue;
        for (FailedGuard& failed : pack_failures(context, row.guards))
            asked.failures.push_back(std::move(failed));
        if (auto closed = closed_gate(context.fleet, row.to))
            asked.failures.push_back({Guard::gate_open, std::move(*closed)});
    }
    if (asked.failures.empty()) return asked;
    asked.transitions.clear();
    asked.verdict = Verdict::refused;
    return asked;
}

std::span<const TableRow> table(v1::Kind kind) {
    switch (kind) {
        case v1::KIND_POOL: return machine::pool_table();
        case v1::KIND_USER: return machine::user_table();
        case v1::KIND_WAVE: return machine::wave_table();
        case v1::KIND_CAMPAIGN: return machine::campaign_table();
        default: return machine::application_table();
    }
}

std::vector<v1::State> initial_states(v1::Kind kind) {
    std::vector<v1::State> states;
    v1::Region last = v1::REGION_UNSPECIFIED;
    for (const TableRow& row : table(kind)) {
        // Rows of one region stand together, and the first starts where the region starts.
        if (region_of(row.from) != last) states.push_back(row.from);
        last = region_of(row.from);
    }
    return states;
}

std::vector<v1::Action> possible(const Entity& entity) {
    std::vector<v1::Action> actions;
    for (const TableRow& row : table(entity.kind)) {
        const v1::Action action = action_of(row.trigger);
        if (action == v1::ACTION_UNSPECIFIED) continue;
        if (state_in(entity, region_of(row.from)) != row.from) continue;
        if (row.before_production && entity.lifecycle >= v1::STATE_PRODUCTION) continue;
        if (entity.presence == v1::STATE_WITHDRAWN && row.trigger != Trigger::come_back) continue;
        if (std::find(actions.begin(), actions.end(), action) == actions.end())
            actions.push_back(action);
    }
    return actions;
}

const Hash& machine_digest() {
    static const Hash digest = sha256(bytes_of(
        text_of_tables({v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION, v1::KIND_WAVE})));
    return digest;
}

bool knows_machine(const Hash& digest) {
    // Logs from before there were waves were decided with the same tables but for theirs.
    static const Hash without_waves =
        sha256(bytes_of(text_of_tables({v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION})));
    return digest == machine_digest() || digest == without_waves;
}

}  // namespace ferry
