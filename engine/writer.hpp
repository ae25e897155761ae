#pragma once
/// The writer of one site's log: decides commands in order, appends what was decided as commits,
/// and answers when the log says so. `Engine` puts a queue and a thread around it; a short-lived
/// command uses it as it is. One thread.
#include "engine/decision.hpp"
#include "engine/home_evidence.hpp"
#include "engine/replica.hpp"
#include "events/clock.hpp"
#include "events/randomness.hpp"

#include <span>
#include <vector>

namespace ferry {

struct WriterOptions {
    /// Named in `OwnerTaken` and in the lock.
    std::string cause = "created";
    /// A person has looked at the clock after a jump and says that it is right.
    bool clock_confirmed = false;
    /// How often a batch is decided again because another writer's commits came before it.
    int attempts_max = 16;
    /// Reads the logs of other sites, for whoever accepts or declines what they released. Where it
    /// is not set nothing can be accepted.
    FindRelease find_release{};
};

/// To whom a log is handed over, and by whom.
struct Handover {
    std::string destination;  ///< as messages and the log are to name it
    WriterId successor;       ///< drawn by the copy that goes on: its reservation
    std::string actor;
    std::string reason;
};

class Writer {
public:
    /// `replica`, `pack`, `clock` and `randomness` must outlive the writer. `pack` decides until
    /// the log adopts another.
    Writer(Replica& replica, const Pack& pack, const Clock& clock, Randomness& randomness,
           WriterOptions options = {});
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Becomes the log's writer and reads to its end. Errors: another writer holds the log
    /// (unavailable), it is damaged, it holds what this build does not know, is sealed or is a copy
    /// that waits for its origin's seal (configuration).
    Result<void> open();

    /// Ends the log with a seal: from then on nothing counts but a takeover by the successor, so
    /// that the log goes on in the copy that drew its id, and nowhere else. After `open`. After an
    /// error only a fresh reader knows whether the seal stands.
    Result<void> seal(const Handover& to);

    /// In place of `open`, in a copy that holds its origin's seal for it, and whose log is led by
    /// the caller already: takes over as the successor that the seal names. Writes nothing where
    /// that is done. Errors: as `open`; configuration where the seal is not there yet.
    Result<void> succeed(const std::string& actor, const std::string& reason);

    /// Decides `commands` in order and appends what was decided. One result a command, in order.
    /// After an error nothing more may be asked of this writer: whether the last commands stand is
    /// known only to a fresh reader, who is asked by their ids. `understood`: of each command, in
    /// order, where the caller has asked already.
    Result<std::vector<v1::CommandResult>> execute(
        std::span<const v1::Command> commands, std::span<const Result<Request>> understood = {});

    /// As `execute`, in two steps, so that the next commands are decided while the commits of the
    /// ones before are on their way. `begin` decides, on a state that includes all that was begun,
    /// and hands over; `finish` waits for the oldest that was begun, and gives its results or the
    /// error that it met at either step. Both spans live until then. Nothing else may be asked of a
    /// writer that has something under way.
    void begin(std::span<const v1::Command> commands,
               std::span<const Result<Request>> understood = {});
    Result<std::vector<v1::CommandResult>> finish();
    /// How many batches were begun and not finished.
    std::size_t under_way() const { return under_way_.size(); }
    /// Whether `finish` has nothing to wait for.
    bool finishes_at_once() const;

    /// As `begin`, for commands taken from a topic. Before anybody is answered it also stands in
    /// the log what was answered to those that changed nothing, and that commands before `next`
    /// have been taken: whoever takes them again after a crash answers the same. Nothing is begun
    /// ahead of the batch that begins the log.
    void begin_taken(std::span<const v1::Command> commands, Offset next);

    /// Refusals that were published while the log held nothing that had been taken from the topic:
    /// whoever takes those commands again answers the same, and records it, although the log may
    /// have begun since and they could be done by now.
    void note_published(std::span<const v1::CommandResult> refusals);

    /// What `execute` would answer, on the fleet as it is. The replica keeps what was decided, so
    /// the caller drops it afterwards.
    Result<std::vector<v1::CommandResult>> rehearse(std::span<const v1::Command> commands);

    /// Appends events that were decided elsewhere (a rollback's) as one commit, whole or not at
    /// all; they are moved from. Position, version and the link back are filled in here. `complete`
    /// is called with each event before it is folded in, to fill in what only the state just before
    /// it can say; its error drops the whole commit.
    using Completion = std::function<Result<void>(const Fleet& before, v1::StoredEvent& event)>;
    Result<void> append(std::span<v1::StoredEvent> events, const Completion& complete = {});

    /// Begins the log of `name` where there is none yet, for logs that no registration begins: a
    /// campaign's. After `open`. Errors: as `execute`.
    Result<void> create(const std::string& name);

    /// Whether a check may have become too old for its pack since this writer looked: who has no
    /// commands to give for a while gives none (`execute({})`), and the expiries are appended.
    bool expiry_is_due() const;

    /// Where the last command's events of this batch ended; for progress.
    Position position() const { return replica_.fleet.position; }

private:
    const Pack& pack() const { return pack_in_force(replica_.fleet, pack_); }
    /// Appends to the draft what has become too old by its recorded time.
    void expire_checks();
    using Results = std::vector<v1::CommandResult>;
    /// Commands that were begun together.
    struct Batch {
        std::span<const v1::Command> commands;
        std::span<const Result<Request>> understood{};  ///< of the commands, if asked
        std::optional<Offset> taken_to{};               ///< set for commands taken from a topic
        std::uint64_t number = 0;
        bool ready = true;     ///< the log was fit to be written to
        bool decided = false;  ///< and handed over, on a chain that held
        Result<Results> results{};
        std::uint64_t commits = 0;  ///< that must have landed before anybody is answered
    };
    void begin(Batch batch);
    /// Decides and hands over; where that fails nothing begun after it is.
    void attempt(Batch& batch);
    Result<Results> decide_batch(const Batch& batch);
    /// Decides all that is under way again, one batch after the other, because the first of them
    /// failed or came late.
    void mend();
    /// Whether something may be decided again after such an error: on a log that was taken over.
    Result<void> recover(const Error& failed);
    Result<Results> decide_until_first(Batch& batch);
    void record_answer(const Request& request, const v1::CommandResult& result);
    void record_taken();
    void add_site_event(v1::StoredEvent event);
    Result<Results> decide_all(std::span<const v1::Command> commands);
    /// Brings what these will look at into the cache; changes nothing.
    void look_ahead(std::span<const v1::Command> commands) const;
    Result<void> decide(const v1::Command& command, Result<Request> request,
                        v1::CommandResult& result);
    Result<std::optional<v1::CommandResult>> answer_known(const Request& request);
    /// Notes the ids of what was added to the draft from there on, so that the next command of the
    /// same id finds it.
    void note_ids(std::size_t from);
    /// Of the events that a command left, which end with `event` at `last`: where the last one of
    /// its own entity stands, as it was answered; the very last where none is.
    Result<std::pair<Position, Version>> own_event(const Request& request, Position last,
                                                   const v1::StoredEvent& event);
    /// Looks up what a change of home is decided on.
    Result<void> gather(Request& request, HomeEvidence& evidence);
    /// Waits until all that was decided so far stands, so that what comes next can name it. Where
    /// another writer came first, `came_late_` is set and all of it is decided again.
    Result<void> land_draft();
    Result<void> add_between(const Request& request, v1::CommandResult& conflict);
    /// Hands the draft over.
    Result<void> flush();
    Result<void> hand_over(CommitBuilder& builder, CommitKind kind, WriterId next_writer = {});
    /// Reads back until so many of the commits handed over count. False: another writer came first,
    /// and what was decided on those that do not must be decided again.
    Result<bool> land(std::uint64_t commits);
    std::uint64_t landed() const { return handed_over_ - replica_.expected.size(); }
    Result<bool> append_commit(CommitBuilder& builder, CommitKind kind, WriterId next_writer = {});
    /// What the next commit links to.
    struct Tail {
        Position position;
        Hash head;
        Time recorded;
    };
    Tail tail() const;
    Result<void> begin_batch();
    Result<void> read_and_lead();
    Result<void> create_log(const Request& request);
    Result<void> begin_log(const std::string& name);
    bool leads() const;
    struct Takeover;
    Result<void> take_over(const Takeover& takeover);
    Result<void> take_over_anew();
    /// False where another writer's fence came first.
    Result<bool> fence();
    Result<void> step_down() const;
    /// After an append of unknown outcome: reads on and takes over, so that what arrives late no
    /// longer links and everything before it is known.
    Result<void> settle_unknown();
    /// Whether this build may write to such a log at all, and whether this log is to be written to.
    Result<void> check_fit() const;
    Result<void> check_sound() const;
    Result<void> check_owned() const;
    Result<void> check_clock() const;
    Result<void> refold();

    Replica& replica_;
    const Pack& pack_;
    const Clock& clock_;
    Randomness& randomness_;
    WriterOptions options_;
    Term term_;
    WriterId writer_;
    Time wall_started_;
    std::chrono::microseconds monotonic_started_;
    Draft draft_;
    std::vector<std::size_t> boundaries_;  ///< where each command's events end in the draft
    CommitBuilder builder_;                ///< of what is handed over
    std::deque<Batch> under_way_;          ///< begun and not finished, oldest first
    bool chain_broken_ = false;            ///< all that is under way has to be decided again
    std::uint64_t batch_ = 0;              ///< the number of the one being decided
    std::uint64_t begun_ = 0;
    std::uint64_t handed_over_ = 0;  ///< commits, ever
    Tail tail_;                      ///< of what was handed over and not read back
    /// Of a command whose last event has not been read back.
    struct Recent {
        Position last;  ///< as the index has it
        std::string_view id;
        std::uint64_t digest = 0;
        Position position{};  ///< as it was answered
        Version version{};
        std::uint64_t batch = 0;
        /// What it was answered, of commands taken from a topic that changed nothing.
        std::shared_ptr<const v1::CommandResult> refused{};
    };
    const Recent* recent_of(Position last, std::string_view id) const;
    /// Done in what is under way, or in rehearsals so far, in order.
    std::deque<Recent> recent_;
    std::deque<std::string> rehearsed_ids_;  ///< a rehearsal's commands do not live so long
    /// What commands taken from a topic were answered before the log began, to be recorded in its
    /// first commits. Whoever leads next takes those commands again, because the log says of none
    /// that it was taken, and comes to the same.
    boost::unordered_flat_map<std::string, v1::StoredEvent> early_answers_;
    /// By the id of the command.
    boost::unordered_flat_map<std::string, v1::CommandResult> published_;
    std::span<const Result<Request>> understood_;  ///< of the commands being decided, if asked
    std::optional<Offset> taken_to_;               ///< of the batch being decided
    /// No check becomes due before; set anew after another pack was adopted.
    struct Quiet {
        Position pack;
        std::optional<Time> until;
    };
    std::optional<Quiet> quiet_;
    bool rehearsing_ = false;
    bool came_late_ = false;
    bool failed_ = false;
};

/// A clock that moved by more than this against the monotonic one stops the writing.
inline constexpr std::chrono::hours clock_jump_max{1};

}  // namespace ferry
