#include "tests/read_estate.hpp"

#include <sqlite3.h>

namespace ferry {

namespace {

/// Changes one letter inside the stored commit that holds `position`, as a failing disk would.
void damage_commit(const ProgramRunner& ferry, const std::string& site) {
    sqlite3* database = nullptr;
    const std::string file = (ferry.log() / (site + ".db")).string();
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    std::string table;
    sqlite3_exec(
        database, "select name from sqlite_master where type = 'table' limit 1",
        [](void* found, int, char** values, char**) {
            *static_cast<std::string*>(found) = values[0];
            return 0;
        },
        &table, nullptr);
    const std::string last = "(select max(rowid) from " + table + ")";
    std::string blob;
    sqlite3_stmt* columns = nullptr;
    REQUIRE(sqlite3_prepare_v2(database, ("select * from " + table).c_str(), -1, &columns,
                               nullptr) == SQLITE_OK);
    blob = sqlite3_column_name(columns, sqlite3_column_count(columns) - 1);
    sqlite3_finalize(columns);
    const std::string change = "update " + table + " set " + blob + " = cast(substr(" + blob +
                               ", 1, length(" + blob +
                               ") - 1) || x'00' as blob) where rowid = " + last;
    REQUIRE(sqlite3_exec(database, change.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
}

}  // namespace

TEST_CASE("verify proves every site to its end") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"verify"});
    CHECK(run.exit == 0);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == 2);
    CHECK(contains(lines[0], "lyon: intact to "));
    CHECK(contains(lines[1], "paris: intact to "));
    // The head file lies beside the log: an old copy of the whole directory would say the same.
    CHECK(contains(lines[1], "by the head file, not proved elsewhere"));
    const ProgramRun json = ferry.run({"verify", "--json"});
    CHECK(contains(json.out, R"("endProvedBy":"the head file","endProvedElsewhere":false)"));
}

TEST_CASE("verify --rebuild folds the state from position 1 as well") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"verify", "--rebuild", "--site", "paris", "--json"});
    CHECK(run.exit == 0);
    CHECK(contains(run.out, R"("intact":true,"verdict":"intact")"));
    CHECK(contains(run.out, R"("digest":")"));
    CHECK(contains(ferry.run({"verify", "--rebuild"}).out, "from position 1"));
}

TEST_CASE("a damaged log is named by verify and by every read, which shows what is before it") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    damage_commit(ferry, "paris");
    const ProgramRun verified = ferry.run({"verify"});
    CHECK(verified.exit == 74);
    CHECK(contains(verified.out, "lyon: intact"));
    CHECK(contains(verified.out, "damaged"));
    CHECK(contains(ferry.run({"verify", "--json"}).out, R"("intact":false)"));
    for (const std::vector<std::string>& read :
         {std::vector<std::string>{"status"}, {"show", "--all"}, {"events"}}) {
        const ProgramRun run = ferry.run(read);
        CHECK(run.exit == 74);
        CHECK(contains(run.out, "noel@x.com") != (read.front() == "status"));
        CHECK(contains(run.err, "is damaged after position"));
    }
}

TEST_CASE("verify without a log, or of a site without one, says so") {
    ProgramRunner ferry;
    CHECK(ferry.run({"verify"}).exit == 69);
    apply_read_estate(ferry);
    CHECK(ferry.run({"verify", "--site", "rome"}).exit == 65);
}

}  // namespace ferry
