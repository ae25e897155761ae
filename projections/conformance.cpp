#include "projections/conformance.hpp"

#include "engine/evolve.hpp"
#include "engine/machine.hpp"
#include "engine/words.hpp"
#include "projections/commit_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ferry {

namespace {

/// One recorded transition, whichever event says so.
struct Recorded {
    EntityNumber number;
    v1::Region region = v1::REGION_UNSPECIFIED;
    v1::State from = v1::STATE_UNSPECIFIED;
    v1::State to = v1::STATE_UNSPECIFIED;
    std::optional<Trigger> trigger;
    v1::Action action = v1::ACTION_UNSPECIFIED;
    bool reported = false;  ///< its guards were asked when the move was opened
};

std::optional<Trigger> trigger_named_by(v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return Trigger::enter_coexistence;
        case v1::ACTION_START_PILOT: return Trigger::start_pilot;
        case v1::ACTION_PROMOTE: return Trigger::promote;
        case v1::ACTION_RETIRE: return Trigger::retire;
        case v1::ACTION_WITHDRAW: return Trigger::withdraw;
        case v1::ACTION_REGISTER: return Trigger::come_back;
        default: return std::nullopt;
    }
}

/// What a wave did: a person asked for it, or its members led there.
std::optional<Trigger> wave_trigger(const v1::Transitioned& body) {
    switch (body.to()) {
        case v1::STATE_WAVE_RUNNING:
            if (body.from() == v1::STATE_WAVE_PLANNED) return Trigger::start_wave;
            return body.from() == v1::STATE_WAVE_PAUSED || body.from() == v1::STATE_WAVE_HELD
                       ? Trigger::resume_wave
                       : Trigger::retry_failed;
        case v1::STATE_WAVE_PAUSED: return Trigger::pause_wave;
        case v1::STATE_WAVE_HELD: return Trigger::wave_held;
        case v1::STATE_WAVE_COMPLETED: return Trigger::wave_done;
        case v1::STATE_WAVE_COMPLETED_WITH_FAILURES:
            return body.command() == v1::ACTION_STOP_WAVE ? Trigger::stop_wave
                                                          : Trigger::wave_done_with_failures;
        case v1::STATE_WAVE_ROLLED_BACK: return Trigger::wave_rolled_back;
        default: return std::nullopt;
    }
}

/// A region other than the lifecycle follows a fact, and where it went says which.
std::optional<Trigger> trigger_to(v1::State to) {
    switch (to) {
        case v1::STATE_COEXISTENCE_VERIFIED: return Trigger::coexistence_holds;
        case v1::STATE_COEXISTENCE_DEGRADED: return Trigger::coexistence_broken;
        case v1::STATE_COMPATIBLE: return Trigger::compatible_found;
        case v1::STATE_INCOMPATIBLE: return Trigger::incompatible_found;
        case v1::STATE_UPGRADED_CLIENT: return Trigger::newer_client_seen;
        case v1::STATE_LEGACY_CLIENT: return Trigger::newer_client_gone;
        case v1::STATE_MOVING: return Trigger::move_opened;
        case v1::STATE_SETTLED: return Trigger::move_succeeded;
        case v1::STATE_FAILED: return Trigger::move_failed;
        case v1::STATE_WITHDRAWN: return Trigger::withdraw;
        case v1::STATE_PRESENT: return Trigger::come_back;
        default: return std::nullopt;
    }
}

v1::State state_in(const Entity& entity, v1::Region region) {
    switch (region) {
        case v1::REGION_LIFECYCLE:
        case v1::REGION_WAVE: return entity.lifecycle;
        case v1::REGION_TRANSFER: return entity.transfer;
        case v1::REGION_PRESENCE: return entity.presence;
        default: return entity.knowledge;
    }
}

/// Every state that the machine of a kind has today.
const std::set<v1::State>& states_of(v1::Kind kind) {
    static const auto known = [] {
        std::map<v1::Kind, std::set<v1::State>> states;
        for (const v1::Kind each :
             {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION, v1::KIND_WAVE}) {
            for (const v1::State state : initial_states(each)) states[each].insert(state);
            for (const TableRow& row : table(each)) states[each].insert({row.from, row.to});
        }
        return states;
    }();
    static const std::set<v1::State> none;
    const auto found = known.find(kind);
    return found == known.end() ? none : found->second;
}

/// A state of this entity that today's machine could not even be restored to.
std::optional<v1::State> unknown_state(const Entity& entity) {
    const auto& states = states_of(entity.kind);
    std::vector<v1::State> active{entity.lifecycle};
    if (entity.kind != v1::KIND_WAVE) active.push_back(entity.knowledge);
    if (entity.is_member()) active.insert(active.end(), {entity.transfer, entity.presence});
    for (const v1::State state : active)
        if (!states.contains(state)) return state;
    return std::nullopt;
}

bool has_row(v1::Kind kind, const Recorded& recorded) {
    return std::ranges::any_of(table(kind), [&](const TableRow& row) {
        return row.from == recorded.from && row.to == recorded.to &&
               (!recorded.trigger || row.trigger == *recorded.trigger);
    });
}

bool leads_there(const Step& asked, const Recorded& recorded) {
    return std::ranges::any_of(asked.transitions, [&](const Transition& transition) {
        return transition.region == recorded.region && transition.from == recorded.from &&
               transition.to == recorded.to;
    });
}

class Judging {
public:
    Judging(const Pack& pack, const NonconformityVisitor& visit) : pack_(pack), visit_(visit) {}

    void take(const CommitView& commit) {
        if (!knows_machine(commit.header.machine_digest)) ++report_.commits_of_other_tables;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            if (!placed.readable) return;
            if (const auto recorded = recorded_in(event))
                judge(*recorded, placed.position, commit.header.recorded, event.actor());
            evolve(fleet_, placed.position, commit.header.recorded, event);
            report_.judged_to = placed.position;
            succeeded_ = event.has_move_succeeded() ? event.entity() : 0;
        });
    }
    Conformance report() const { return report_; }

private:
    std::optional<Recorded> recorded_in(const v1::StoredEvent& event) const;
    void judge(const Recorded& recorded, Position position, Time time, std::string_view actor);
    const Pack& pack() const { return pack_in_force(fleet_, pack_); }
    std::string verdict(const Recorded& recorded, Time time, std::string_view actor,
                        std::vector<FailedGuard>& failures) const;
    std::string missing_fact(const Recorded& recorded) const;

    const Pack& pack_;
    const NonconformityVisitor& visit_;
    Fleet fleet_;
    Conformance report_;
    std::uint64_t succeeded_ =
        0;  ///< entity of the MoveSucceeded just before, whose transition follows
};

std::optional<Recorded> Judging::recorded_in(const v1::StoredEvent& event) const {
    const EntityNumber number{event.entity()};
    if (number.value == 0 || !fleet_.knows(number)) return std::nullopt;
    const Entity& entity = fleet_.at(number);
    if (event.has_transitioned()) {
        const v1::Transitioned& body = event.transitioned();
        const bool lifecycle = body.region() == v1::REGION_LIFECYCLE;
        Recorded recorded{number, body.region(), body.from(), body.to(), {}, body.command(), false};
        recorded.trigger = lifecycle ? trigger_named_by(body.command()) : trigger_to(body.to());
        if (body.region() == v1::REGION_WAVE) recorded.trigger = wave_trigger(body);
        recorded.reported = lifecycle && succeeded_ == event.entity();
        // Who leaves while moving is settled by leaving, and no report is asked for.
        if (body.region() == v1::REGION_TRANSFER && body.command() == v1::ACTION_WITHDRAW)
            recorded.reported = true;
        return recorded;
    }
    if (event.has_move_opened() && !event.move_opened().back()) {
        const v1::MoveOpened& body = event.move_opened();
        return Recorded{number,
                        v1::REGION_LIFECYCLE,
                        body.from(),
                        body.to(),
                        trigger_named_by(body.command()),
                        body.command(),
                        false};
    }
    // The account follows what was decided before; no machine is asked.
    if (event.move_succeeded().back() || event.move_failed().back()) return std::nullopt;
    if (event.has_move_succeeded() || event.has_move_failed()) {
        const v1::State to = event.has_move_succeeded() ? v1::STATE_SETTLED : v1::STATE_FAILED;
        return Recorded{number, v1::REGION_TRANSFER, entity.transfer,
                        to,     trigger_to(to),      v1::ACTION_REPORT_MOVE,
                        false};
    }
    if (event.has_registered())
        return Recorded{number,
                        v1::REGION_PRESENCE,
                        entity.presence,
                        v1::STATE_PRESENT,
                        Trigger::come_back,
                        v1::ACTION_REGISTER,
                        false};
    return std::nullopt;
}

/// Facts are drawn by the pack: would today's draw this one?
std::string Judging::missing_fact(const Recorded& recorded) const {
    if (recorded.region == v1::REGION_COEXISTENCE) {
        const bool holds = coexistence_holds(fleet_, pack(), recorded.number);
        const bool held = recorded.to == v1::STATE_COEXISTENCE_VERIFIED;
        if (held && !holds) return "not all coexistence checks of today's pack had passed";
        if (!held && holds) return "all coexistence checks of today's pack had passed";
    }
    if (recorded.region != v1::REGION_CLIENT) return {};
    const bool newer = has_newer_client(fleet_, pack(), recorded.number);
    const bool was_newer = recorded.to == v1::STATE_UPGRADED_CLIENT;
    if (was_newer && !newer) return "no client seen is newer by today's pack";
    if (!was_newer && newer) return "a client seen is newer by today's pack";
    return {};
}

std::string Judging::verdict(const Recorded& recorded, Time time, std::string_view actor,
                             std::vector<FailedGuard>& failures) const {
    const Entity& entity = fleet_.at(recorded.number);
    if (const auto unknown = unknown_state(entity))
        return fmt::format("today's machine has no state {}", word(*unknown));
    const v1::State state = state_in(entity, recorded.region);
    if (state != recorded.from)
        return fmt::format("it says that it began in {}, and the log before it leads to {}",
                           word(recorded.from), word(state));
    if (!has_row(entity.kind, recorded) || !recorded.trigger)
        return fmt::format("today's table has no row from {} to {} for it", word(recorded.from),
                           word(recorded.to));
    if (recorded.reported) return {};
    const GuardContext context{fleet_, pack(), recorded.number, recorded.action, actor, time};
    Step asked = step_under_pack(*recorded.trigger, context);
    if (auto closed = failure(Guard::rollback_in_progress, context))
        asked.failures.push_back({Guard::rollback_in_progress, std::move(*closed)});
    if (!asked.failures.empty()) {
        std::string names;
        for (const FailedGuard& failed : asked.failures)
            names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(failed.guard));
        failures = std::move(asked.failures);
        return "today's guards refuse it: " + names;
    }
    if (!leads_there(asked, recorded)) return "today's machine does not move here";
    return missing_fact(recorded);
}

void Judging::judge(const Recorded& recorded, Position position, Time time,
                    std::string_view actor) {
    ++report_.judged;
    Nonconformity found;
    found.why = verdict(recorded, time, actor, found.failures);
    if (found.why.empty()) return;
    ++report_.refused;
    found.position = position;
    found.recorded = time;
    found.entity = std::string(fleet_.id(recorded.number));
    found.region = recorded.region;
    found.from = recorded.from;
    found.to = recorded.to;
    found.trigger = recorded.trigger ? name_of(*recorded.trigger) : word(recorded.action);
    visit_(found);
}

}  // namespace

Result<Conformance> check_conformance(Log& log, const Pack& pack,
                                      const NonconformityVisitor& visit) {
    Judging judging(pack, visit);
    WalkPlace place;
    const auto walked = walk_commits(log, place, [&](const CommitView& commit) {
        judging.take(commit);
        return true;
    });
    if (!walked) return std::unexpected(walked.error());
    return judging.report();
}

}  // namespace ferry
