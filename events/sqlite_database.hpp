#pragma once
/// SQLite behind values that clean up after themselves and errors that say what to do next.
/// Thread rule: a database and its statements belong to one thread at a time.
#include "events/error.hpp"
#include "events/ids.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>

namespace ferry {

/// What marks a file as a Ferry log ("FRYL"), and the layout of its one table.
inline constexpr int sqlite_application_id = 0x4652594c;
inline constexpr int sqlite_layout_version = 1;

/// One prepared statement, reset after each use.
class SqliteStatement {
public:
    void bind(int index, std::int64_t number);
    /// The bytes must live until the statement is reset.
    void bind(int index, Bytes bytes);
    /// SQLITE_ROW, SQLITE_DONE, or what went wrong.
    int step();
    /// Ends the read transaction that stepping began.
    void reset();
    std::int64_t number(int column);
    /// Lives until the next step or reset.
    Bytes blob(int column);

private:
    friend class SqliteDatabase;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

enum class SqliteAccess { read, write, create };

class SqliteDatabase {
public:
    /// `vfs` names SQLite's file layer; empty is the system's.
    static Result<SqliteDatabase> open(const std::filesystem::path& file, SqliteAccess access,
                                       const std::string& vfs);
    Result<SqliteStatement> prepare(const char* sql);
    Result<void> run(const char* sql);
    /// The one number that `sql` yields.
    Result<std::int64_t> number(const char* sql);
    /// The error that the last call left, in words. `doing` ends the phrase "cannot …".
    Error error(std::string_view doing) const;
    sqlite3* handle() const { return handle_.get(); }
    const std::filesystem::path& file() const { return file_; }

private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    };
    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> handle_;
};

/// True for a Ferry log, false for a database without any table (its first append never ended).
/// An error for what belongs to another program or a layout of later Ferry versions.
Result<bool> holds_log(SqliteDatabase& database);

/// Puts table and marks into an empty database. The caller holds the transaction.
Result<void> create_layout(SqliteDatabase& database);

}  // namespace ferry
