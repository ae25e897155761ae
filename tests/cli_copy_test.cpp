#include "events/sqlite_database.hpp"
#include "tests/program_runner.hpp"

#include <filesystem>

namespace ferry::testing {

namespace {

/// Two sites, and a place for their copies.
struct Copying : ProgramRunner {
    Copying() {
        apply(pool_line("01", "paris") + member_line("user:a@contoso.com", "01", "paris"));
        apply(pool_line("02", "lyon"));
    }
    std::string from() const { return "sqlite:" + log().string(); }
    std::string to(const std::string& name = "copy") const {
        return "sqlite:" + (folder() / name).string();
    }
    ProgramRun copy(std::vector<std::string> more = {}, const std::string& name = "copy",
                    bool at_terminal = false) {
        more.insert(more.begin(), {"copy", from(), to(name)});
        return run(more, "", at_terminal);
    }
    /// One write to the logs at `url`.
    ProgramRun write_to(const std::string& url, const std::string& label = "before-wave-1") {
        return run_at(url, {"mark", label, "--site", "paris"});
    }
    std::string shown_at(const std::string& url) {
        return run_at(url, {"show", "--all", "--json"}).out;
    }
};

}  // namespace

TEST_CASE("copy takes all sites, says how much, and again takes what is new") {
    Copying ferry;
    const ProgramRun first = ferry.copy();
    INFO(first);
    CHECK(first.exit == 0);
    CHECK(first.says("lyon: copied 2 commit(s)"));
    CHECK(first.says("paris: copied 2 commit(s)"));
    CHECK(first.says("read-only until its origin is sealed for it"));
    CHECK(ferry.shown_at(ferry.to()) == ferry.shown_at(ferry.from()));
    CHECK(ferry.write_to(ferry.from()).exit == 0);
    const ProgramRun again = ferry.copy();
    INFO(again);
    CHECK(again.says("lyon: copied 0 commit(s)"));
    CHECK(again.says("paris: copied 1 commit(s)"));
    const ProgramRun verified = ferry.run_at(ferry.to(), {"verify"});
    INFO(verified);
    CHECK(verified.exit == 0);
    CHECK(verified.says("a copy, read-only until its origin is sealed for it"));
}

TEST_CASE("copy --site takes one site, and names those there are where there is none such") {
    Copying ferry;
    CHECK(ferry.copy({"--site", "lyon"}).exit == 0);
    CHECK(std::filesystem::exists(ferry.folder() / "copy" / "lyon.db"));
    CHECK_FALSE(std::filesystem::exists(ferry.folder() / "copy" / "paris.db"));
    const ProgramRun run = ferry.copy({"--site", "rome"});
    CHECK(run.exit == 65);
    CHECK(run.warns("known are: lyon, paris"));
}

TEST_CASE("a dry run of copy says what it would do and does nothing") {
    Copying ferry;
    const ProgramRun run = ferry.copy({"--dry-run"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("paris: would copy 2 commit(s)"));
    CHECK_FALSE(std::filesystem::exists(ferry.folder() / "copy"));
    CHECK(ferry.copy({"--dry-run", "--move"}).says("then seal "));
    CHECK(ferry.write_to(ferry.from()).exit == 0);
}

TEST_CASE("copy prints JSON, one site a line") {
    Copying ferry;
    const ProgramRun run = ferry.copy({"--json", "--site", "paris"});
    INFO(run);
    CHECK(run.says(R"("site":"paris")"));
    CHECK(run.says(R"("held":0,"position":4,"commits":2)"));
    CHECK(run.says(R"("dryRun":false,"moved":false)"));
    const ProgramRun moved = ferry.copy({"--json", "--site", "paris", "--move"});
    INFO(moved);
    CHECK(moved.says(R"("moved":true,"sealedAt":5)"));
}

TEST_CASE("a copy refuses every write until its origin is sealed for it, and reads go on") {
    Copying ferry;
    ferry.copy();
    const ProgramRun refused = ferry.write_to(ferry.to());
    INFO(refused);
    CHECK(refused.exit == 78);
    CHECK(refused.warns("is a copy, and read-only until its origin is sealed"));
    CHECK(refused.warns("ferry copy --move"));
    const ProgramRun rehearsed = ferry.run_at(ferry.to(), {"mark", "x", "--dry-run"});
    CHECK(rehearsed.exit == 78);
    CHECK(ferry.run_at(ferry.to(), {"status"}).exit == 0);
}

TEST_CASE("a moved log goes on at its destination; the origin refuses writes and is still read") {
    Copying ferry;
    const ProgramRun moved = ferry.copy({"--move", "--actor", "dana", "--reason", "a new disk"});
    INFO(moved);
    CHECK(moved.exit == 0);
    CHECK(moved.says("paris: moved at position 5; it goes on in " + ferry.to()));
    const ProgramRun refused = ferry.write_to(ferry.from());
    INFO(refused);
    CHECK(refused.exit == 78);
    CHECK(refused.warns("was sealed at position 5: it goes on in `" + ferry.to() + "`"));
    CHECK(ferry.run({"status"}).exit == 0);
    CHECK(ferry.run({"verify"}).says("sealed: it goes on elsewhere"));
    const ProgramRun goes_on = ferry.write_to(ferry.to());
    INFO(goes_on);
    CHECK(goes_on.exit == 0);
    const ProgramRun verified = ferry.run_at(ferry.to(), {"verify", "--rebuild"});
    INFO(verified);
    CHECK(verified.exit == 0);
    CHECK_FALSE(verified.says("a copy"));
    const ProgramRun again = ferry.copy({"--move"});
    CHECK(again.exit == 0);
    CHECK(again.says("paris: moved before, at position 5, to `" + ferry.to() + "`"));
    const ProgramRun elsewhere = ferry.copy({"--move"}, "other");
    INFO(elsewhere);
    CHECK(elsewhere.exit == 78);
    CHECK(elsewhere.warns("for `" + ferry.to() + "`"));
    CHECK_FALSE(std::filesystem::exists(ferry.folder() / "other"));
}

TEST_CASE("of a damaged log nothing is copied, and what a repair would do is said") {
    Copying ferry;
    auto database = SqliteDatabase::open(ferry.log() / "paris.db", SqliteAccess::write, "");
    REQUIRE(database.has_value());
    REQUIRE(database->run("UPDATE commits SET bytes = zeroblob(300) WHERE position = 3"));
    const ProgramRun run = ferry.copy();
    INFO(run);
    CHECK(run.exit == 74);
    CHECK(run.warns("damaged after position 2"));
    CHECK(run.warns("repair would do this: paris: "));
    CHECK(run.warns("kept up to position 2, 1 row(s)"));
    CHECK(run.says("lyon: copied 2 commit(s)"));
    CHECK_FALSE(std::filesystem::exists(ferry.folder() / "copy" / "paris.db"));
}

TEST_CASE("copy says what is wrong with the places it is given") {
    Copying ferry;
    CHECK(ferry.run({"copy", ferry.from(), ferry.from() + "/"}).exit == 2);
    CHECK(ferry.run({"copy", ferry.from(), "memory:"}).exit == 2);
    CHECK(ferry.run({"copy", ferry.from(), "nonsense"}).exit == 78);
    CHECK(ferry.run({"copy", ferry.from()}).exit == 2);
    CHECK(ferry.run({"copy", ferry.to("nothing"), ferry.to()}).exit == 69);
    ProgramRunner other;
    other.apply(pool_line("01", "paris"));
    const ProgramRun run =
        ferry.run({"copy", "--site", "paris", ferry.from(), "sqlite:" + other.log().string()});
    INFO(run);
    CHECK(run.exit == 78);
    CHECK(run.warns("holds another log"));
    CHECK(run.warns(other.log().string()));
}

TEST_CASE("copy shows on a terminal how far it is") {
    Copying ferry;
    const ProgramRun run = ferry.copy({"--site", "paris"}, "copy", true);
    CHECK(run.warns("copying paris"));
    CHECK_FALSE(ferry.copy({"--site", "lyon"}).warns("copying"));
}

}  // namespace ferry::testing
