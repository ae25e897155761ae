// The machines against a plain reading of their own tables, over every configuration there is.
#include "engine/machine.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ferry {

namespace {

using States = std::vector<v1::State>;

States states_of(v1::Region region) {
    States states;
    for (int value = v1::State_MIN; value <= v1::State_MAX; ++value)
        if (v1::State_IsValid(value) && region_of(static_cast<v1::State>(value)) == region)
            states.push_back(static_cast<v1::State>(value));
    return states;
}

v1::Region knowledge_of(v1::Kind kind) {
    if (kind == v1::KIND_POOL) return v1::REGION_COEXISTENCE;
    return kind == v1::KIND_USER ? v1::REGION_CLIENT : v1::REGION_COMPATIBILITY;
}

/// A pool and one entity of each kind in it; the tests set their states by hand.
struct Scene {
    Fleet fleet;
    EntityNumber pool, user, application;
    std::string actor = "dana";

    Scene() {
        fleet.name_site("paris");
        pool = add(v1::KIND_POOL, "pool:ocs01");
        user = add(v1::KIND_USER, "user:alice");
        application = add(v1::KIND_APPLICATION, "application:rgs");
        fleet.counts[1];
    }
    EntityNumber add(v1::Kind kind, std::string_view id) {
        Entity entity;
        entity.kind = kind;
        entity.lifecycle = v1::STATE_LEGACY;
        entity.knowledge = states_of(knowledge_of(kind)).front();
        entity.transfer = v1::STATE_SETTLED;
        entity.presence = v1::STATE_PRESENT;
        entity.pool = kind == v1::KIND_POOL ? 0 : 1;
        return fleet.add(id, entity);
    }
    EntityNumber of(v1::Kind kind) const {
        if (kind == v1::KIND_POOL) return pool;
        return kind == v1::KIND_USER ? user : application;
    }
    Entity& at(v1::Kind kind) { return fleet.entities[of(kind).value]; }

    void record(EntityNumber number, std::string_view check, v1::CheckOutcome outcome) {
        const auto slot = static_cast<std::uint32_t>(number.value);
        fleet.checks[slot].push_back(
            {fleet.texts.number(check), outcome, v1::DEPLOYMENT_UNSPECIFIED, {9}, {}});
    }
    Step give(v1::Kind kind, Trigger trigger) {
        const v1::Action action = action_of(trigger);
        return step(trigger, {fleet, side_by_side(), of(kind), action, actor});
    }
    /// Makes one guard hold or fail, and touches no other guard of the same row.
    void set(v1::Kind kind, Trigger trigger, Guard guard, bool holds);
};

void Scene::set(v1::Kind kind, Trigger trigger, Guard guard, bool holds) {
    Entity& own_pool = fleet.entities[pool.value];
    const auto passes = holds ? v1::CHECK_OUTCOME_PASS : v1::CHECK_OUTCOME_FAIL;
    const auto pool_in = [&](v1::State right, v1::State wrong) {
        own_pool.lifecycle = holds ? right : wrong;
    };
    switch (guard) {
        case Guard::successor_named:
            own_pool.text = holds ? fleet.texts.number("lync01") : 0;
            return;
        case Guard::checks_passed:
            for (const auto& name : side_by_side().checks_for(kind, action_of(trigger)))
                record(of(kind), name, passes);
            return;
        case Guard::coexistence_verified:
            own_pool.knowledge =
                holds ? v1::STATE_COEXISTENCE_VERIFIED : v1::STATE_COEXISTENCE_DEGRADED;
            // A pool's own checks are set with checks-passed.
            if (kind != v1::KIND_POOL)
                for (const auto& name : side_by_side().coexistence_checks)
                    record(pool, name, passes);
            return;
        case Guard::pilot_ran:
            own_pool.pilot_ran = holds;
            fleet.counts[1].users[1] = 3;
            return;
        case Guard::members_moved: fleet.counts[1].moving = holds ? 0 : 1; return;
        case Guard::approved:
            fleet.approvals[static_cast<std::uint32_t>(pool.value)] = {
                {action_of(trigger), holds ? "erik" : actor}};
            return;
        case Guard::pool_in_coexistence: return pool_in(v1::STATE_COEXIST_TEST, v1::STATE_LEGACY);
        case Guard::pool_in_pilot: return pool_in(v1::STATE_PILOT, v1::STATE_PRODUCTION);
        case Guard::pool_in_production: return pool_in(v1::STATE_PRODUCTION, v1::STATE_RETIRED);
        case Guard::pool_retired: return pool_in(v1::STATE_RETIRED, v1::STATE_PRODUCTION);
        case Guard::compatible:
            at(kind).knowledge = holds ? v1::STATE_COMPATIBLE : v1::STATE_INCOMPATIBLE;
            return record(application, compatibility_check, passes);
        case Guard::no_move_in_flight:
            at(kind).transfer = holds ? v1::STATE_SETTLED : v1::STATE_MOVING;
            return;
        default: return;
    }
}

/// Puts the entity into the row's source, with every other region where the row does not look.
void stand_in(Scene& scene, v1::Kind kind, const TableRow& row) {
    Entity& entity = scene.at(kind);
    switch (region_of(row.from)) {
        case v1::REGION_LIFECYCLE: entity.lifecycle = row.from; return;
        case v1::REGION_TRANSFER: entity.transfer = row.from; return;
        case v1::REGION_PRESENCE: entity.presence = row.from; return;
        default: entity.knowledge = row.from; return;
    }
}

/// The default pack has no order rule that could fail.
bool can_fail(Guard guard, v1::Kind kind, Trigger trigger) {
    if (guard == Guard::order_respected) return false;
    return guard != Guard::checks_passed ||
           !side_by_side().checks_for(kind, action_of(trigger)).empty();
}

constexpr v1::Kind kinds[] = {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION};

std::set<Guard> failed(const Step& asked) {
    std::set<Guard> guards;
    for (const FailedGuard& failure : asked.failures) {
        CHECK_FALSE(failure.reason.empty());
        guards.insert(failure.guard);
    }
    CHECK(guards.size() == asked.failures.size());
    return guards;
}

template <class Visit>
void for_each_row(Visit&& visit) {
    for (const v1::Kind kind : kinds)
        for (const TableRow& row : table(kind)) {
            CAPTURE(fmt::format("{} {} {}", word(kind), word(row.from), name_of(row.trigger)));
            visit(kind, row);
        }
}

}  // namespace

TEST_CASE("every row is accepted once its guards hold, and goes where the table says") {
    for_each_row([](v1::Kind kind, const TableRow& row) {
        Scene scene;
        for (const Guard guard : row.guards) scene.set(kind, row.trigger, guard, true);
        stand_in(scene, kind, row);
        const Step asked = scene.give(kind, row.trigger);
        CHECK(asked.verdict == Verdict::accepted);
        CHECK(asked.failures.empty());
        REQUIRE(asked.transitions.size() == 1);
        CHECK(asked.transitions[0].from == row.from);
        CHECK(asked.transitions[0].to == row.to);
        CHECK(asked.transitions[0].region == region_of(row.from));
    });
}

TEST_CASE("every guard of every row refuses alone, by its own name") {
    for_each_row([](v1::Kind kind, const TableRow& row) {
        for (const Guard broken : row.guards) {
            if (!can_fail(broken, kind, row.trigger)) continue;
            CAPTURE(name_of(broken));
            Scene scene;
            for (const Guard guard : row.guards)
                scene.set(kind, row.trigger, guard, guard != broken);
            stand_in(scene, kind, row);
            const Step asked = scene.give(kind, row.trigger);
            CHECK(asked.verdict == Verdict::refused);
            CHECK(asked.transitions.empty());
            std::set<Guard> expected{broken};
            // Of a pool the coexistence checks are asked for twice: for the state they make, and
            // by the pack.
            const bool shared = kind == v1::KIND_POOL && broken == Guard::checks_passed &&
                                row.trigger != Trigger::enter_coexistence;
            if (shared) expected.insert(Guard::coexistence_verified);
            CHECK(failed(asked) == expected);
        }
    });
}

TEST_CASE("a refusal names every guard that failed, not only the first") {
    for_each_row([](v1::Kind kind, const TableRow& row) {
        std::set<Guard> expected;
        Scene scene;
        for (const Guard guard : row.guards) {
            scene.set(kind, row.trigger, guard, false);
            if (can_fail(guard, kind, row.trigger)) expected.insert(guard);
        }
        stand_in(scene, kind, row);
        const Step asked = scene.give(kind, row.trigger);
        CHECK(failed(asked) == expected);
        CHECK(asked.verdict == (expected.empty() ? Verdict::accepted : Verdict::refused));
    });
}

TEST_CASE("what no row takes is no transition, and no guard is asked") {
    for (const v1::Kind kind : kinds)
        for (const v1::State lifecycle : states_of(v1::REGION_LIFECYCLE))
            for (const Trigger trigger : {Trigger::enter_coexistence, Trigger::start_pilot,
                                          Trigger::promote, Trigger::retire}) {
                const auto rows = table(kind);
                if (std::any_of(rows.begin(), rows.end(), [&](const TableRow& row) {
                        return row.from == lifecycle && row.trigger == trigger;
                    }))
                    continue;
                CAPTURE(fmt::format("{} {} {}", word(kind), word(lifecycle), name_of(trigger)));
                Scene scene;
                scene.at(kind).lifecycle = lifecycle;
                const Step asked = scene.give(kind, trigger);
                CHECK(asked.verdict == Verdict::no_transition);
                CHECK(asked.failures.empty());
                CHECK(asked.transitions.empty());
            }
}

TEST_CASE("an entity without a kind has no machine") {
    Scene scene;
    CHECK(step(Trigger::promote, {scene.fleet, side_by_side(), {0}, v1::ACTION_PROMOTE, ""})
              .verdict == Verdict::no_transition);
}

TEST_CASE("the regions start where the design says") {
    CHECK(initial_states(v1::KIND_POOL) ==
          States{v1::STATE_LEGACY, v1::STATE_COEXISTENCE_UNVERIFIED});
    CHECK(initial_states(v1::KIND_USER) ==
          States{v1::STATE_LEGACY, v1::STATE_LEGACY_CLIENT, v1::STATE_SETTLED, v1::STATE_PRESENT});
    CHECK(initial_states(v1::KIND_APPLICATION) == States{v1::STATE_LEGACY,
                                                         v1::STATE_COMPATIBILITY_UNVERIFIED,
                                                         v1::STATE_SETTLED, v1::STATE_PRESENT});
    CHECK(initial_states(v1::KIND_WAVE) == States{v1::STATE_WAVE_PLANNED});
}

TEST_CASE("the tables are the ones that the logs of this version were decided with") {
    // Whoever changes a table changes this digest, and with it who may write to a log: a change
    // needs a migration of what `knows_machine` accepts.
    CHECK(to_hex(machine_digest()) ==
          "81afbd883213d022269ca8e359dcbb578ce0fcda9d13f352677fe42b32d2f153");
    CHECK(knows_machine(machine_digest()));
    CHECK_FALSE(knows_machine(Hash{}));
    // The one from before there were waves.
    const auto before =
        hash_from_hex("4584c3672e1dfdb88b1bb781aded0bfaee04a12492965ed4be2d069a2192d4b1");
    REQUIRE(before);
    CHECK(knows_machine(*before));
}

}  // namespace ferry
