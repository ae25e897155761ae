#pragma once
/// A file layer for SQLite that passes everything on to the system's, and fails a write or a sync
/// on request: what a dying disk does. One per process; for one thread.
#include <string>

namespace ferry::test {

enum class DiskCall { write, sync, truncate };

/// Registers the layer once and returns its name for SqliteOptions::vfs.
std::string faulty_vfs();

/// Fails the `n`-th call of its kind from now on (from 1), and the calls after it as well where
/// `for_good`. Replaces what was asked for before.
void fail_call(DiskCall call, int n, bool for_good);

/// Nothing fails any more. Returns whether anything did.
bool heal_disk();

}  // namespace ferry::test
