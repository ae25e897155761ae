#pragma once
/// One site's log, read and folded: what acceptance let through, the fleet it makes, and the index
/// of command ids. Every reader is one; the writer is one that also appends. One thread.
#include "engine/command_index.hpp"
#include "engine/commit_shelf.hpp"
#include "engine/fleet.hpp"
#include "events/acceptance.hpp"
#include "events/log.hpp"

#include <deque>
#include <map>
#include <memory>

namespace ferry {

/// A place behind which a log that admits one writer is not what was written.
struct Damage {
    Position after;  ///< the last event that counts
    Offset offset;   ///< of the record that does not
    std::string reason;
};

struct Replica {
    explicit Replica(std::unique_ptr<Log> with);
    Replica(Replica&&) noexcept;
    Replica& operator=(Replica&&) noexcept;
    ~Replica();

    std::unique_ptr<Log> log;
    AcceptanceState acceptance;
    Fleet fleet;
    CommandIndex index;
    bool keeps_index = true;            ///< readers that answer no commands save the memory
    Offset next;                        ///< of the record to read next
    std::optional<Offset> head_offset;  ///< of the last commit that counted, once one was read
    std::map<VoidReason, std::uint64_t> voids;  ///< how many records did not count, and why
    std::optional<Damage> damage;               ///< reading stops there
    mutable CommitShelf shelf;                  ///< what was read back lately

    /// What a writer has handed over and not read back yet, in order. It folds what it decides, and
    /// notes its ids, before it is appended, and neither is done again for such a commit. Any other
    /// that counts before it is folded, and raises `overtaken`: what was decided stands on a state
    /// that never was.
    struct Expected {
        std::vector<Byte> stored;
        bool folded = false;  ///< already, when it was decided
    };
    std::deque<Expected> expected;
    bool overtaken = false;

    /// Called with each commit that counts, after it was folded in.
    std::function<void(const CommitView&)> on_commit;

    /// Reads to the end of the log as it is now. Damage is remembered, not an error: what is before
    /// it may still be read. An unknown format is an error (Errc::configuration).
    Result<void> catch_up();

    /// As `catch_up`, but may end where the first of `expected` has been passed in the log.
    Result<void> catch_up_some();

    /// Whether the log still holds, where the last commit that counted stood, that commit: other
    /// bytes there mean that its end was cut off (an unclean election, a power cut). Errc::damaged.
    Result<void> check_not_truncated();

    /// Judges one record and folds it in where it counts.
    Result<void> take(const Record& record);

    /// Forgets everything folded, so that the next catch_up starts from the beginning.
    void forget();

private:
    using Reading = Result<Offset> (Log::*)(Offset from, const RecordVisitor& visit);
    Result<void> catch_up_by(Reading reading);
    void take_commit(const CommitView& commit, bool is_expected);
    /// A commit of the current term that does not link to what was read, or that was written by
    /// somebody who had read further.
    bool hints_at_truncation(const Judged& judged, Bytes record) const;
    bool truncation_hinted_ = false;
};

/// What was accepted at `position` is no longer in the log.
Error truncated_after(const Log& log, Position position);

/// The event at `position` with the header of its commit; nothing where the log ends before it.
struct FoundEvent {
    CommitHeader header;
    v1::StoredEvent event;
};
Result<std::optional<FoundEvent>> find_event(Log& log, Position position);
/// The same, by way of the replica's shelf: for whoever reads back more than one.
Result<std::optional<FoundEvent>> find_event(const Replica& replica, Position position);

/// The event that a command with this id ended with, by the index and the log as far as it was
/// read; of a command that was done in an earlier home, its position there and an event that says
/// no more than was answered.
Result<std::optional<std::pair<Position, v1::StoredEvent>>> find_command(Replica& replica,
                                                                         std::string_view id);

}  // namespace ferry
