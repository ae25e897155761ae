#pragma once
/// Snapshots make opening quick: the state at some position, and the log is read only from there
/// on. They stand beside the log (Log::derived_path "snapshot" and "ids") and may be deleted at any
/// time. A snapshot that is damaged, of another version of anything, or that the log disagrees with
/// is left alone, and the log is folded from position 1. One thread.
#include "projections/snapshot_bytes.hpp"

namespace ferry {

/// How often one is worth its writing: reading on over this many events takes about 0.1 s.
inline constexpr std::uint64_t snapshot_every_events = 50'000;

struct SnapshotLoad {
    Position position;    ///< it holds the state at; 0 where none was used
    std::string refusal;  ///< why the one on file was not used; empty where there is none
    bool loaded() const { return position.value != 0; }
};

/// Puts the state on file into a fresh `replica`, and the index of command ids where it keeps one.
SnapshotLoad load_snapshot(Replica& replica);

/// Loads what is on file and reads on to the end of the log. Errors: as Replica::catch_up.
Result<SnapshotLoad> open_replica(Replica& replica);

/// Whether enough was appended since the snapshot on file, or since position 1 where there is none
/// of this log that this build can use. Looks at the beginning of the file only.
bool snapshot_is_due(const Replica& replica);

/// Writes both files. Does nothing where there is no place for them or nothing to store: an empty
/// or damaged log, one with events this build does not know, state that is not in the log yet. Only
/// for who leads the log. Errors: Errc::io; the log is not concerned.
Result<void> store_snapshot(const Replica& replica);

/// The state on file, for a fold that begins before the end: nothing where there is none, it is
/// refused, or it lies beyond `latest`. `refusal` says why, as above.
std::optional<SnapshotState> snapshot_state(Log& log, Position latest, std::string& refusal);

}  // namespace ferry
