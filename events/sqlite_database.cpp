#include "events/sqlite_database.hpp"

#include <fmt/format.h>

#include <cstring>

namespace ferry {

namespace {

// Long enough for another process to recover a log after a crash, short enough to report.
constexpr int busy_wait_ms = 5000;

Errc code_of(int result) {
    switch (result & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Errc::damaged;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Errc::unavailable;
        default: return Errc::io;
    }
}

std::string_view advice_for(int result) {
    switch (result & 0xff) {
        case SQLITE_CORRUPT:
            return "Keep a copy of the file; `ferry repair` saves what can be read.";
        case SQLITE_NOTADB:
            return "The file was overwritten or is not Ferry's; put the right one back.";
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return "Another process uses the file; try again when it has ended.";
        case SQLITE_FULL: return "The disk is full; make room and run the command again.";
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM: return "Check that the directory exists and who may write in it.";
        default: return "Check the disk, then run the command again.";
    }
}

}  // namespace

void SqliteStatement::bind(int index, std::int64_t number) {
    sqlite3_bind_int64(handle_.get(), index, number);
}

void SqliteStatement::bind(int index, Bytes bytes) {
    // No bytes are still a blob and not NULL.
    const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    sqlite3_bind_blob64(handle_.get(), index, data, bytes.size(), SQLITE_STATIC);
}

int SqliteStatement::step() { return sqlite3_step(handle_.get()); }

void SqliteStatement::reset() { sqlite3_reset(handle_.get()); }

std::int64_t SqliteStatement::number(int column) {
    return sqlite3_column_int64(handle_.get(), column);
}

Bytes SqliteStatement::blob(int column) {
    const auto* data = static_cast<const Byte*>(sqlite3_column_blob(handle_.get(), column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<SqliteDatabase> SqliteDatabase::open(const std::filesystem::path& file, SqliteAccess access,
                                            const std::string& vfs) {
    int flags = SQLITE_OPEN_NOMUTEX;
    if (access == SqliteAccess::read) flags |= SQLITE_OPEN_READONLY;
    if (access != SqliteAccess::read) flags |= SQLITE_OPEN_READWRITE;
    if (access == SqliteAccess::create) flags |= SQLITE_OPEN_CREATE;
    SqliteDatabase database;
    database.file_ = file;
    sqlite3* handle = nullptr;
    const int result =
        sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    database.handle_.reset(handle);
    if (result != SQLITE_OK) return std::unexpected(database.error("open it"));
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_wait_ms);
    return database;
}

Result<SqliteStatement> SqliteDatabase::prepare(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr) !=
        SQLITE_OK)
        return std::unexpected(error("read its tables"));
    SqliteStatement statement;
    statement.handle_.reset(handle);
    return statement;
}

Result<void> SqliteDatabase::run(const char* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return std::unexpected(error(fmt::format("run `{}`", sql)));
}

Result<std::int64_t> SqliteDatabase::number(const char* sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    if (statement->step() != SQLITE_ROW)
        return std::unexpected(error(fmt::format("run `{}`", sql)));
    return statement->number(0);
}

Error SqliteDatabase::error(std::string_view doing) const {
    const int result = sqlite3_extended_errcode(handle_.get());
    const int system = sqlite3_system_errno(handle_.get());
    const bool from_system = system != 0 && code_of(result) == Errc::io;
    return {code_of(result),
            fmt::format("{}: cannot {}: {}{}{}. {}", file_.string(), doing,
                        sqlite3_errmsg(handle_.get()), from_system ? ", " : "",
                        from_system ? std::strerror(system) : "", advice_for(result))};
}

namespace {

/// Whether the process that made the file was killed before it was a log. SQLite makes an empty
/// file a log's by way of a rollback journal, which a log never has again; who only reads cannot
/// undo what it says.
bool creation_never_ended(const SqliteDatabase& database) {
    if (sqlite3_extended_errcode(database.handle()) != SQLITE_READONLY_ROLLBACK) return false;
    std::error_code absent;
    const auto bytes = std::filesystem::file_size(database.file().string() + "-wal", absent);
    return absent || bytes == 0;
}

}  // namespace

Result<bool> holds_log(SqliteDatabase& database) {
    // Table and id come in one transaction, perhaps between these two reads: the table is asked
    // first, because then a table without the id cannot be seen by chance.
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (!tables && creation_never_ended(database)) return false;
    if (!tables) return std::unexpected(tables.error());
    const auto id = database.number("PRAGMA application_id");
    if (!id) return std::unexpected(id.error());
    if (*id == 0 && *tables == 0) return false;
    const std::string file = database.file().string();
    if (*id != sqlite_application_id)
        return fail(Errc::configuration,
                    fmt::format("{}: this SQLite database belongs to another program (application "
                                "id {:#x}). Name another directory or site.",
                                file, static_cast<std::uint32_t>(*id)));
    const auto layout = database.number("PRAGMA user_version");
    if (!layout) return std::unexpected(layout.error());
    if (*layout != sqlite_layout_version)
        return fail(Errc::configuration,
                    fmt::format("{}: the file has layout {}, this Ferry knows layout {}. Use the "
                                "Ferry version that wrote it.",
                                file, *layout, sqlite_layout_version));
    return true;
}

Result<void> create_layout(SqliteDatabase& database) {
    const std::string sql =
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={};"
                    "CREATE TABLE commits(position INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
                    sqlite_application_id, sqlite_layout_version);
    return database.run(sql.c_str());
}

}  // namespace ferry
