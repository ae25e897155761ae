#include "events/sqlite_log.hpp"

#include "tests/log_contract.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace ferry::test {

namespace {

struct SqliteFixture {
    ScratchDirectory scratch;
    std::string directory = scratch.path() + "/deep/data";
    std::unique_ptr<Log> open() const { return std::make_unique<SqliteLog>(directory, "paris"); }
    std::string file(std::string_view suffix) const {
        return site_file(directory, "paris", suffix).string();
    }
    void sql(const char* statement) const {
        auto database = SqliteDatabase::open(file("db"), SqliteAccess::write, "");
        REQUIRE(database.has_value());
        REQUIRE(database->run(statement).has_value());
    }
};

FERRY_LOG_CONTRACT(SqliteFixture);

void check_error(const Error& error, Errc code, std::string_view part) {
    CHECK(error.code == code);
    CAPTURE(error.message);
    CHECK(error.message.find(part) != std::string::npos);
}

bool exists(const std::string& path) { return std::filesystem::exists(path); }

/// Runs `body` in another process; true where it returns true.
template <class Body>
bool in_other_process(Body&& body) {
    const pid_t child = fork();
    if (child == 0) _exit(body() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Not root while it lives: permissions do not bind root.
struct Unprivileged {
    Unprivileged() { CHECK(seteuid(65534) == 0); }
    ~Unprivileged() { CHECK(seteuid(0) == 0); }
};

}  // namespace

TEST_CASE("a writer that appends nothing leaves nothing behind") {
    const SqliteFixture fixture;
    const auto log = fixture.open();
    REQUIRE(log->lead().has_value());
    CHECK(exists(fixture.file("lock")));
    CHECK_FALSE(exists(fixture.file("db")));
    SUBCASE("when it stops in order") { REQUIRE(log->stop().has_value()); }
    SUBCASE("and when it just ends") { const_cast<std::unique_ptr<Log>&>(log).reset(); }
    CHECK_FALSE(exists(fixture.scratch.path() + "/deep"));
}

TEST_CASE("reading creates nothing") {
    const SqliteFixture fixture;
    CHECK(all_records(*fixture.open()).empty());
    CHECK_FALSE(exists(fixture.scratch.path() + "/deep"));
}

TEST_CASE("a second writer is refused at once and told who writes, while readers go on") {
    const SqliteFixture fixture;
    const Records records = sample_records(3);
    SqliteOptions options;
    options.command = "ferry import users.csv";
    SqliteLog writer(fixture.directory, "paris", options);
    REQUIRE(writer.lead().has_value());
    REQUIRE(writer.append(records[0]).has_value());
    SUBCASE("in the same process") {
        const auto second = fixture.open();
        const auto led = second->lead();
        REQUIRE_FALSE(led.has_value());
        check_error(led.error(), Errc::unavailable, "process " + std::to_string(getpid()));
        check_error(led.error(), Errc::unavailable, "ferry import users.csv");
        CHECK(all_records(*second).size() == 1);
    }
    SUBCASE("in another process") {
        CHECK(in_other_process([&] {
            const auto second = fixture.open();
            const auto led = second->lead();
            int seen = 0;
            const auto read = second->read({0}, [&](const Record&) { return ++seen > 0; });
            return !led && led.error().code == Errc::unavailable && read && seen == 1;
        }));
    }
    CHECK(writer.append(records[1]).has_value());
    REQUIRE(writer.stop().has_value());
    CHECK(fixture.open()->lead().has_value());
}

TEST_CASE("a stop in order leaves the log in one file and says when it was") {
    const SqliteFixture fixture;
    ManualClock clock;
    SqliteOptions options;
    options.clock = &clock;
    const Records records = sample_records(3);
    {
        SqliteLog log(fixture.directory, "paris", options);
        append_all(log, records);
    }
    CHECK(std::filesystem::file_size(fixture.file("db-wal")) == 0);
    const auto head = read_head_file(fixture.file("head"));
    REQUIRE(head.has_value());
    REQUIRE(head->has_value());
    CHECK((*head)->hash == read_commit(records.back()).view.hash);
    clock.pass(std::chrono::hours(1));
    for (int i = 0; i < 2; ++i) {
        SqliteLog log(fixture.directory, "paris", options);
        REQUIRE(log.lead().has_value());
        REQUIRE(log.last_stop().has_value());
        CHECK(log.last_stop()->wall == clock.now() - std::chrono::hours(1));
        REQUIRE(log.stop().has_value());
    }
}

TEST_CASE("after a stop that was not clean, all that was appended is there and led from") {
    const SqliteFixture fixture;
    const Records records = sample_records(12);
    for (std::size_t i = 0; i < records.size(); i += 4) {
        const auto log = fixture.open();
        REQUIRE(log->lead().has_value());
        std::error_code absent;
        const auto wal_bytes = std::filesystem::file_size(fixture.file("db-wal"), absent);
        CHECK((absent || wal_bytes == 0));
        for (std::size_t j = i; j < i + 4; ++j)
            REQUIRE(log->append(records[j]) == Appended::stands);
    }
    CHECK(std::filesystem::file_size(fixture.file("db-wal")) > 0);
    CHECK(all_records(*fixture.open()) == records);
}

TEST_CASE("the write-ahead log is checkpointed as it grows, so that it stays small") {
    const SqliteFixture fixture;
    SqliteOptions options;
    options.wal_pages_max = 20;
    SqliteLog log(fixture.directory, "paris", options);
    REQUIRE(log.lead().has_value());
    const Records records = sample_records(300);
    for (const auto& record : records) REQUIRE(log.append(record).has_value());
    CHECK(std::filesystem::file_size(fixture.file("db-wal")) < 40 * 4200);
    CHECK(all_records(log) == records);
    REQUIRE(log.stop().has_value());
}

TEST_CASE("a log whose end is missing is not led") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(5));
    SUBCASE("where rows are gone") {
        fixture.sql("DELETE FROM commits WHERE position > 3");
        check_error(fixture.open()->lead().error(), Errc::damaged, "commits are missing");
    }
    SUBCASE("where the whole file is gone") {
        std::filesystem::remove(fixture.file("db"));
        check_error(fixture.open()->lead().error(), Errc::damaged, "commits are missing");
    }
    SUBCASE("where the file is empty") {
        std::ofstream(fixture.file("db"), std::ios::trunc).close();
        check_error(fixture.open()->lead().error(), Errc::damaged, "commits are missing");
    }
}

TEST_CASE("a log that was written anew is not led") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(3));
    const SqliteFixture other;
    Chain chain(7);
    append_all(*other.open(), {chain.first(), chain.plain(2), chain.plain(3), chain.plain()});
    std::filesystem::copy_file(other.file("db"), fixture.file("db"),
                               std::filesystem::copy_options::overwrite_existing);
    check_error(fixture.open()->lead().error(), Errc::damaged, "written anew");
}

TEST_CASE("a head file that is behind the log is the trace of a crash and no damage") {
    const SqliteFixture fixture;
    const Records records = sample_records(4);
    append_all(*fixture.open(), {records.begin(), records.begin() + 2});
    std::filesystem::copy_file(fixture.file("head"), fixture.file("head-before"));
    append_all(*fixture.open(), {records.begin() + 2, records.begin() + 3});
    std::filesystem::rename(fixture.file("head-before"), fixture.file("head"));
    append_all(*fixture.open(), {records.begin() + 3, records.end()});
    CHECK(all_records(*fixture.open()) == records);
}

TEST_CASE("a row in the wrong place is named as damage after the rows before it are read") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(4));
    fixture.sql("UPDATE commits SET position = 77 WHERE position = 5");
    const auto log = fixture.open();
    int seen = 0;
    const auto read = log->read({0}, [&](const Record&) { return ++seen > 0; });
    REQUIRE_FALSE(read.has_value());
    CHECK(seen >= 2);
    check_error(read.error(), Errc::damaged,
                "row 77 is damaged: it holds the commit of position 5");
    check_error(log->find({80}).error(), Errc::damaged, "row 77");
    check_error(log->lead().error(), Errc::damaged, "row 77");
}

TEST_CASE("a row with wrong bytes is found by its hash") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(3));
    fixture.sql("UPDATE commits SET bytes = bytes || x'00' WHERE position = 5");
    check_error(fixture.open()->find({6}).error(), Errc::damaged, "row 5 is damaged");
    check_error(fixture.open()->lead().error(), Errc::damaged, "row 5 is damaged");
}

TEST_CASE("a row before the first position is damage") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(2));
    fixture.sql("INSERT INTO commits VALUES(-3, x'00')");
    const auto read = fixture.open()->read({0}, [](const Record&) { return true; });
    check_error(read.error(), Errc::damaged, "row -3");
}

TEST_CASE("a writer that somebody wrote past appends nothing") {
    const SqliteFixture fixture;
    Chain chain;
    const auto log = fixture.open();
    REQUIRE(log->lead().has_value());
    REQUIRE(log->append(chain.first()).has_value());
    fixture.sql("INSERT INTO commits VALUES(3, x'00')");
    const auto next = chain.plain();
    check_error(log->append(next).error(), Errc::damaged, "somebody else wrote");
    check_error(log->append(next).error(), Errc::damaged, "somebody else wrote");
    check_error(log->read({0}, {}).error(), Errc::damaged, "somebody else wrote");
}

TEST_CASE("only the commit that follows is appended, and only by who leads") {
    const SqliteFixture fixture;
    const Records records = sample_records(3);
    check_error(fixture.open()->append(records[0]).error(), Errc::usage, "lead it first");
    const auto refused = [&](Bytes record) {
        const auto log = fixture.open();
        REQUIRE(log->lead().has_value());
        check_error(log->append(record).error(), Errc::usage, "Nothing was written");
    };
    refused(records[1]);
    CHECK_FALSE(exists(fixture.file("db")));
    append_all(*fixture.open(), {records[0]});
    refused(records[2]);
    refused(stored_fence({id_of<LogId>(1), {2}, id_of<WriterId>(2)}));
    CHECK(all_records(*fixture.open()) == Records{records[0]});
}

TEST_CASE("a file that is not a database is named, and what to do") {
    const SqliteFixture fixture;
    std::filesystem::create_directories(fixture.directory);
    std::ofstream(fixture.file("db")) << std::string(8192, 'x');
    const auto read = fixture.open()->read({0}, [](const Record&) { return true; });
    check_error(read.error(), Errc::damaged, "not a database");
    check_error(fixture.open()->lead().error(), Errc::damaged, "not a database");
}

TEST_CASE("a database of another program, or of a later layout, is left alone") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(2));
    SUBCASE("another program") {
        fixture.sql("PRAGMA application_id = 5");
        check_error(fixture.open()->find({1}).error(), Errc::configuration, "another program");
    }
    SUBCASE("a later layout") {
        fixture.sql("PRAGMA user_version = 2");
        check_error(fixture.open()->lead().error(), Errc::configuration, "layout 2");
    }
}

TEST_CASE("a malformed database is named while its readable rows are read") {
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(400));
    const auto size = std::filesystem::file_size(fixture.file("db"));
    std::fstream file(fixture.file("db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
    file << std::string(4096, '\x5a');
    file.close();
    int seen = 0;
    const auto read = fixture.open()->read({0}, [&](const Record&) { return ++seen > 0; });
    REQUIRE_FALSE(read.has_value());
    CHECK(seen > 50);
    check_error(read.error(), Errc::damaged, "read on after row");
}

TEST_CASE("a directory that may not be written to is named") {
    if (geteuid() != 0) return;
    const SqliteFixture fixture;
    append_all(*fixture.open(), sample_records(2));
    std::filesystem::permissions(fixture.scratch.path(), std::filesystem::perms(0755));
    const Unprivileged as_nobody;
    const auto log = fixture.open();
    check_error(log->lead().error(), Errc::io, "Permission denied");
    CHECK(all_records(*log).size() == 2);
    SqliteLog fresh(fixture.scratch.path() + "/new", "paris");
    check_error(fresh.lead().error(), Errc::io, "cannot create the log's directory");
}

TEST_CASE("a head file that cannot be written is a failed append, though the commit stands") {
    const SqliteFixture fixture;
    const Records records = sample_records(2);
    std::filesystem::create_directories(fixture.directory);
    std::filesystem::create_symlink("/dev/full", fixture.file("head"));
    const auto log = fixture.open();
    REQUIRE(log->lead().has_value());
    check_error(log->append(records[0]).error(), Errc::io, "No space left");
    check_error(log->append(records[1]).error(), Errc::io, "No space left");
    CHECK(all_records(*fixture.open()) == Records{records[0]});
}

TEST_CASE("a name that fits no file, host and topic is no site name") {
    for (const char* name : {"paris", "site-2", "0", "a"}) CHECK(is_site_name(name));
    for (const char* name : {"", "-a", "Paris", "a.b", "../x", "a b", "é"})
        CHECK_FALSE(is_site_name(name));
    CHECK_FALSE(is_site_name(std::string(64, 'a')));
    SqliteLog log("data", "../x");
    check_error(log.lead().error(), Errc::usage, "no site name");
    check_error(log.read({0}, {}).error(), Errc::usage, "no site name");
    CHECK(SqliteLog("data", "paris").derived_path("snapshot") == "data/paris.snapshot");
    CHECK(SqliteLog("data", "paris").name() == "sqlite:data (paris)");
}

}  // namespace ferry::test
