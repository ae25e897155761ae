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

    /// As `execute`, for commands taken from a topic. Before anybody is answered it also stands in
    /// the log what was answered to those that changed nothing, and that commands before `next`
    /// have been taken: whoever takes them again after a crash answers the same.
    Result<std::vector<v1::CommandResult>> execute_taken(std::span<const v1::Command> commands,
                                                         Offset next);

    /// What `execute` would answer, on the fleet as it is. The fleet keeps what was decided, so the
    /// caller drops it afterwards.
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
    Result<std::vector<v1::CommandResult>> run(std::span<const v1::Command> commands);
    /// Decides and appends again where another writer's commits came first.
    Result<std::vector<v1::CommandResult>> run_until_first(std::span<const v1::Command> commands);
    void record_answer(const Request& request, const v1::CommandResult& result);
    void record_taken();
    void add_site_event(v1::StoredEvent event);
    Result<std::vector<v1::CommandResult>> decide_all(std::span<const v1::Command> commands);
    /// Brings what these will look at into the cache; changes nothing.
    void look_ahead(std::span<const v1::Command> commands) const;
    Result<void> decide(const v1::Command& command, Result<Request> request,
                        v1::CommandResult& result);
    Result<std::optional<v1::CommandResult>> answer_known(const Request& request);
    /// Of the events that a command left, which end with `event` at `last`: where the last one of
    /// its own entity stands, as it was answered; the very last where none is.
    Result<std::pair<Position, Version>> own_event(const Request& request, Position last,
                                                   const v1::StoredEvent& event);
    /// Looks up what a change of home is decided on.
    Result<void> gather(Request& request, HomeEvidence& evidence);
    /// Appends what was decided so far, so that what comes next can name it. Where another writer
    /// came first, `came_late_` is set and all of the batch is decided again.
    Result<void> land_draft();
    Result<void> add_between(const Request& request, v1::CommandResult& conflict);
    /// Appends the draft. False: another writer came first, and all of it must be decided again.
    Result<bool> flush();
    Result<bool> append_commit(CommitBuilder& builder, CommitKind kind, WriterId next_writer = {});
    Result<bool> read_back(const CommitId& id);
    Result<void> begin_batch();
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
    struct Recent {
        std::uint64_t digest;
        Position position;
        Version version;
    };
    /// Done in this batch, or in rehearsals so far, by command id.
    boost::unordered_flat_map<std::string_view, Recent, std::hash<std::string_view>> recent_;
    std::deque<std::string> rehearsed_ids_;  ///< a rehearsal's commands do not live so long
    /// What those that changed nothing were answered, while commands taken from a topic are
    /// decided.
    boost::unordered_flat_map<std::string, v1::CommandResult> recent_answers_;
    /// What commands taken from a topic were answered before the log began, to be recorded in its
    /// first commits. Whoever leads next takes those commands again, because the log says of none
    /// that it was taken, and comes to the same.
    boost::unordered_flat_map<std::string, v1::StoredEvent> early_answers_;
    std::span<const Result<Request>> understood_;  ///< of the commands being decided, if asked
    std::optional<Offset> taken_to_;               ///< set while such commands are decided
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
