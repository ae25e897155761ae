#include "events/sqlite_database.hpp"
#include "tests/program_runner.hpp"

namespace ferry::testing {

namespace {

/// One pool and two users in paris; a second commit that can be spoilt.
struct Repairable : ProgramRunner {
    Repairable() {
        apply(pool_line("01", "paris"));
        apply(member_line("user:alice@contoso.com", "01", "paris"));
    }
    void spoil() const {
        auto database =
            SqliteDatabase::open((log() / "paris.db").string(), SqliteAccess::write, "");
        REQUIRE(database.has_value());
        REQUIRE(database
                    ->run("UPDATE commits SET bytes = zeroblob(length(bytes)) WHERE position = "
                          "(SELECT max(position) FROM commits)")
                    .has_value());
    }
    bool knows_alice() { return run({"show", "alice@contoso.com", "--json"}).says("alice"); }
};

}  // namespace

TEST_CASE("a log that is whole needs no repair") {
    Repairable ferry;
    const ProgramRun run = ferry.run({"repair"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.out == "paris: nothing to repair\n");
}

TEST_CASE("a damaged log takes no command until it is repaired, and loses nothing but its tail") {
    Repairable ferry;
    ferry.spoil();
    const std::vector<std::string> check{"check", "pool:ocs01.contoso.com", "services-started",
                                         "pass"};
    const ProgramRun before = ferry.run(check);
    INFO(before);
    CHECK(before.exit == 74);
    CHECK(before.warns("ferry repair"));
    const ProgramRun run = ferry.run({"repair", "--yes", "--reason", "disk replaced"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("paris: repaired, kept up to position 3"));
    CHECK(run.says("1 row(s)"));
    CHECK(ferry.run(check).exit == 0);
    CHECK(!ferry.knows_alice());
}

TEST_CASE("repair tells what it would do and does nothing in a dry run") {
    Repairable ferry;
    ferry.spoil();
    const ProgramRun run = ferry.run({"repair", "--dry-run"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("kept up to position 3, 1 row(s)"));
    CHECK(ferry.run({"repair", "--dry-run"}).out == run.out);
}

TEST_CASE("repair asks on a terminal, and takes nothing but yes for an answer") {
    Repairable ferry;
    ferry.spoil();
    const ProgramRun no = ferry.run({"repair"}, "no\n", true);
    INFO(no);
    CHECK(no.exit == 1);
    CHECK(no.warns("Nothing was changed"));
    CHECK(ferry.run({"repair"}, "", true).exit == 1);
    CHECK(ferry.run({"repair"}, "yes\n", true).says("paris: repaired"));
}

TEST_CASE("repair without a terminal and without --yes is a mistake of usage") {
    Repairable ferry;
    ferry.spoil();
    const ProgramRun run = ferry.run({"repair"});
    CHECK(run.exit == 2);
    CHECK(run.warns("add --yes"));
}

TEST_CASE("repair says where there is nothing that it could repair") {
    Repairable ferry;
    CHECK(ferry.run({"repair", "--site", "rome"}).exit == 65);
    CHECK(ferry.run({"repair", "--log", "memory:"}).exit == 2);
    ProgramRunner empty;
    CHECK(empty.run({"repair"}).exit == 69);
}

}  // namespace ferry::testing
