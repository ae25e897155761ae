#include "cli/advance_plan.hpp"

#include <algorithm>

namespace ferry {

namespace {

v1::State reached_by(v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return v1::STATE_COEXIST_TEST;
        case v1::ACTION_START_PILOT: return v1::STATE_PILOT;
        case v1::ACTION_PROMOTE: return v1::STATE_PRODUCTION;
        default: return v1::STATE_RETIRED;
    }
}

v1::Action action_into(v1::State state) {
    switch (state) {
        case v1::STATE_COEXIST_TEST: return v1::ACTION_ENTER_COEXISTENCE;
        case v1::STATE_PILOT: return v1::ACTION_START_PILOT;
        case v1::STATE_PRODUCTION: return v1::ACTION_PROMOTE;
        default: return v1::ACTION_RETIRE;
    }
}

/// Members follow their pool, but it is retired only once its applications are.
int rank(v1::Kind kind, v1::Action action) {
    if (kind == v1::KIND_POOL) return 1;
    if (kind == v1::KIND_APPLICATION && action == v1::ACTION_RETIRE) return 0;
    return 2;
}

struct RankedStep {
    AdvanceStep step;
    int order = 0;
};

}  // namespace

std::vector<v1::Action> steps_between(v1::Kind kind, v1::State from, v1::State to) {
    std::vector<v1::Action> steps;
    const bool each = kind == v1::KIND_POOL || to <= v1::STATE_PILOT;
    const auto passes = [&](v1::State state) { return from < state && state <= to; };
    if (each && passes(v1::STATE_COEXIST_TEST)) steps.push_back(v1::ACTION_ENTER_COEXISTENCE);
    if (each && passes(v1::STATE_PILOT)) steps.push_back(v1::ACTION_START_PILOT);
    if (passes(v1::STATE_PRODUCTION)) steps.push_back(v1::ACTION_PROMOTE);
    if (passes(v1::STATE_RETIRED)) steps.push_back(v1::ACTION_RETIRE);
    return steps;
}

AdvancePlan plan_advance(std::span<const Sites::Place> selected, v1::State to, std::size_t limit) {
    AdvancePlan plan;
    std::vector<RankedStep> ranked;
    for (const Sites::Place& place : selected) {
        const Fleet& fleet = place.site->replica.fleet;
        const Entity& entity = fleet.at(place.number);
        if (entity.lifecycle >= to && entity.present()) {
            ++plan.already;
            continue;
        }
        if (limit != 0 && plan.travellers.size() == limit) continue;
        auto actions = steps_between(entity.kind, entity.lifecycle, to);
        // Who was withdrawn may stand further on; the machine is asked, so that it says why not.
        if (actions.empty()) actions = {action_into(to)};
        for (const v1::Action action : actions)
            ranked.push_back(
                {{plan.travellers.size(), action},
                 static_cast<int>(reached_by(action)) * 4 + rank(entity.kind, action)});
        plan.travellers.emplace_back(fleet.id(place.number));
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& left, const auto& right) { return left.order < right.order; });
    plan.steps.reserve(ranked.size());
    for (const RankedStep& each : ranked) plan.steps.push_back(each.step);
    return plan;
}

}  // namespace ferry
