// Restore: the full product of region states × triggers, the machine against its table read
// plainly.
#include "engine/machine.hpp"
#include "engine/words.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr v1::Region all_regions[] = {v1::REGION_LIFECYCLE,     v1::REGION_COEXISTENCE,
                                      v1::REGION_COMPATIBILITY, v1::REGION_CLIENT,
                                      v1::REGION_TRANSFER,      v1::REGION_PRESENCE};

std::vector<v1::State> states_of(v1::Region region) {
    std::vector<v1::State> states;
    for (int value = v1::State_MIN; value <= v1::State_MAX; ++value)
        if (v1::State_IsValid(value) && region_of(static_cast<v1::State>(value)) == region)
            states.push_back(static_cast<v1::State>(value));
    return states;
}

bool has(v1::Kind kind, v1::Region region) {
    const auto rows = table(kind);
    return std::any_of(rows.begin(), rows.end(),
                       [&](const TableRow& row) { return region_of(row.from) == region; });
}

Small<v1::State>& slot(Entity& entity, v1::Region region) {
    switch (region) {
        case v1::REGION_LIFECYCLE: return entity.lifecycle;
        case v1::REGION_TRANSFER: return entity.transfer;
        case v1::REGION_PRESENCE: return entity.presence;
        default: return entity.knowledge;
    }
}

/// Every combination of states that the regions of a kind allow.
std::vector<Entity> configurations(v1::Kind kind) {
    Entity start;
    start.kind = kind;
    start.pool = 1;
    start.presence = v1::STATE_PRESENT;
    std::vector<Entity> all{start};
    for (const v1::Region region : all_regions) {
        if (!has(kind, region)) continue;
        std::vector<Entity> grown;
        for (const Entity& entity : all)
            for (const v1::State state : states_of(region)) {
                grown.push_back(entity);
                slot(grown.back(), region) = state;
            }
        all = std::move(grown);
    }
    return all;
}

/// What the table says, by a reader that knows nothing of Boost.MSM.
Step read_plainly(Trigger trigger, const GuardContext& context) {
    Entity entity = context.entity();
    Step said;
    if (entity.kind != v1::KIND_POOL && !entity.present() && trigger != Trigger::come_back)
        return said;
    for (const TableRow& row : table(entity.kind)) {
        if (row.trigger != trigger || slot(entity, region_of(row.from)) != row.from) continue;
        if (row.before_production && entity.lifecycle >= v1::STATE_PRODUCTION) continue;
        for (const Guard guard : row.guards)
            if (auto reason = failure(guard, context)) said.failures.push_back({guard, *reason});
        said.transitions.push_back({region_of(row.from), row.from, row.to});
    }
    if (!said.failures.empty()) said.transitions.clear();
    if (!said.failures.empty()) said.verdict = Verdict::refused;
    else if (!said.transitions.empty()) said.verdict = Verdict::accepted;
    return said;
}

void check_same(const Step& machine, const Step& plain) {
    CHECK(machine.verdict == plain.verdict);
    REQUIRE(machine.transitions.size() == plain.transitions.size());
    for (std::size_t i = 0; i < plain.transitions.size(); ++i) {
        CHECK(machine.transitions[i].region == plain.transitions[i].region);
        CHECK(machine.transitions[i].from == plain.transitions[i].from);
        CHECK(machine.transitions[i].to == plain.transitions[i].to);
    }
    REQUIRE(machine.failures.size() == plain.failures.size());
    for (std::size_t i = 0; i < plain.failures.size(); ++i) {
        CHECK(machine.failures[i].guard == plain.failures[i].guard);
        CHECK(machine.failures[i].reason == plain.failures[i].reason);
    }
}

/// A site with one pool (number 1) and one entity (number 2, or the pool itself) of each kind.
Fleet scene(v1::Kind kind, const Entity& entity, v1::State pool_lifecycle) {
    Fleet fleet;
    fleet.name_site("paris");
    Entity pool;
    pool.kind = v1::KIND_POOL;
    pool.lifecycle = pool_lifecycle;
    pool.knowledge = v1::STATE_COEXISTENCE_UNVERIFIED;
    pool.presence = v1::STATE_PRESENT;
    fleet.add("pool:ocs01", kind == v1::KIND_POOL ? entity : pool);
    if (kind != v1::KIND_POOL) fleet.add("user:alice", entity);
    return fleet;
}

}  // namespace

TEST_CASE("every configuration survives restore: the machine says what its table says") {
    std::size_t asked = 0;
    for (const v1::Kind kind : {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION})
        for (const Entity& entity : configurations(kind))
            for (const v1::State pool : states_of(v1::REGION_LIFECYCLE))
                for (std::size_t i = 0; i < trigger_count; ++i) {
                    const auto trigger = static_cast<Trigger>(i);
                    const Fleet fleet = scene(kind, entity, pool);
                    const EntityNumber number{kind == v1::KIND_POOL ? 1u : 2u};
                    const GuardContext context{fleet, side_by_side(), number, action_of(trigger),
                                               "dana"};
                    CAPTURE(fmt::format(
                        "{} {} {} {} {} pool {} {}", word(kind), word(v1::State(entity.lifecycle)),
                        word(v1::State(entity.knowledge)), word(v1::State(entity.transfer)),
                        word(v1::State(entity.presence)), word(pool), name_of(trigger)));
                    check_same(step(trigger, context), read_plainly(trigger, context));
                    ++asked;
                }
    // 15 pools, 60 users, 90 applications; five states of the pool; every trigger.
    CHECK(asked == (15 + 60 + 90) * 5 * trigger_count);
}

TEST_CASE("who is withdrawn takes nothing but a registration, in every configuration") {
    for (const v1::Kind kind : {v1::KIND_USER, v1::KIND_APPLICATION})
        for (const Entity& entity : configurations(kind)) {
            if (entity.present()) continue;
            const Fleet fleet = scene(kind, entity, v1::STATE_PRODUCTION);
            for (std::size_t i = 0; i < trigger_count; ++i) {
                const auto trigger = static_cast<Trigger>(i);
                const Step asked =
                    step(trigger, {fleet, side_by_side(), {2}, action_of(trigger), "dana"});
                CHECK(asked.verdict ==
                      (trigger == Trigger::come_back ? Verdict::accepted : Verdict::no_transition));
            }
            CHECK(possible(entity) == std::vector<v1::Action>{v1::ACTION_REGISTER});
        }
}

TEST_CASE("what is possible is exactly what some guard setting lets through") {
    for (const v1::Kind kind : {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION})
        for (const Entity& entity : configurations(kind)) {
            const Fleet fleet = scene(kind, entity, v1::STATE_PILOT);
            const EntityNumber number{kind == v1::KIND_POOL ? 1u : 2u};
            std::vector<v1::Action> answered;
            for (std::size_t i = 0; i < trigger_count; ++i) {
                const auto trigger = static_cast<Trigger>(i);
                const v1::Action action = action_of(trigger);
                const Step asked = step(trigger, {fleet, side_by_side(), number, action, "dana"});
                const bool taken = asked.verdict != Verdict::no_transition;
                if (taken && action != v1::ACTION_UNSPECIFIED) answered.push_back(action);
            }
            std::vector<v1::Action> said = possible(entity);
            std::sort(said.begin(), said.end());
            std::sort(answered.begin(), answered.end());
            answered.erase(std::unique(answered.begin(), answered.end()), answered.end());
            CHECK(said == answered);
        }
}

}  // namespace ferry
