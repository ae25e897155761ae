#pragma once
/// Acceptance: the one deterministic fold that decides, on every kind of log, which records count.
/// The rule is design.md section 4; docs/log-format.md restates it for readers in other languages.
/// It reads fixed-width fields only, because protobuf decoders disagree on damaged input and two
/// readers that disagree would fork for ever. Values; no thread rule of its own.
#include "events/commit.hpp"
#include "events/fence.hpp"
#include "events/reservation.hpp"

#include <optional>

namespace ferry {

/// Everything acceptance remembers between records. A snapshot stores all of it.
struct AcceptanceState {
    LogId log_id;
    Position position;  ///< of the last event that counted; 0 before the first commit
    Hash head{};        ///< hash of the last commit that counted
    Term term;
    WriterId writer;
    Time recorded;                       ///< of the last commit that counted
    std::optional<Fence> fence;          ///< the fence that stands, if any
    std::optional<WriterId> sealed_for;  ///< the only writer that may go on
    /// Set in a copy until it goes on: nobody but this writer may, and it only after a seal for it.
    /// Acceptance cannot tell a copied takeover from one that forks, so writers keep this rule.
    std::optional<WriterId> reserved_for;
    bool started() const { return position.value != 0; }
};

/// Why a record does not count. Every record that does not count has exactly one of these.
enum class VoidReason {
    not_a_record,  ///< neither a commit nor a fence
    wrong_hash,    ///< damaged in place or on the way
    before_first,  ///< the log has no first commit yet
    second_first,
    wrong_first,  ///< of kind first, but not position 1, term 1 and the hash of its own log id
    other_log,
    unknown_kind,
    wrong_count,  ///< no event, or more than a commit may hold
    too_large,
    sealed,  ///< after a seal only its successor's takeover counts
    fenced,  ///< a fence stands against its term or writer
    older_term,
    newer_term,      ///< a plain commit or seal of a term that nobody took over
    other_writer,    ///< of the current term, by somebody else
    duplicate,       ///< its position is already taken
    gap,             ///< its position is not the next
    wrong_previous,  ///< it does not link to the last commit that counted
    fence_of_other_log,
    fence_of_seen_term,
    fence_skips_terms,
    late_reservation,  ///< something counted before it, and what was begun cannot become a copy
};

std::string_view name_of(VoidReason reason);
/// The lower-case word of a commit's kind, for `verify` and messages.
std::string_view name_of(CommitKind kind);

enum class Judgement { commit_counts, fence_counts, reservation_counts, is_void, unknown_format };

struct Judged {
    Judgement judgement = Judgement::is_void;
    VoidReason reason = VoidReason::not_a_record;  ///< where it is void
    CommitView commit;                             ///< where a commit counts
};

/// Judges the next record and, where it counts, moves `state` on. Void records change nothing.
/// Where the format is unknown nothing changes either, and the reader must stop (exit 78).
Judged accept(AcceptanceState& state, Bytes record);

/// The same, for a commit whose hash was made of these very bytes by the caller, or checked by it:
/// it is not computed again.
Judged accept_checked(AcceptanceState& state, Bytes commit);

/// The previous hash that a log's first commit carries.
Hash genesis_hash(const LogId& log_id);

}  // namespace ferry
