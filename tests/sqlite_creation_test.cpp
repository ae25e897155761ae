// A log whose creation was cut short is no log yet, and the next command makes it one.
#include "events/sqlite_log.hpp"

#include "tests/log_contract.hpp"

#include <fstream>

namespace ferry::test {

namespace {

/// What a process leaves that is killed while SQLite turns an empty file into one with a
/// write-ahead log: the first page is written, and the journal that undoes it lies beside.
struct Unfinished {
    ScratchDirectory scratch;
    std::filesystem::path file = site_file(scratch.path(), "paris", "db");

    Unfinished() {
        const auto whole = site_file(scratch.path(), "other", "db");
        auto database = SqliteDatabase::open(whole, SqliteAccess::create, "");
        REQUIRE(database);
        REQUIRE(database->run("PRAGMA journal_mode=PERSIST; PRAGMA user_version=0;"
                              "BEGIN; CREATE TABLE t(x); DROP TABLE t; PRAGMA user_version=7"));
        // The journal is hot while its transaction is open and nobody holds the file.
        REQUIRE(sqlite3_db_cacheflush(database->handle()) == SQLITE_OK);
        std::filesystem::copy_file(whole, file);
        std::filesystem::copy_file(whole.string() + "-journal", file.string() + "-journal");
    }
    SqliteLog log() const { return SqliteLog(scratch.path(), "paris"); }
};

}  // namespace

TEST_CASE("a log that was killed while it was created reads as empty and can be written to") {
    const Unfinished left;
    REQUIRE(std::filesystem::file_size(left.file) > 0);
    REQUIRE(std::filesystem::file_size(left.file.string() + "-journal") > 0);
    SqliteLog reader = left.log();
    CHECK(all_records(reader).empty());
    const auto found = reader.find({1});
    REQUIRE(found);
    CHECK_FALSE(found->has_value());
    const Records records = sample_records(3);
    SqliteLog writer = left.log();
    append_all(writer, records);
    SqliteLog again = left.log();
    CHECK(all_records(again) == records);
}

TEST_CASE("a journal beside a log that has commits is no creation that never ended") {
    const Unfinished left;
    std::ofstream(left.file.string() + "-wal") << "frames";
    SqliteLog reader = left.log();
    const auto read = reader.read({0}, [](const Record&) { return true; });
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::io);
}

}  // namespace ferry::test
