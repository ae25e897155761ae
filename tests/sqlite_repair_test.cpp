#include "events/sqlite_repair.hpp"

#include "tests/log_contract.hpp"

#include <fstream>

namespace ferry::test {

namespace {

struct Estate {
    ScratchDirectory scratch;
    SeededRandomness randomness{1};
    ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
    Chain chain;
    Records records{chain.first()};

    /// A log of 400 commits, some of them on the stream `site:NAME`.
    Estate() {
        Position site{2};
        for (int i = 0; i < 399; ++i) {
            v1::StoredEvent event = event_with_reason("r");
            if (i % 100 == 7) {
                event.set_entity(0);
                event.set_version(3 + static_cast<unsigned>(i) / 100);
                event.set_previous_position(std::exchange(site, chain.next().first).value);
            }
            records.push_back(chain.plain({event}));
        }
        SqliteLog log(scratch.path(), "paris");
        append_all(log, records);
    }
    std::string file(std::string_view suffix) const {
        return site_file(scratch.path(), "paris", suffix).string();
    }
    void sql(const char* statement) const {
        auto database = SqliteDatabase::open(file("db"), SqliteAccess::write, "");
        REQUIRE(database.has_value());
        REQUIRE(database->run(statement).has_value());
    }
    Result<RepairReport> repair(bool dry_run = false) {
        RepairOptions options;
        options.dry_run = dry_run;
        options.actor = "dana";
        options.reason = "the disk was replaced";
        return repair_sqlite(scratch.path(), "paris", randomness, clock, options);
    }
    RepairReport repaired() {
        const auto report = repair();
        INFO((report ? "" : report.error().message));
        REQUIRE(report.has_value());
        return *report;
    }
    Records stored() const {
        SqliteLog log(scratch.path(), "paris");
        return all_records(log);
    }
    /// Rows of a file that was set aside.
    Records rows_in(const std::filesystem::path& path) const {
        Records rows;
        auto database = SqliteDatabase::open(path, SqliteAccess::read, "");
        auto statement = database->prepare("SELECT bytes FROM commits ORDER BY position");
        REQUIRE(statement.has_value());
        while (statement->step() == SQLITE_ROW) {
            const Bytes bytes = statement->blob(0);
            rows.emplace_back(bytes.begin(), bytes.end());
        }
        return rows;
    }
};

/// Checks that the log goes on after `kept` of the old records with a right takeover.
void check_goes_on(const Estate& estate, std::size_t kept, Version site_version,
                   Position site_position) {
    const Records stored = estate.stored();
    REQUIRE(stored.size() == kept + 1);
    CHECK(std::equal(stored.begin(), stored.end() - 1, estate.records.begin()));
    AcceptanceState state;
    for (const auto& record : stored)
        REQUIRE(accept(state, record).judgement == Judgement::commit_counts);
    CHECK(state.term == Term{2});
    CHECK(state.writer != id_of<WriterId>(1));
    for_each_event(read_commit(stored.back()).view, [&](const PlacedEvent&, const auto& event) {
        CHECK(event.entity() == 0);
        CHECK(event.version() == site_version.value);
        CHECK(event.previous_position() == site_position.value);
        CHECK(event.actor() == "dana");
        CHECK(event.reason() == "the disk was replaced");
        CHECK(event.owner_taken().cause() == "repaired");
        CHECK(event.owner_taken().term() == 2);
        CHECK(event.owner_taken().writer_id().size() == 16);
    });
    SqliteLog log(estate.scratch.path(), "paris");
    const auto led = log.lead();
    INFO((led ? "" : led.error().message));
    CHECK(led.has_value());
}

}  // namespace

TEST_CASE("a log that nothing is wrong with is left as it is") {
    Estate estate;
    const RepairReport report = estate.repaired();
    CHECK(report.damage.empty());
    CHECK(report.kept_to == Position{401});
    CHECK(report.taken_over_at == Position{0});
    CHECK(estate.stored() == estate.records);
}

TEST_CASE("a repair sets the tail aside byte for byte and goes on in a new term") {
    Estate estate;
    estate.sql("UPDATE commits SET bytes = bytes || x'00' WHERE position = 300");
    std::ofstream(estate.file("snapshot")) << "derived";
    const auto planned = estate.repair(true);
    REQUIRE(planned.has_value());
    CHECK(planned->rows_set_aside == 102);
    CHECK(estate.stored().size() == 400);
    CHECK(std::filesystem::exists(estate.file("snapshot")));

    const RepairReport report = estate.repaired();
    CHECK(report.damage.find("row 300") != std::string::npos);
    CHECK(report.damage.find("wrong-hash") != std::string::npos);
    CHECK(report.kept_to == Position{299});
    CHECK(report.rows_set_aside == planned->rows_set_aside);
    CHECK(report.bytes_set_aside == planned->bytes_set_aside);
    CHECK_FALSE(report.malformed);
    CHECK(report.taken_over_at == Position{300});
    CHECK(report.term == Term{2});
    CHECK_FALSE(std::filesystem::exists(estate.file("snapshot")));
    check_goes_on(estate, 298, {6}, {210});

    Records tail(estate.records.begin() + 298, estate.records.end());
    tail.front().push_back(Byte{0});
    CHECK(estate.rows_in(report.tail_file) == tail);
    CHECK(estate.repaired().damage.empty());
}

TEST_CASE("a second repair at the same place overwrites nothing that was set aside") {
    Estate estate;
    std::vector<std::filesystem::path> tails;
    for (int i = 0; i < 3; ++i) {
        estate.sql("UPDATE commits SET bytes = x'' WHERE position = 300");
        tails.push_back(estate.repaired().tail_file);
    }
    CHECK(tails[0] != tails[1]);
    CHECK(tails[1] != tails[2]);
    CHECK(estate.rows_in(tails[0]).size() == 102);
    CHECK(estate.rows_in(tails[2]) == Records{{}});
}

TEST_CASE("a missing row in the middle sets aside what comes after it") {
    Estate estate;
    estate.sql("DELETE FROM commits WHERE position = 12");
    const RepairReport report = estate.repaired();
    CHECK(report.kept_to == Position{11});
    CHECK(report.rows_set_aside == 389);
    check_goes_on(estate, 10, {4}, {10});
}

TEST_CASE("a missing end is said, and the log goes on without it") {
    Estate estate;
    estate.sql("DELETE FROM commits WHERE position > 200");
    const RepairReport report = estate.repaired();
    CHECK(report.damage.find("commits are missing") != std::string::npos);
    CHECK(report.rows_set_aside == 0);
    CHECK(report.tail_file.empty());
    check_goes_on(estate, 199, {5}, {110});
}

TEST_CASE("a head file that names another commit is set aside") {
    Estate estate;
    {
        HeadFile head(estate.file("head"));
        REQUIRE(head.write({{401}, {}}).has_value());
        REQUIRE(head.write({{401}, {}}).has_value());
    }
    const RepairReport report = estate.repaired();
    CHECK(report.damage.find("names another commit at position 401") != std::string::npos);
    check_goes_on(estate, 400, {7}, {310});
    int heads = 0;
    for (const auto& entry : std::filesystem::directory_iterator(estate.scratch.path()))
        heads += entry.path().extension() == ".head";
    CHECK(heads == 2);
}

TEST_CASE("a malformed file is rebuilt from what can be read and set aside whole") {
    Estate estate;
    const auto size = std::filesystem::file_size(estate.file("db"));
    std::fstream file(estate.file("db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
    file << std::string(4096, '\x5a');
    file.close();
    const auto planned = estate.repair(true);
    REQUIRE(planned.has_value());
    CHECK(planned->malformed);
    const RepairReport report = estate.repaired();
    CHECK(report.malformed);
    CHECK(report.kept_to.value > 100);
    CHECK(report.kept_to.value < 300);
    CHECK(std::filesystem::file_size(report.tail_file) == size);
    const std::uint64_t kept = report.kept_to.value - 1;
    const std::uint64_t site = (kept - 9) / 100;
    check_goes_on(estate, kept, {4 + site}, {10 + 100 * site});
    CHECK(estate.repaired().damage.empty());
}

TEST_CASE("where not even the first commit counts, all is set aside and the log is empty") {
    Estate estate;
    estate.sql("UPDATE commits SET bytes = x'00' WHERE position = 1");
    const RepairReport report = estate.repaired();
    CHECK(report.kept_to == Position{0});
    CHECK(report.rows_set_aside == 400);
    CHECK(report.taken_over_at == Position{0});
    CHECK(estate.stored().empty());
    SqliteLog log(estate.scratch.path(), "paris");
    append_all(log, {estate.records[0]});
}

TEST_CASE("a sealed log is cut but not taken over") {
    const ScratchDirectory scratch;
    Chain chain;
    SqliteLog log(scratch.path(), "paris");
    append_all(log, {chain.first(), chain.seal(5)});
    auto database =
        SqliteDatabase::open(site_file(scratch.path(), "paris", "db"), SqliteAccess::write, "");
    REQUIRE(database->run("INSERT INTO commits VALUES(4, x'00')").has_value());
    SeededRandomness randomness(1);
    const auto report = repair_sqlite(scratch.path(), "paris", randomness, ManualClock(), {});
    REQUIRE(report.has_value());
    CHECK(report->rows_set_aside == 1);
    CHECK(report->taken_over_at == Position{0});
    CHECK(all_records(log).size() == 2);
}

TEST_CASE("a repair that would cut a seal off is refused: the log goes on elsewhere") {
    const ScratchDirectory scratch;
    Chain chain;
    SqliteLog log(scratch.path(), "paris");
    append_all(log, {chain.first(), chain.plain(), chain.seal(5)});
    auto database =
        SqliteDatabase::open(site_file(scratch.path(), "paris", "db"), SqliteAccess::write, "");
    SUBCASE("the seal is damaged") {
        REQUIRE(database->run("UPDATE commits SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) "
                              "|| x'00' AS BLOB) WHERE position = 4"));
    }
    SUBCASE("what is before it is damaged") {
        REQUIRE(database->run("UPDATE commits SET bytes = x'00' WHERE position = 3"));
    }
    SeededRandomness randomness(1);
    const auto report = repair_sqlite(scratch.path(), "paris", randomness, ManualClock(), {});
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().code == Errc::configuration);
    CHECK(report.error().message.find("row 4") != std::string::npos);
}

TEST_CASE("a repair refuses what it cannot judge") {
    Estate estate;
    SUBCASE("a log that somebody writes") {
        SqliteLog log(estate.scratch.path(), "paris");
        REQUIRE(log.lead().has_value());
        CHECK(estate.repair().error().code == Errc::unavailable);
        CHECK(estate.repair(true).has_value());
    }
    SUBCASE("a log that does not exist") {
        const auto report =
            repair_sqlite(estate.scratch.path(), "rome", estate.randomness, estate.clock, {});
        CHECK(report.error().code == Errc::bad_input);
        CHECK_FALSE(std::filesystem::exists(estate.scratch.path() + "/rome.lock"));
    }
    SUBCASE("a commit of a later format") {
        CommitHeader header = estate.chain.next();
        header.format_version = 2;
        const auto later = commit_of(header);
        auto database = SqliteDatabase::open(estate.file("db"), SqliteAccess::write, "");
        auto insert = database->prepare("INSERT INTO commits VALUES(402, ?)");
        insert->bind(1, Bytes(later));
        REQUIRE(insert->step() == SQLITE_DONE);
        insert->reset();
        CHECK(estate.repair().error().code == Errc::configuration);
    }
    SUBCASE("a file that is not a database") {
        std::filesystem::remove(estate.file("db-wal"));
        std::ofstream(estate.file("db"), std::ios::trunc) << std::string(8192, 'x');
        CHECK(estate.repair().error().code == Errc::damaged);
    }
}

}  // namespace ferry::test
