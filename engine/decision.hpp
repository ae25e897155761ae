#pragma once
/// decide: command × state → events or a refusal. Every event is folded into the fleet as it is
/// decided, so that the next command of the same commit is decided against it; whoever decides must
/// append what was decided, or drop the fleet and fold it anew. One thread.
#include "engine/fleet.hpp"
#include "engine/machine.hpp"
#include "engine/request.hpp"
#include "ferry/v1/command.pb.h"
#include "ferry/v1/stored_event.pb.h"

#include <deque>

namespace ferry {

/// Events in order. What was cleared is used again with the room its texts had, because a quarter
/// of a command's time went into making and freeing them.
class DraftEvents {
public:
    /// An empty one, at the end.
    v1::StoredEvent& add();
    void add(v1::StoredEvent&& event) { add() = std::move(event); }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    v1::StoredEvent& operator[](std::size_t index) { return events_[index]; }
    const v1::StoredEvent& operator[](std::size_t index) const { return events_[index]; }
    const v1::StoredEvent& back() const { return events_[size_ - 1]; }

private:
    std::deque<v1::StoredEvent> events_;  // a deque, so that an event stays where it is
    std::size_t size_ = 0;
};

/// The events decided and not yet appended, with the time they will be recorded at.
struct Draft {
    Position next;  ///< of the next event
    Time recorded;
    DraftEvents events;

    void begin(Position at, Time time) {
        next = at;
        recorded = time;
        events.clear();
    }
};

/// One command being decided.
class Decision {
public:
    /// `result` is an empty one.
    Decision(Fleet& fleet, const Pack& pack, const Request& request, Draft& draft,
             v1::CommandResult& result)
        : fleet_(fleet),
          pack_(&pack),
          request_(request),
          command_(*request.command),
          draft_(draft),
          result_(result) {}

    /// The answer is in the result; the events, if any, are in the draft and in the fleet.
    void run();

    /// Not asked by anybody: a check that has become too old, and what follows from that. The
    /// command is an empty one.
    void expire_check(EntityNumber number, const CheckState& check);

private:
    void decide();
    void decide_on_site();
    /// Whether the entity has the version that the caller expects; else the answer is a conflict.
    bool expects(EntityNumber number);
    void do_register();
    /// Whether a found member can stand on that side of the pool; else it is refused.
    bool can_be_placed(bool moved, EntityNumber pool);
    void register_member(v1::Registered body, EntityNumber pool);
    bool returns_withdrawn(EntityNumber number);
    void act();
    void step_lifecycle(Trigger trigger);
    /// The transition itself or, where the pack wants moves confirmed, the move that leads to it.
    void emit_step(EntityNumber number, const Transition& transition, v1::Action action);
    void withdraw();
    void record_check();
    void record_check_on_site();
    void record_check_on(EntityNumber number);
    void observe_client();
    void observe_meeting();
    void observe_policy();
    void approve(EntityNumber number);
    void mark();
    // Real moves (decision_moves.cpp).
    void open_move(EntityNumber number, const Transition& transition, v1::Action action);
    /// The id of the move that the next event opens.
    std::string next_move() const;
    void report_move();
    void report_forward(MoveState move);
    void report_back(MoveBack back);
    void report_late(ClosedMove closed);
    void retry_move();
    void emit_report(bool back, v1::Deployment towards);
    void note_forced();
    void emit_move_back(v1::State from, v1::State to, bool to_new_side,
                        const std::string& rollback);
    void emit_move_closed(const MoveBack& back, bool arrived, std::string_view cause);
    void follow_account(const std::string& rollback);
    void close_late_remediations();
    void end_moves_of_leaver();
    /// Done, with what is settled by it said first.
    void account_done();
    void adopt_pack();
    bool adoption_approved();

    // Waves: decision_wave.cpp and decision_wave_step.cpp.
    /// What became of one member that was taken up.
    struct Taken {
        /// It `waits` where nothing but the pack's order refuses it, and that may be for others of
        /// this wave.
        enum class Kind { goes, failed, holds, waits } kind = Kind::goes;
        std::string_view cause{};  ///< where the wave holds by it
        std::string reason{};
        std::vector<Guard> guards{};  ///< where they refused
    };
    /// What one step has come to.
    struct WaveRound {
        std::size_t limit = 0;
        std::size_t taken = 0;
        std::uint32_t next = 0;
        v1::WaveStepped failures;
        Taken held{};
        std::vector<std::pair<std::uint32_t, Taken>> waiting{};  ///< members, for the order's sake
        void fail(std::uint32_t member, std::string reason, std::span<const Guard> guards = {}) {
            v1::WaveFailure& failure = *failures.add_failures();
            failure.set_member(member);
            failure.set_reason(std::move(reason));
            for (const Guard guard : guards) failure.add_guards(std::string(name_of(guard)));
        }
    };
    void act_on_wave();
    void plan_wave();
    bool set_members(v1::WavePlanned& body);
    /// The member's number, or nothing and an answer that says why.
    std::optional<std::uint32_t> wave_member(const std::string& id);
    void steer_wave(Trigger trigger);
    void step_wave();
    void take_members(const WaveState& wave, WaveRound& round);
    void give_up_waiting(const WaveState& wave, WaveRound& round) const;
    Taken take_up(EntityNumber member, v1::State to);
    Taken judge_refusal(EntityNumber member, std::vector<FailedGuard> failures);
    /// How many members may be taken up now by the wave's pace.
    std::uint64_t wave_allowance(const WaveState& wave) const;
    std::string not_due(const WaveState& wave, const WaveRound& round, bool limited) const;
    static bool budget_spent(const WaveState& wave, std::size_t failures_of_this_step);
    void hold_wave(EntityNumber wave, std::string_view cause, std::string reason);
    /// A running wave may be done, or have spent its budget, by what was just recorded.
    void follow_wave(EntityNumber wave);

    /// How many events an adoption brings beside itself.
    std::size_t adoption_events(const Pack& next) const;
    void correct();
    void correct_member(v1::Corrected& body);

    // An entity's home moves to another site (decision_home.cpp, decision_accept.cpp).
    void release();
    void accept();
    /// Whether the release that is to be accepted stands, and is for this site; else it is refused.
    bool release_stands(const std::optional<EntityNumber>& known);
    /// Nothing, and refused, where no pool of this site can take it as it is.
    std::optional<EntityNumber> pool_to_join();
    void emit_accepted(EntityNumber pool);
    void follow_acceptance();
    void decline();
    void take_over_site();

    /// Region 2 follows from what was recorded.
    void follow_coexistence(EntityNumber pool);
    void follow_compatibility();
    void follow_clients(EntityNumber user);

    GuardContext context(EntityNumber number) const {
        return {fleet_, *pack_, number, request_.action, command_.actor(), draft_.recorded};
    }
    /// Appends one event and folds it in.
    template <class Fill>
    void emit(EntityNumber number, Fill&& fill);
    /// Gives a trigger that has no guards and emits what it brings about.
    void follow(EntityNumber number, Trigger trigger);
    void emit_transition(EntityNumber number, const Transition& transition);
    void emit_transition(EntityNumber number, const Transition& transition, v1::Action action);

    void invalid(std::string message);
    void refuse(std::vector<FailedGuard> failures);
    void refuse(Guard guard, std::string reason) { refuse({{guard, std::move(reason)}}); }
    void no_transition();
    void done();

    Fleet& fleet_;
    const Pack* pack_;  ///< another one once this decision has adopted it
    const Request& request_;
    const v1::Command& command_;
    Draft& draft_;
    EntityNumber number_;
    v1::CommandResult& result_;
    std::size_t emitted_ = 0;
};

/// The trigger that a step of the lifecycle or of a wave, a withdrawal or a return gives.
Trigger trigger_of(v1::Action action);

/// What the machine would say to the command, changing nothing: for `ferry why`.
Step ask(const Fleet& fleet, const Pack& pack, EntityNumber number, v1::Action action,
         std::string_view actor);

/// A check whose PASS has become older than its pack lets it count.
struct StaleCheck {
    EntityNumber number;
    CheckState check;
};
struct StaleChecks {
    std::vector<StaleCheck> due;  ///< by entity, check and deployment
    /// Before then no other becomes due, whatever is recorded meanwhile; nothing where the pack
    /// lets every check count for ever.
    std::optional<Time> quiet_until;
};
/// As of `now`. Entities in the scope of an open rollback are left alone until it has ended,
/// because what follows from an expiry is decided state.
StaleChecks stale_checks(const Fleet& fleet, const Pack& pack, Time now);

}  // namespace ferry
