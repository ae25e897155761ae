#pragma once
/// A commit is what one append writes, whole or not at all (design.md section 4). Its stored form:
///
///     hash | header of fixed width | events, each preceded by its length (protobuf varint)
///
/// The hash is SHA-256 over everything after it, exactly as stored; nothing is ever hashed after
/// being serialised again. docs/log-format.md draws the bytes. Plain values; any thread.
#include "events/error.hpp"
#include "events/ids.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <optional>
#include <vector>

namespace ferry {

inline constexpr std::uint16_t commit_format_version = 1;
inline constexpr std::size_t commit_events_max = 1000;
inline constexpr std::size_t commit_bytes_max = 900'000;
/// Hash and header; events start here.
inline constexpr std::size_t commit_header_bytes = 212;

enum class CommitKind : std::uint8_t { first = 1, plain = 2, takeover = 3, seal = 4 };

/// The fixed-width part. Acceptance reads nothing else.
struct CommitHeader {
    std::uint16_t format_version = commit_format_version;
    CommitKind kind = CommitKind::plain;
    LogId log_id;
    CommitId commit_id;  ///< new for each attempt
    Position first;      ///< of its first event
    std::uint32_t count = 0;
    Term term;
    WriterId writer;
    WriterId next_writer;   ///< zero but in a seal
    Hash previous{};        ///< hash of the commit before
    Position read_back;     ///< how far its writer had read when it wrote
    Time recorded;          ///< never before the commit before
    Hash machine_digest{};  ///< of the transition tables it was decided with
    Position pack;          ///< where the pack in force was adopted; 0 = built-in side-by-side

    Position last() const { return {first.value + count - 1}; }
};

/// How far a record is a commit at all. `unknown_format` is not a refusal: who meets it stops.
enum class CommitShape { whole, not_a_commit, wrong_hash, unknown_format };

/// A stored commit, looked at in place: valid as long as the bytes it was read from.
struct CommitView {
    Hash hash{};
    CommitHeader header;
    Bytes events;
};

struct CommitReading {
    CommitShape shape = CommitShape::not_a_commit;
    CommitView view;
};

/// Reads the fixed-width part; the hash is checked before any field is believed.
CommitReading read_commit(Bytes stored);

/// The same, for bytes whose hash has been checked just before: it is not computed again.
CommitReading read_checked_commit(Bytes stored);

/// What the bytes claim to be, with neither hash nor shape checked: for finding a place quickly,
/// never for deciding whether a commit counts. Nothing where they are no commit of this format.
std::optional<CommitHeader> claimed_header(Bytes stored);

/// Collects events of one commit in stored form. Its room is used again after `clear`.
class CommitBuilder {
public:
    /// False, and nothing is added, where the event would exceed a limit of the commit.
    bool add(const v1::StoredEvent& event);
    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    std::size_t bytes() const { return stored_.size(); }
    /// How far it is filled, for going back to: what was added since is dropped.
    struct Mark {
        std::size_t bytes = commit_header_bytes;
        std::size_t count = 0;
    };
    Mark mark() const { return {stored_.size(), count_}; }
    void back_to(const Mark& mark);
    /// How many bytes `event` takes in a commit, its length included.
    static std::size_t stored_size(const v1::StoredEvent& event);
    /// The stored form. `header.count` is filled in.
    std::vector<Byte> finish(CommitHeader header) const;
    void clear() { back_to({}); }

private:
    std::vector<Byte> stored_ = std::vector<Byte>(commit_header_bytes);  // the header comes last
    std::size_t count_ = 0;
};

/// One event as parsed, with its place. `readable` is false where protobuf could not parse it; such
/// an event changes no state and keeps a build that meets it from leading.
struct PlacedEvent {
    Position position;
    bool readable = true;
};

/// Calls `visit(PlacedEvent, const v1::StoredEvent&)` for each event, in order. Where the bytes end
/// early or hold more than `count` says, the missing ones are visited as unreadable.
template <class Visitor>
void for_each_event(const CommitView& commit, Visitor&& visit);

/// The raw bytes of the events, in order; shorter than `count` where the framing is broken.
std::vector<Bytes> split_events(const CommitView& commit);

template <class Visitor>
void for_each_event(const CommitView& commit, Visitor&& visit) {
    v1::StoredEvent event;
    const auto pieces = split_events(commit);
    for (std::uint32_t i = 0; i < commit.header.count; ++i) {
        PlacedEvent placed{commit.header.first.next(i), false};
        event.Clear();
        if (i < pieces.size())
            placed.readable =
                event.ParseFromArray(pieces[i].data(), static_cast<int>(pieces[i].size()));
        if (!placed.readable) event.Clear();
        visit(placed, static_cast<const v1::StoredEvent&>(event));
    }
}

}  // namespace ferry
