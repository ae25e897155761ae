#include "projections/snapshot.hpp"

#include "projections/derived_file.hpp"

namespace ferry {

namespace {

constexpr std::string_view snapshot_suffix = "snapshot";
constexpr std::string_view index_suffix = "ids";

/// Of the reservation that the log begins with; zero where it begins with something else.
Result<WriterId> reservation_of(Log& log) {
    WriterId writer;
    const auto read = log.read(Offset{0}, [&](const Record& record) {
        const ReservationReading reading = read_reservation(record.bytes);
        if (reading.shape == ReservationShape::whole) writer = reading.reservation.writer;
        return false;
    });
    if (!read) return std::unexpected(read.error());
    return writer;
}

/// Whether the log holds, at the snapshot's position, the commit that the snapshot ends with.
Result<void> agree(Log& log, const SnapshotHeader& header) {
    const auto stored = log.find(header.position);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return fail(Errc::damaged, "the log ends before it");
    const CommitReading reading = read_commit(**stored);
    const bool same = reading.shape == CommitShape::whole && reading.view.hash == header.head &&
                      reading.view.header.last() == header.position;
    if (!same) return fail(Errc::damaged, "the log holds another commit where it ends");
    const auto reservation = reservation_of(log);
    if (!reservation) return std::unexpected(reservation.error());
    if (*reservation != header.reservation)
        return fail(Errc::damaged, "it is of another copy of the log, or of its origin");
    return {};
}

Result<FileBytes> read_file(const Log& log, std::string_view suffix,
                            std::size_t bytes_max = SIZE_MAX) {
    const std::string path = log.derived_path(suffix);
    if (path.empty()) return fail(Errc::io, "");
    auto stored = read_derived_file(path, bytes_max);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return fail(Errc::io, "");
    return std::move(**stored);
}

/// An error without a message says that there is none.
Result<SnapshotState> read_state(Log& log, Position latest) {
    const auto stored = read_file(log, snapshot_suffix);
    if (!stored) return std::unexpected(stored.error());
    const auto header = read_snapshot_header(stored->view());
    if (!header) return std::unexpected(header.error());
    if (header->position > latest) return fail(Errc::usage, "it lies after what is asked for");
    if (auto agreed = agree(log, *header); !agreed) return std::unexpected(agreed.error());
    return read_snapshot(stored->view());
}

Result<CommandIndex> read_index_of(Log& log, const AcceptanceState& state) {
    const auto stored = read_file(log, index_suffix);
    if (!stored)
        return fail(Errc::io, stored.error().message.empty() ? "its index of command ids is missing"
                                                             : stored.error().message);
    return read_index(stored->view(), {state.log_id, state.position, state.head, {}});
}

}  // namespace

std::optional<SnapshotState> snapshot_state(Log& log, Position latest, std::string& refusal) {
    auto state = read_state(log, latest);
    if (state) return std::move(*state);
    refusal = state.error().message;
    return std::nullopt;
}

SnapshotLoad load_snapshot(Replica& replica) {
    SnapshotLoad load;
    auto state = snapshot_state(*replica.log, {UINT64_MAX}, load.refusal);
    if (!state) return load;
    if (replica.keeps_index) {
        auto index = read_index_of(*replica.log, state->acceptance);
        if (!index) {
            load.refusal = index.error().message;
            return load;
        }
        replica.index = std::move(*index);
    }
    replica.acceptance = state->acceptance;
    replica.next = state->next;
    replica.fleet = std::move(state->fleet);
    replica.voids = std::move(state->voids);
    load.position = replica.acceptance.position;
    return load;
}

Result<SnapshotLoad> open_replica(Replica& replica) {
    SnapshotLoad load = load_snapshot(replica);
    if (auto read = replica.catch_up(); !read) return std::unexpected(read.error());
    return load;
}

bool snapshot_is_due(const Replica& replica) {
    const Position position = replica.acceptance.position;
    // What a campaign is stands in few events, so its log is folded whole each time.
    if (position.value < snapshot_every_events || replica.fleet.campaign) return false;
    const auto stored = read_file(*replica.log, snapshot_suffix, snapshot_header_bytes);
    if (!stored) return true;
    const auto header = read_snapshot_header(stored->view());
    // One that claims a later position than the log has is another log's, or was left by a repair.
    if (!header || header->log_id != replica.acceptance.log_id || header->position > position)
        return true;
    return position.value - header->position.value >= snapshot_every_events;
}

Result<void> store_snapshot(const Replica& replica) {
    const std::string path = replica.log->derived_path(snapshot_suffix);
    const bool nothing_to_store = path.empty() || !replica.acceptance.started() || replica.damage ||
                                  replica.fleet.unknown || replica.fleet.campaign ||
                                  replica.fleet.position != replica.acceptance.position;
    if (nothing_to_store) return {};
    // The index first: a snapshot with an older index beside it would serve readers only.
    if (replica.keeps_index)
        if (auto put =
                write_derived_file(replica.log->derived_path(index_suffix), index_bytes(replica));
            !put)
            return put;
    const auto reservation = reservation_of(*replica.log);
    if (!reservation) return std::unexpected(reservation.error());
    return write_derived_file(path, snapshot_bytes(replica, *reservation));
}

}  // namespace ferry
