#include "events/sqlite_wal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::int64_t chunk_bytes = 1 << 16;  // SQLite writes at most 128 KiB at once

Error cannot_write(const SqliteDatabase& database, int result) {
    return {Errc::io,
            fmt::format("{}-wal: cannot write again what an unclean stop left: {}. Check the disk, "
                        "then run the command again.",
                        database.file().string(), sqlite3_errstr(result))};
}

/// SQLite's own result code.
int write_again(sqlite3_file* file) {
    if (!file->pMethods) return SQLITE_OK;  // there is none
    sqlite3_int64 size = 0;
    if (const int sized = file->pMethods->xFileSize(file, &size); sized != SQLITE_OK) return sized;
    std::vector<Byte> chunk;
    for (sqlite3_int64 at = 0; at < size; at += chunk_bytes) {
        chunk.resize(static_cast<std::size_t>(std::min<std::int64_t>(chunk_bytes, size - at)));
        const int bytes = static_cast<int>(chunk.size());
        if (const int read = file->pMethods->xRead(file, chunk.data(), bytes, at);
            read != SQLITE_OK)
            return read;
        if (const int written = file->pMethods->xWrite(file, chunk.data(), bytes, at);
            written != SQLITE_OK)
            return written;
    }
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

}  // namespace

Result<void> write_wal_again(SqliteDatabase& database) {
    // Within a transaction nobody else writes, and SQLite has opened the file.
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
    sqlite3_file* file = nullptr;
    int result = sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                      static_cast<void*>(&file));
    if (result == SQLITE_OK && file) result = write_again(file);
    if (auto ended = database.run("ROLLBACK"); !ended && result == SQLITE_OK) return ended;
    if (result != SQLITE_OK) return std::unexpected(cannot_write(database, result));
    return {};
}

}  // namespace ferry
