#pragma once
/// The log port: what every kind of log can do. A log keeps records (commits and, where writers can
/// race, fences) in one order and judges nothing; acceptance does (events/acceptance.hpp).
///
/// Thread rule: one object, one thread. Several objects on one log may live in several threads or
/// processes; what each reads is some prefix of the same order.
#include "events/clock.hpp"
#include "events/error.hpp"
#include "events/ids.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// One record with the place it stands at. The bytes live until the visitor returns.
struct Record {
    Offset offset;
    Bytes bytes;
};

/// False stops the reading.
using RecordVisitor = std::function<bool(const Record&)>;

/// What an append without an error means.
enum class Appended {
    stands,       ///< durable and in place: the kind of log admits one writer; its offsets are the
                  ///< first positions of its commits
    handed_over,  ///< it counts once it has been read back and accepted
};

class Log {
public:
    virtual ~Log() = default;

    /// Visits the records from `from` on, in order, to the end as it is now. `Offset{0}` is the
    /// beginning. Returns where the next reading should begin.
    virtual Result<Offset> read(Offset from, const RecordVisitor& visit) = 0;

    /// As `read`, for a writer with several records on their way (`hand_over`): may end as soon as
    /// the oldest of them that was not visited yet has been.
    virtual Result<Offset> read_some(Offset from, const RecordVisitor& visit) {
        return read(from, visit);
    }

    /// The record that holds `position`, without reading what is before it. Nothing where the log
    /// ends before it. On a log with void records the caller judges what it gets by its hash.
    virtual Result<std::optional<std::vector<Byte>>> find(Position position) = 0;

    /// The record at `offset`, as the log holds it now; nothing where there is none. Whoever read
    /// it before sees so whether the log still is the one it read.
    virtual Result<std::optional<std::vector<Byte>>> at(Offset offset);

    /// Becomes the writer, or says who is (Errc::unavailable). Reading needs no such thing.
    virtual Result<void> lead() = 0;

    /// Appends one record. After an error nothing may be appended through this object any more:
    /// whether the record stands is known only to a fresh reader. Errc::outcome_unknown alone says
    /// that this object may go on once it has taken over: what arrives late then no longer links.
    virtual Result<Appended> append(Bytes record) = 0;

    /// As `append`, without waiting for what reading back tells anyway; several may be on their
    /// way. Where the answer is `handed_over`, the next `read` visits the record, or ends with the
    /// append's error.
    virtual Result<Appended> hand_over(Bytes record) { return append(record); }

    /// Puts away what can be put away on an orderly stop: checkpoints, synced head, lock released.
    virtual Result<void> stop() { return {}; }

    /// True where a record that acceptance refuses is damage (one writer behind a lock), false
    /// where it is the ordinary trace of a race.
    virtual bool void_is_damage() const = 0;

    /// Whether a writer that was overtaken takes over again at once. Where leases are kept it steps
    /// down instead, and leads anew once the log has been silent for a lease.
    virtual bool competes() const { return true; }

    /// Whether the writer may go on appending now: its lease is alive, the settings are right.
    virtual Result<void> may_append() { return {}; }

    /// True once after a connection was lost: what was read may since have been cut off.
    virtual bool take_reconnected() { return false; }

    /// By how much the wall clock jumped against the monotonic one since the last writer stopped in
    /// order; zero where the log cannot know. Asked after `lead`.
    virtual std::chrono::microseconds clock_jump(const Clock&) const { return {}; }

    /// Where derived files (snapshot, index of command ids) may stand; empty: nowhere.
    virtual std::string derived_path(std::string_view suffix) const = 0;

    /// For messages: `sqlite:ferry-data (paris)`.
    virtual std::string name() const = 0;
};

}  // namespace ferry
