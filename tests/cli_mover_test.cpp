// `ferry mover`: what its command is told, and what its end is taken to mean.
#include "cli/move_causes.hpp"
#include "cli/move_outcome.hpp"
#include "cli/move_reports.hpp"
#include "cli/move_runs.hpp"
#include "tests/cli_moves_estate.hpp"

#include <set>

namespace ferry::testing {

TEST_CASE("a move that the command makes is reported, and its member is there") {
    ConfirmedEstate ferry;
    CHECK(ferry.shown(alice, "transfer") == "moving");
    const ProgramRun run = ferry.mover("true");
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("moved  paris:"));
    CHECK(ferry.shown(alice, "lifecycle") == "pilot");
    CHECK(ferry.shown(alice, "home") == "lync01.contoso.com");
    CHECK(ferry.mover("false").exit == 0);  // nothing is open, so nothing is run
}

TEST_CASE("the command is told the move as JSON on its input and in its environment") {
    ConfirmedEstate ferry;
    const std::string told = ferry.file("told", "");
    const ProgramRun run = ferry.mover("cat > " + told + "; env | grep ^FERRY_MOVE_ >> " + told);
    INFO(run);
    REQUIRE(run.exit == 0);
    const std::string text = read_text(told);
    const auto json = boost::json::parse(text.substr(0, text.find('\n'))).as_object();
    CHECK(json.at("entity").as_string() == alice);
    CHECK(json.at("source").as_string() == "ocs01.contoso.com");
    CHECK(json.at("target").as_string() == "lync01.contoso.com");
    CHECK(json.at("direction").as_string() == "successor");
    CHECK(json.at("from").as_string() == "coexist-test");
    CHECK(json.at("to").as_string() == "pilot");
    CHECK_FALSE(json.at("back").as_bool());
    CHECK(text.find("FERRY_MOVE_ID=" + std::string(json.at("move").as_string())) !=
          std::string::npos);
    CHECK(text.find("FERRY_MOVE_NAME=alice@contoso.com\n") != std::string::npos);
    CHECK(text.find("FERRY_MOVE_ATTEMPT=1\n") != std::string::npos);
}

TEST_CASE("a failure that may pass is tried again with the same move id, and then reported") {
    ConfirmedEstate ferry;
    const std::string runs = ferry.file("runs", "");
    const std::string command =
        "echo $FERRY_MOVE_ID >> " + runs + "; test $(wc -l < " + runs +
        ") -ge 3 || { echo "
        "'Move-CsLegacyUser : SetMoveResourceData failed because the user is not provisioned.' >&2;"
        " exit 1; }";
    SUBCASE("until it passes") {
        const ProgramRun run = ferry.mover(command, {"--retries", "5"});
        INFO(run);
        CHECK(run.exit == 0);
        std::istringstream lines(read_text(runs));
        std::multiset<std::string> ids;
        for (std::string line; std::getline(lines, line);) ids.insert(line);
        CHECK(ids.size() == 3);
        CHECK(ids.count(*ids.begin()) == 3);
        CHECK(ferry.shown(alice, "lifecycle") == "pilot");
    }
    SUBCASE("until it has been tried often enough") {
        const ProgramRun run = ferry.mover(command, {"--retries", "1"});
        CHECK(run.exit == 1);
        CHECK(run.says("replicator-not-done"));
        CHECK(ferry.shown(alice, "transfer") == "failed");
        CHECK(ferry.run({"events", "--type", "MoveFailed", "--json"}).says("event 30024"));
    }
}

TEST_CASE("a failure that does not pass is reported at once, with its cause") {
    ConfirmedEstate ferry;
    const ProgramRun run =
        ferry.mover("echo '{\"outcome\":\"FAILED\",\"cause\":\"mailbox locked\"}'; exit 1");
    CHECK(run.exit == 1);
    CHECK(run.says("mailbox locked"));
    const ProgramRun events = ferry.run({"events", "--type", "MoveFailed", "--json"});
    CHECK(events.says("mailbox locked"));
    CHECK(events.says(R"("towards":"successor")"));
}

TEST_CASE("a command that takes too long is ended with all it started, and the move failed") {
    ConfirmedEstate ferry;
    const std::string left = ferry.file("left", "");
    const ProgramRun run = ferry.mover("(sleep 3; echo still here > " + left + ") & sleep 60",
                                       {"--timeout", "200ms", "--retries", "0"});
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.says("timed-out"));
    CHECK(read_text(left).empty());
}

TEST_CASE("a move that cannot be undone says so, by its exit code or its last line") {
    ConfirmedEstate ferry;
    SUBCASE("by its exit code") { CHECK(ferry.mover("exit 3").exit == 0); }
    SUBCASE("by its last line") {
        CHECK(ferry.mover(R"(echo moving; echo '{"reversible":false,"cause":"-Force"}')").exit ==
              0);
    }
    CHECK(ferry.run({"show", alice}).says("moved-with-force"));
    const ProgramRun plan = ferry.run({"rollback", "--to", "before", alice, "--dry-run"});
    INFO(plan);
    CHECK(plan.says("going back cannot undo"));
    CHECK(ferry.run({"rollback", "--to", "before", alice, "--yes"}).exit == 1);
}

TEST_CASE("a command that cannot be run at all ends the mover and fails no move") {
    ConfirmedEstate ferry;
    std::string command = "./no-such-script";
    SUBCASE("is not there") {}
    SUBCASE("may not be run") { command = ferry.file("script", "true"); }
    const ProgramRun run = ferry.mover(command);
    INFO(run);
    CHECK(run.exit == 78);
    CHECK(run.warns("the command cannot be run (exit code 12"));
    CHECK(run.warns("no move was reported"));
    CHECK(ferry.shown(alice, "transfer") == "moving");
    // Its own word counts, whatever its exit code.
    CHECK(ferry.mover("echo '{\"outcome\":\"FAILED\",\"cause\":\"mine\"}'; exit 127").exit == 1);
    CHECK(ferry.shown(alice, "transfer") == "failed");
}

TEST_CASE("a rollback owes moves back, which the mover makes, and then it is settled") {
    ConfirmedEstate ferry;
    REQUIRE(ferry.mover("true").exit == 0);
    const ProgramRun back = ferry.run({"rollback", "--to", "before", alice, "--yes"});
    INFO(back);
    REQUIRE(back.exit == 0);
    CHECK(back.says("accounts that are moved back afterwards: 1"));
    CHECK(back.says("1 accounts are owed a move back"));
    CHECK(ferry.shown(alice, "home") == "ocs01.contoso.com");
    CHECK(ferry.shown(alice, "moveBack") == "open");
    CHECK(ferry.run({"status"}).says("is not settled: 0 accounts are back, 1 are owed"));
    CHECK(ferry.run({"mover", "--dry-run"}).says(R"("direction":"legacy")"));
    CHECK(ferry.mover("exit 1").exit == 1);
    CHECK(ferry.shown(alice, "moveBack") == "failed");
    CHECK(ferry.run({"status", "--json"}).says(R"("failed":1)"));
    CHECK(ferry.run({"advance", alice, "--to", "pilot"}).exit == 1);
    const ProgramRun again = ferry.mover("test $FERRY_MOVE_DIRECTION = legacy", {"--retry-failed"});
    INFO(again);
    CHECK(again.exit == 0);
    CHECK(ferry.shown(alice, "moveBack").empty());
    CHECK(ferry.run({"events", "--type", "RollbackSettled", "--json"}).says(R"("moved":"1")"));
    CHECK(ferry.run({"verify"}).says("3 digests of rollbacks recomputed"));
    CHECK_FALSE(ferry.run({"status"}).says("is not settled"));
}

TEST_CASE("one mover at a time keeps a directory") {
    ConfirmedEstate ferry;
    const auto runs = MoveRuns::open(ferry.log() / "mover");
    REQUIRE(runs);
    const ProgramRun second = ferry.mover("true");
    CHECK(second.exit == 69);
    CHECK(second.warns("another mover runs"));
}

TEST_CASE("what the end of a command means") {
    const auto end = [](int exit, std::string out = "", std::string err = "") {
        return outcome_of_run({false, exit, std::move(out), std::move(err)});
    };
    CHECK(end(0).succeeded);
    CHECK(end(0).reversible);
    CHECK(end(3).succeeded);
    CHECK_FALSE(end(3).reversible);
    CHECK_FALSE(end(0, R"({"outcome":"FAILED"})").succeeded);
    CHECK_FALSE(end(1, R"({"outcome":"SUCCEEDED"})").succeeded);
    CHECK(end(75).may_pass);
    CHECK_FALSE(end(1).may_pass);
    CHECK(end(1).cause == "the command ended with exit code 1");
    CHECK(end(1, R"({"retry":true})").may_pass);
    CHECK_FALSE(end(75, R"({"retry":false})").may_pass);
    CHECK(end(1, "", "it broke\n").cause == "it broke");
    CHECK(end(1, "not { json", "").cause == "not { json");
    CHECK_FALSE(end(1, "{\"cause\":", "").may_pass);
    CHECK(outcome_of_run({true, 143, "", ""}).may_pass);
    const MoveOutcome known = end(1, "", "WARNING\nMove-CsUser : Error=(510)\nat line 1\n");
    CHECK(known.cause.starts_with("shared-sip-space-off: Move-CsUser"));
    CHECK_FALSE(known.may_pass);
    // What a tool printed in no known encoding still makes a cause that the log takes.
    CHECK(end(1, "", "caf\xe9\n").cause == "caf\u00e9");
    CHECK(cause_text(std::string(5000, 'x')).size() < 1000);
}

TEST_CASE("the id of a report follows from its move and outcome, however long that is") {
    CHECK(report_id("paris:120", true) == "moved-paris:120-succeeded");
    CHECK(report_id("paris:120", false) == "moved-paris:120-failed");
    const std::string longest = report_id(std::string(300, 'm'), true);
    CHECK(longest.size() < 128);
    CHECK(longest == report_id(std::string(300, 'm'), true));
    CHECK(longest != report_id(std::string(301, 'm'), true));
}

}  // namespace ferry::testing
