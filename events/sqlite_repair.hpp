#pragma once
/// Repair of an embedded log: keeps what acceptance takes, sets the rest aside byte for byte, and
/// goes on in a new term, so that what comes later is never mistaken for what was set aside.
/// Takes the writer's lock, but for a dry run. Errors: as events/sqlite_log.hpp.
#include "events/acceptance.hpp"
#include "events/randomness.hpp"
#include "events/sqlite_log.hpp"

namespace ferry {

struct RepairOptions {
    bool dry_run = false;
    std::string actor;
    std::string reason;
    /// Files `DIR/<site>.<suffix>` that are made from the log and no longer fit it.
    std::vector<std::string> derived_suffixes = {"snapshot", "ids"};
    SqliteOptions sqlite;
};

struct RepairReport {
    std::string damage;  ///< what was found, in words; empty where nothing is wrong
    Position kept_to;    ///< the last position that counts
    std::uint64_t rows_set_aside = 0;
    std::uint64_t bytes_set_aside = 0;
    bool malformed = false;  ///< the SQLite file itself: the whole of it is set aside
    /// Where the rest stands now; empty where there is none. A dry run leaves it empty.
    std::filesystem::path tail_file;
    /// Of the takeover that was appended; 0 where none was (dry run, nothing wrong, nothing kept,
    /// a sealed log, or a copy that has not gone on: only the successor in the seal goes on).
    Position taken_over_at;
    Term term;  ///< after the repair
};

Result<RepairReport> repair_sqlite(const std::filesystem::path& directory, const std::string& site,
                                   Randomness& randomness, const Clock& clock,
                                   const RepairOptions& options);

}  // namespace ferry
