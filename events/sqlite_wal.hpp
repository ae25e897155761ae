#pragma once
/// SQLite's write-ahead log after a stop that was not clean. Thread rule: as SqliteDatabase.
#include "events/sqlite_database.hpp"

namespace ferry {

/// Makes what is read of the write-ahead log durable: writes all of it again and syncs it. After a
/// sync that failed, pages read back as if they were stored and no later sync writes them; only
/// pages that were written anew since are written again. `database` is open for writing. Errc::io.
Result<void> write_wal_again(SqliteDatabase& database);

}  // namespace ferry
