#pragma once
/// Proves a log, or names what is wrong with it: a pass of its own from position 1 that trusts no
/// snapshot, compared with the head file and with checkpoints. A prefix of a chain is a valid
/// chain, so the end is proved only from outside: the report says how far, and by what. Reads only;
/// the log may be written to meanwhile. Errors: the log cannot be read at all (io, unavailable), or
/// has a format this build does not know (configuration). Whatever is wrong with what was read
/// stands in the report.
#include "events/acceptance.hpp"
#include "events/log.hpp"
#include "projections/event_order.hpp"

#include <map>

namespace ferry {

enum class Integrity {
    intact,
    damaged,          ///< a record is not what was written, or does not belong where it stands
    commits_missing,  ///< the next record is of a later position
    end_missing,      ///< the head file or a checkpoint proves more than there is
    rewritten,        ///< the chain links, and is not the one that was proved from outside
    inconsistent,     ///< the chain links, and its events are not as the format promises
};

/// `end-missing`.
std::string_view name_of(Integrity integrity);

/// Something kept outside the log that says which commit ended at a position.
struct EndProof {
    Position position;
    Hash head{};
    std::string by;  ///< as the report names it: `the head file`, `checkpoint paris.note`
    std::optional<LogId> log_id;  ///< where it says of which log it is
    bool kept_elsewhere = true;   ///< not beside the log itself
};

struct Verification {
    Integrity verdict = Integrity::intact;
    Position intact_to;  ///< everything up to here is as it was written
    Position read_to;    ///< the chain links up to here
    std::uint64_t commits = 0;
    LogId log_id;
    Hash head{};                  ///< of the last commit that counts
    bool waits_for_seal = false;  ///< it is a copy that has not gone on
    bool sealed = false;          ///< nothing goes on here but what it was sealed for
    /// How far the end is proved from outside, and by what; nothing where nothing proves it.
    std::optional<Position> end_proved_to;
    std::string end_proved_by;
    /// By something kept outside the log's directory. The head file is no such thing: an old copy
    /// of the whole directory brings its old head file along.
    bool proved_elsewhere = false;
    std::uint64_t rollback_digests = 0;  ///< recomputed
    /// Where it is not intact: which record, and why, in words.
    std::string where;
    std::string reason;
    std::map<VoidReason, std::uint64_t> voids;  ///< on a log where they are no damage
    std::vector<Discrepancy> discrepancies;     ///< the first of them
    std::uint64_t discrepancies_count = 0;
    std::uint64_t unknown_bodies = 0;
    std::vector<HomeChange> home_changes;  ///< to be compared with the other sites' logs
};
inline constexpr std::size_t discrepancies_shown_max = 100;

/// The head file is one more proof, which the log brings along.
Result<Verification> verify_log(Log& log, std::vector<EndProof> proofs = {});

/// Why a record does not count, in words and by name.
std::string explained(VoidReason reason);

/// `intact to 1240, end proved to 1240 by checkpoint kept.note`; what is wrong, where, and what
/// next.
std::string to_text(const Verification& verification);

/// What is kept on file (state, counts, names, command ids) and what follows it, against a fold
/// from position 1.
struct RebuildComparison {
    Position position;
    Hash folded{};
    std::optional<Hash> from_snapshot;   ///< nothing where no snapshot is used
    std::string refusal;                 ///< why none is; empty where there is none
    std::vector<std::string> differing;  ///< the projections that are not what the log makes
    bool agrees() const { return differing.empty(); }
};

/// Errors: as Replica::catch_up, and damaged where the log is.
Result<RebuildComparison> compare_rebuild(Log& log);

}  // namespace ferry
