#pragma once
/// The bytes of a snapshot: everything a replica remembers, and apart from it the index of command
/// ids, so that readers need not load that. Private to one build on one machine (entities lie in it
/// as in memory), versioned, and closed by a SHA-256 over all before it. Pure; any thread.
#include "engine/replica.hpp"

namespace ferry {

/// Raised whenever the layout of either file changes.
inline constexpr std::uint32_t snapshot_layout_version = 6;

/// What both files begin with: which state of which log they hold, and which build can use them.
struct SnapshotHeader {
    LogId log_id;
    Position position;
    Hash head{};
    /// Of the reservation that the log began with when it was folded; zero where it began with
    /// none. A copy has the commits of its origin, and an origin's snapshot would make it look
    /// owned.
    WriterId reservation;
};
inline constexpr std::size_t snapshot_header_bytes = 128;

/// A replica's state without its log.
struct SnapshotState {
    AcceptanceState acceptance;
    Offset next;
    Fleet fleet;
    std::map<VoidReason, std::uint64_t> voids;
};

/// `reservation` as in the header.
std::vector<Byte> snapshot_bytes(const Replica& replica, const WriterId& reservation = {});
std::vector<Byte> index_bytes(const Replica& replica);

/// The error says in a few words why the bytes are of no use to this build: no snapshot, of another
/// version, or damaged. Its code is Errc::damaged or Errc::configuration.
Result<SnapshotHeader> read_snapshot_header(Bytes stored);
Result<SnapshotState> read_snapshot(Bytes stored);
/// Only an index made with the snapshot that `of` belongs to.
Result<CommandIndex> read_index(Bytes stored, const SnapshotHeader& of);

}  // namespace ferry
