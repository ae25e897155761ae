#pragma once
/// Moves a log: copies it, seals the origin for the copy, copies the seal, and takes over in the
/// copy, which goes on where the origin stopped. Each step is durable before the next begins, and
/// each is skipped where it is done already, so that whoever runs an interrupted move again
/// finishes that same move. One thread.
#include "engine/writer.hpp"
#include "events/log_copy.hpp"

namespace ferry {

struct MoveOptions {
    std::string destination;  ///< how seal and messages name the copy
    std::string actor;
    std::string reason;
    bool clock_confirmed = false;
};

struct LogMoveReport {
    Position sealed_at;          ///< of the seal, the last that origin and copy share
    bool done_before = false;    ///< the copy had gone on already; nothing was written
    bool sealed_before = false;  ///< an interrupted move was finished
};

/// What the steps work on; all of it must outlive the call. `copy` is from the origin's log to the
/// destination's, made with `to_move`.
struct MoveParties {
    Replica& origin;
    Replica& destination;
    LogCopy& copy;
};

/// Errors: as LogCopy, Writer::open and Writer::seal. After one nothing is lost and the same call
/// on fresh replicas goes on.
Result<LogMoveReport> move_log(const MoveParties& parties, const Pack& pack, const Clock& clock,
                               Randomness& randomness, const MoveOptions& options);

}  // namespace ferry
