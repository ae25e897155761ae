// The wave's machine as a text table: who may go where by what.
#include "engine/machine.hpp"
#include "engine/words.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <sstream>

namespace ferry {

namespace {

constexpr std::string_view rows = R"(
planned                 start-wave              running
planned                 stop-wave               completed-with-failures
running                 pause-wave              paused
running                 retry-failed            running
running                 stop-wave               completed-with-failures
running                 wave-held               held
running                 wave-done               completed
running                 wave-done-with-failures completed-with-failures
running                 wave-rolled-back        rolled-back
paused                  resume-wave             running
paused                  retry-failed            running
paused                  stop-wave               completed-with-failures
paused                  wave-rolled-back        rolled-back
held                    resume-wave             running
held                    retry-failed            running
held                    stop-wave               completed-with-failures
held                    wave-rolled-back        rolled-back
completed               wave-rolled-back        rolled-back
completed-with-failures retry-failed            running
completed-with-failures wave-rolled-back        rolled-back
)";

/// A wave that was planned with one member, in the state given.
Fleet scene(v1::State state) {
    Fleet fleet;
    fleet.name_site("paris");
    Entity pool;
    pool.kind = v1::KIND_POOL;
    pool.lifecycle = v1::STATE_PILOT;
    pool.presence = v1::STATE_PRESENT;
    fleet.add("pool:ocs01", pool);
    Entity user;
    user.kind = v1::KIND_USER;
    user.lifecycle = v1::STATE_LEGACY;
    user.presence = v1::STATE_PRESENT;
    user.pool = 1;
    fleet.add("user:alice", user);
    Entity wave;
    wave.kind = v1::KIND_WAVE;
    wave.lifecycle = state;
    wave.presence = v1::STATE_PRESENT;
    fleet.add("wave:w1", wave);
    fleet.waves[3].members = {2};
    fleet.waves[3].to = v1::STATE_PILOT;
    return fleet;
}

}  // namespace

TEST_CASE("a wave goes where its table says from every state by every trigger, and nowhere else") {
    std::set<std::string> expected;
    std::istringstream lines{std::string(rows)};
    for (std::string from, by, to; lines >> from >> by >> to;)
        expected.insert(fmt::format("{} {} {}", from, by, to));
    std::set<std::string> found;
    for (int state = v1::STATE_WAVE_PLANNED; state <= v1::STATE_WAVE_ROLLED_BACK; ++state)
        for (std::size_t i = 0; i < trigger_count; ++i) {
            const auto trigger = static_cast<Trigger>(i);
            const Fleet fleet = scene(static_cast<v1::State>(state));
            const Step asked =
                step(trigger, {fleet, side_by_side(), {3}, action_of(trigger), "dana"});
            CHECK(asked.failures.empty());
            for (const Transition& each : asked.transitions)
                found.insert(
                    fmt::format("{} {} {}", word(each.from), name_of(trigger), word(each.to)));
        }
    CHECK(found == expected);
}

TEST_CASE("a wave that was rolled back takes nothing any more") {
    const Fleet fleet = scene(v1::STATE_WAVE_ROLLED_BACK);
    CHECK(possible(fleet.at({3})).empty());
}

}  // namespace ferry
