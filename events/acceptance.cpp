#include "events/acceptance.hpp"

#include "events/hash.hpp"

#include <algorithm>

namespace ferry {

namespace {

using Refusal = std::optional<VoidReason>;

Refusal judge_first(const AcceptanceState& state, const CommitHeader& header) {
    if (state.started()) return VoidReason::second_first;
    if (state.reserved_for && header.log_id != state.log_id) return VoidReason::other_log;
    const bool right = header.first.value == 1 && header.term.value == 1 &&
                       header.previous == genesis_hash(header.log_id);
    return right ? Refusal{} : VoidReason::wrong_first;
}

/// Who may write: the current writer of the current term, or a takeover of a term above it.
Refusal judge_writer(const AcceptanceState& state, const CommitHeader& header) {
    const bool takeover = header.kind == CommitKind::takeover;
    if (state.sealed_for &&
        !(takeover && header.writer == *state.sealed_for && header.term > state.term))
        return VoidReason::sealed;
    if (state.fence) {
        const bool below = header.term < state.fence->term;
        const bool rival = header.term == state.fence->term && header.writer != state.fence->writer;
        if (below || rival) return VoidReason::fenced;
    }
    if (header.term == state.term && header.writer == state.writer) return {};
    if (header.term < state.term) return VoidReason::older_term;
    if (header.term == state.term) return VoidReason::other_writer;
    return takeover ? Refusal{} : VoidReason::newer_term;
}

Refusal judge_place(const AcceptanceState& state, const CommitHeader& header) {
    if (header.first <= state.position) return VoidReason::duplicate;
    if (header.first != state.position.next()) return VoidReason::gap;
    return header.previous == state.head ? Refusal{} : VoidReason::wrong_previous;
}

Refusal judge_commit(const AcceptanceState& state, const CommitHeader& header, std::size_t size) {
    if (header.kind < CommitKind::first || header.kind > CommitKind::seal)
        return VoidReason::unknown_kind;
    if (header.count == 0 || header.count > commit_events_max) return VoidReason::wrong_count;
    if (size > commit_bytes_max) return VoidReason::too_large;
    if (header.kind == CommitKind::first) return judge_first(state, header);
    if (!state.started()) return VoidReason::before_first;
    if (header.log_id != state.log_id) return VoidReason::other_log;
    if (const auto refusal = judge_writer(state, header)) return refusal;
    return judge_place(state, header);
}

void advance(AcceptanceState& state, const CommitView& commit) {
    const CommitHeader& header = commit.header;
    state.log_id = header.log_id;
    state.position = header.last();
    state.head = commit.hash;
    state.term = header.term;
    state.writer = header.writer;
    state.recorded = header.recorded;
    // Only the takeover by the writer it was sealed for counts after a seal: here it is.
    if (state.reserved_for && state.sealed_for == state.reserved_for) state.reserved_for.reset();
    state.sealed_for.reset();
    if (header.kind == CommitKind::seal) state.sealed_for = header.next_writer;
    // A fence of a term that has been reached says nothing that the term itself does not say.
    if (state.fence && state.fence->term <= state.term) state.fence.reset();
}

Refusal judge_fence(const AcceptanceState& state, const Fence& fence) {
    if (!state.started()) return VoidReason::before_first;
    if (fence.log_id != state.log_id) return VoidReason::fence_of_other_log;
    const Term highest = state.fence ? std::max(state.term, state.fence->term) : state.term;
    if (fence.term <= highest) return VoidReason::fence_of_seen_term;
    if (fence.term != highest.next()) return VoidReason::fence_skips_terms;
    return {};
}

Judged accept_fence(AcceptanceState& state, const FenceReading& reading) {
    if (reading.shape == FenceShape::wrong_hash)
        return {Judgement::is_void, VoidReason::wrong_hash, {}};
    if (reading.shape == FenceShape::unknown_format) return {Judgement::unknown_format, {}, {}};
    if (const auto refusal = judge_fence(state, reading.fence))
        return {Judgement::is_void, *refusal, {}};
    state.fence = reading.fence;
    return {Judgement::fence_counts, {}, {}};
}

Judged accept_reservation(AcceptanceState& state, const ReservationReading& reading) {
    if (reading.shape == ReservationShape::wrong_hash)
        return {Judgement::is_void, VoidReason::wrong_hash, {}};
    if (reading.shape == ReservationShape::unknown_format)
        return {Judgement::unknown_format, {}, {}};
    if (state.started() || state.reserved_for)
        return {Judgement::is_void, VoidReason::late_reservation, {}};
    state.log_id = reading.reservation.log_id;
    state.reserved_for = reading.reservation.writer;
    return {Judgement::reservation_counts, {}, {}};
}

Judged accept_commit(AcceptanceState& state, const CommitReading& reading, std::size_t size) {
    switch (reading.shape) {
        case CommitShape::not_a_commit: return {Judgement::is_void, VoidReason::not_a_record, {}};
        case CommitShape::wrong_hash: return {Judgement::is_void, VoidReason::wrong_hash, {}};
        case CommitShape::unknown_format: return {Judgement::unknown_format, {}, {}};
        case CommitShape::whole: break;
    }
    if (const auto refusal = judge_commit(state, reading.view.header, size))
        return {Judgement::is_void, *refusal, {}};
    advance(state, reading.view);
    return {Judgement::commit_counts, {}, reading.view};
}

}  // namespace

Hash genesis_hash(const LogId& log_id) { return sha256(Bytes(log_id.bytes)); }

Judged accept(AcceptanceState& state, Bytes record) {
    const FenceReading fence = read_fence(record);
    if (fence.shape != FenceShape::not_a_fence) return accept_fence(state, fence);
    const ReservationReading reservation = read_reservation(record);
    if (reservation.shape != ReservationShape::not_a_reservation)
        return accept_reservation(state, reservation);
    return accept_commit(state, read_commit(record), record.size());
}

Judged accept_checked(AcceptanceState& state, Bytes commit) {
    return accept_commit(state, read_checked_commit(commit), commit.size());
}

std::string_view name_of(VoidReason reason) {
    switch (reason) {
        case VoidReason::not_a_record: return "not-a-record";
        case VoidReason::wrong_hash: return "wrong-hash";
        case VoidReason::before_first: return "before-first";
        case VoidReason::second_first: return "second-first";
        case VoidReason::wrong_first: return "wrong-first";
        case VoidReason::other_log: return "other-log";
        case VoidReason::unknown_kind: return "unknown-kind";
        case VoidReason::wrong_count: return "wrong-count";
        case VoidReason::too_large: return "too-large";
        case VoidReason::sealed: return "sealed";
        case VoidReason::fenced: return "fenced";
        case VoidReason::older_term: return "older-term";
        case VoidReason::newer_term: return "newer-term";
        case VoidReason::other_writer: return "other-writer";
        case VoidReason::duplicate: return "duplicate";
        case VoidReason::gap: return "gap";
        case VoidReason::wrong_previous: return "wrong-previous";
        case VoidReason::fence_of_other_log: return "fence-of-other-log";
        case VoidReason::fence_of_seen_term: return "fence-of-seen-term";
        case VoidReason::fence_skips_terms: return "fence-skips-terms";
        case VoidReason::late_reservation: return "late-reservation";
    }
    return "unknown";
}

std::string_view name_of(CommitKind kind) {
    switch (kind) {
        case CommitKind::first: return "first";
        case CommitKind::plain: return "plain";
        case CommitKind::takeover: return "takeover";
        case CommitKind::seal: return "seal";
    }
    return "unknown";
}

}  // namespace ferry
