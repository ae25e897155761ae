#pragma once
/// The state machines, one Boost.MSM table each (pool_machine.cpp, user_machine.cpp,
/// application_machine.cpp, wave_machine.cpp). A machine decides and never replays: it is restored
/// from plain states, given one trigger, and asked for its verdict. Stateless; any thread that may
/// read the fleet.
#include "engine/guards.hpp"

#include <boost/container/static_vector.hpp>

#include <span>
#include <string>
#include <vector>

namespace ferry {

/// What a machine reacts to. The first are commands; the others are facts that the decider draws
/// from what was recorded (a check that completes coexistence, a newer client seen).
enum class Trigger : std::uint8_t {
    enter_coexistence,
    start_pilot,
    promote,
    retire,
    withdraw,
    come_back,  ///< `register` of a withdrawn member
    coexistence_holds,
    coexistence_broken,
    compatible_found,
    incompatible_found,
    newer_client_seen,
    newer_client_gone,
    move_opened,
    move_succeeded,
    move_failed,
    start_wave,
    pause_wave,
    resume_wave,
    retry_failed,
    stop_wave,
    wave_held,
    wave_done,
    wave_done_with_failures,
    wave_rolled_back,
    start_campaign,
    hold_campaign,
    resume_campaign,
    cancel_campaign,
    all_sites_finished,
    completion_undercut,
    first_site_arrived,
    enough_arrived,
    all_sites_left,
    barrier_undercut,
    barriers_passed,
    barrier_closed,
};
inline constexpr std::size_t trigger_count = 36;

/// `enter-coexistence`.
std::string_view name_of(Trigger trigger);
/// The command behind a trigger; ACTION_UNSPECIFIED where it is a fact.
v1::Action action_of(Trigger trigger);

struct Transition {
    v1::Region region;
    v1::State from;
    v1::State to;
};

enum class Verdict { accepted, refused, no_transition };

/// At most one in each region.
using Transitions = boost::container::static_vector<Transition, 4>;

struct Step {
    Verdict verdict = Verdict::no_transition;
    Transitions transitions;            ///< where accepted
    std::vector<FailedGuard> failures;  ///< where refused: every guard that failed
};

/// What the machine of the entity's kind says to `trigger`. `context.action` names the command that
/// the guards are asked for.
Step step(Trigger trigger, const GuardContext& context);

/// The same for a lifecycle command, and beside it what the pack asks of that step: a step is
/// refused where either refuses.
Step step_under_pack(Trigger trigger, const GuardContext& context);

/// One row of a transition table, as data: for the diagram, the docs and the digest.
struct TableRow {
    v1::State from;
    Trigger trigger;
    v1::State to;
    std::vector<Guard> guards;
    bool before_production = false;  ///< the row stands only in legacy, coexist-test and pilot
};

std::span<const TableRow> table(v1::Kind kind);
/// The first state of each region.
std::vector<v1::State> initial_states(v1::Kind kind);

/// The commands that some row accepts in this state, whatever its guards say.
std::vector<v1::Action> possible(const Entity& entity);

/// SHA-256 over all tables as text.
const Hash& machine_digest();
/// Whether commits decided with the tables of this digest are understood by this build.
bool knows_machine(const Hash& digest);

}  // namespace ferry
