#pragma once
/// A disk for SQLite that can lose power. Files are real ones; they are what the operating system
/// would have in memory. Beside them stands what the disk itself holds: a page is there for certain
/// only after a sync, and until then each of its sectors may be any of the states it had since the
/// last one. One disk a process; for one thread.
#include <cstdint>
#include <string>

namespace ferry::test {

/// What goes wrong, counted from 1 by the calls that change something; 0 is never.
struct DiskPlan {
    std::uint64_t power_cut_at = 0;  ///< that call and all after it fail
    /// That sync fails as Linux does it: of the pages some reached the disk, all are taken for
    /// clean, and reading gives what was written.
    std::uint64_t failing_sync = 0;
    std::uint64_t failing_write = 0;  ///< ends half-way, as on a full disk
    bool failing_for_good = false;    ///< and all after it, until `plan` is called again

    // Errors planted in the way a log is kept, which a test must find.
    bool skips_syncs_of_database = false;
    bool skips_syncs_of_wal = false;
    bool skips_writes_of_what_is_there = false;  ///< no page is written again as it is read
};

/// Registers the disk once and returns its name for SqliteOptions::vfs.
std::string power_disk();

/// Forgets all files, and what comes goes wrong so.
void begin_disk(const DiskPlan& plan, std::uint64_t seed);
/// What comes goes wrong so; the files stay as they are.
void plan_disk(const DiskPlan& plan);

std::uint64_t disk_changes();  ///< calls since `begin_disk` that changed something
std::uint64_t disk_syncs();    ///< syncs since then
bool power_is_cut();
bool disk_has_failed();  ///< since the last plan

/// Puts on file what is there after the power cut, by the seed; every handle must be closed.
void power_up();

}  // namespace ferry::test
