// `ferry ingest`: what tools print becomes checks and reports of moves, once.
#include "tests/cli_moves_estate.hpp"
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

TEST_CASE("a report of moves is taken once, whatever its encoding") {
    ConfirmedEstate ferry;
    std::string bytes = "\"Entity\",\"Outcome\",\"Error\"\r\n\"user:alice@contoso.com\","
                        "\"SUCCEEDED\",\r\n";
    SUBCASE("UTF-8 with a mark") { bytes.insert(0, "\xEF\xBB\xBF"); }
    SUBCASE("UTF-16") {
        std::string wide = "\xFF\xFE";
        for (const char c : bytes) wide += std::string{c, '\0'};
        bytes = wide;
    }
    const std::string file = ferry.file("report.csv", bytes);
    CHECK(ferry.run({"ingest", file, "--dry-run"}).says("1 would be taken"));
    CHECK(ferry.shown(alice, "transfer") == "moving");
    const ProgramRun taken = ferry.run({"ingest", file});
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(taken.says("1 taken, 0 known before"));
    CHECK(ferry.shown(alice, "lifecycle") == "pilot");
    const ProgramRun again = ferry.run({"ingest", file});
    CHECK(again.exit == 0);
    CHECK(again.says("0 taken, 1 known before"));
}

TEST_CASE("a failure is reported with its known cause, and its remedy is said") {
    ConfirmedEstate ferry;
    const std::string file = ferry.file(
        "report.csv", "SipAddress;Result;Error Message;Reversible\n"
                      "sip:Alice@contoso.com;Failure;SetMoveResourceData failed because the user "
                      "is not provisioned.;\n");
    const ProgramRun taken = ferry.run({"ingest", file});
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(taken.warns("wait for event 30024"));
    CHECK(ferry.shown(alice, "transfer") == "failed");
    CHECK(ferry.run({"events", "--type", "MoveFailed", "--json"}).says("replicator-not-done: "));
}

TEST_CASE("rows of members are a check of each, where it is named") {
    ConfirmedEstate ferry;
    const std::string file = ferry.file(
        "check-report.csv", "Entity,Outcome,Error\nuser:alice@contoso.com,SUCCEEDED,\n"
                            "user:bob@contoso.com,FAILED,\"the pool is ocs01, not lync01\"\n");
    const std::vector<std::string> asked{"ingest", file, "--check", "Registrar-Pool-Is-Target"};
    const ProgramRun taken = ferry.run(asked);
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(taken.says("2 taken"));
    CHECK(ferry.run({"show", alice}).says("registrar-pool-is-target"));
    CHECK(ferry.run({"show", bob}).says("FAIL"));
    CHECK(ferry.shown(alice, "transfer") == "moving");
    CHECK(ferry.run(asked).says("0 taken, 2 known before"));
    // Read as what it is without --check, its rows are reports of moves still.
    CHECK(ferry.run({"ingest", file}).says("1 taken"));
}

TEST_CASE("what is wrong with a report is said by line, and the rest is taken") {
    ConfirmedEstate ferry;
    const std::string file = ferry.file("report.csv", "Address,Outcome\n"
                                                      "nobody@contoso.com,Success\n"
                                                      "alice@contoso.com,perhaps\n"
                                                      "bob@contoso.com,Success\n"
                                                      "alice@contoso.com\n"
                                                      "alice@contoso.com,Success\n");
    const ProgramRun run = ferry.run({"ingest", file});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns(file + ":2:1: `nobody@contoso.com` is not known here"));
    CHECK(run.warns(file + ":3:1: `perhaps` is neither success nor failure"));
    CHECK(run.warns(file + ":4:1: no move of user:bob@contoso.com is open"));
    CHECK(run.warns(file + ":5:"));
    CHECK(run.says("5 rows (moves): 1 taken, 0 known before, 0 refused, 4 rejected"));
    CHECK(ferry.shown(alice, "lifecycle") == "pilot");
}

TEST_CASE("an unknown column, a missing one and a header of nothing known are refused by place") {
    ConfirmedEstate ferry;
    const auto said = [&](std::string_view text, std::string_view wanted) {
        const std::string file = ferry.file("report.csv", text);
        const ProgramRun run = ferry.run({"ingest", file});
        INFO(run);
        CHECK(run.exit == 65);
        CHECK(run.warns(std::string(wanted)));
    };
    said("Address,Outcom\na,b\n", ":1:9: the column `Outcom` is not known here");
    said("Address,Move\na,b\n", ":1:1: a column with the outcome is missing");
    said("Address,Outcome,Result\na,b,c\n", ":1:17: the column `Result` says the same as another");
    said("What,Ever\na,b\n", ":1:1: the header is none that is known here");
    said("\n\n", ":3:1: the file holds nothing");
}

TEST_CASE("a synthetic transaction becomes a check of the side whose server it looked at") {
    ConfirmedEstate ferry;
    SUBCASE("as Format-List leaves it") {
        const std::string file = ferry.file("test.txt", "\n"
                                                        "Target Fqdn   : lync01.contoso.com\n"
                                                        "Result        : Failure\n"
                                                        "Latency       : 00:00:00\n"
                                                        "Error Message : This machine does not have"
                                                        " any assigned\n"
                                                        "                certificates.\n"
                                                        "Diagnosis     :\n\n");
        const ProgramRun run = ferry.run({"ingest", file, "--check", "services-started"});
        INFO(run);
        CHECK(run.exit == 0);
        CHECK(run.warns("assign a certificate"));
        const ProgramRun shown =
            ferry.run({"events", "--type", "CheckRecorded", "--json", "--actor", "dana"});
        CHECK(ferry.run({"show", pool}).says("FAIL"));
    }
    SUBCASE("as Export-Csv leaves it") {
        const std::string file =
            ferry.file("test.csv", "#TYPE x\n\"TargetFqdn\",\"Result\",\"Latency\",\"Error\","
                                   "\"Diagnosis\"\n\"ocs01.contoso.com\",\"Success\","
                                   "\"00:00:01.2\",,\n");
        CHECK(ferry.run({"ingest", file}).exit == 65);  // which check is it?
        const ProgramRun run = ferry.run({"ingest", file, "--check", "legacy-operational"});
        INFO(run);
        CHECK(run.exit == 0);
        CHECK(ferry.run({"show", pool}).says("legacy-operational"));
    }
}

TEST_CASE("replication becomes a check, of each server or of a pool's replicas together") {
    ConfirmedEstate ferry;
    const std::string file = ferry.file("replication.csv", "ReplicaFqdn,UpToDate,LastStatusReport\n"
                                                           "fe1.contoso.com,True,today\n"
                                                           "fe2.contoso.com,False,\n");
    const ProgramRun unknown = ferry.run({"ingest", file});
    CHECK(unknown.exit == 65);
    CHECK(unknown.warns(":2:1: `fe1.contoso.com` is neither a pool nor a successor here"));
    const ProgramRun run = ferry.run({"ingest", file, "--pool", "ocs01.contoso.com"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.warns("Invoke-CsManagementStoreReplication"));
    CHECK(ferry.run({"show", pool}).says("replication-up-to-date"));
    const ProgramRun events = ferry.run({"events", "--type", "CheckRecorded", "--json"});
    CHECK(events.says("1 of 2 replicas up to date"));
    // They are replicas of the new deployment, whichever name of the pool was given.
    CHECK(events.says("successor"));
    CHECK(run.warns("no rule of the pack"));
    const std::vector<std::string> by_successor{"ingest", file, "--pool", "lync01.contoso.com"};
    CHECK(ferry.run(by_successor).says("0 taken, 1 known before"));
}

TEST_CASE("what was read before is recorded again where it does not stand any more") {
    ConfirmedEstate ferry;
    const auto result = [&](const char* name, std::string_view outcome) {
        return ferry.file(name, fmt::format("TargetFqdn,Result,Latency\n"
                                            "lync01.contoso.com,{},00:00:01\n",
                                            outcome));
    };
    const std::string good = result("good.csv", "Success");
    const std::string bad = result("bad.csv", "Failure");
    const std::vector<std::string> passes{"ingest", good, "--check", "services-started"};
    CHECK(ferry.run(passes).says("1 taken, 0 known before"));
    CHECK(ferry.run(passes).says("0 taken, 1 known before"));
    // The same output may be another check.
    CHECK(ferry.run({"ingest", good, "--check", "site-administrable"}).says("1 taken"));
    CHECK(ferry.run({"ingest", bad, "--check", "services-started"}).says("1 taken"));
    CHECK(ferry.run({"show", pool}).says("FAIL"));
    CHECK(ferry.run(passes).says("1 taken, 0 known before"));
    CHECK_FALSE(ferry.run({"show", pool}).says("FAIL"));
    CHECK(ferry.run(passes).says("0 taken, 1 known before"));
}

TEST_CASE("a report whose wrong rows were mended takes those, and knows the others") {
    ConfirmedEstate ferry;
    ferry.must({"advance", bob, "--to", "pilot"});
    const std::string header = "Address,Outcome,Error\nalice@contoso.com,Success,\n";
    CHECK(ferry.run({"ingest", ferry.file("a.csv", header + "bob@contoso.com,perhaps,\n")}).exit ==
          65);
    const ProgramRun mended =
        ferry.run({"ingest", ferry.file("b.csv", header + "bob@contoso.com,Failed,no room\n")});
    INFO(mended);
    CHECK(mended.exit == 0);
    CHECK(mended.says("1 taken, 1 known before, 0 refused, 0 rejected"));
    // Another outcome than was reported is no news of an open move.
    CHECK(ferry.run({"ingest", ferry.file("c.csv", "Address,Outcome\nbob@contoso.com,Success\n")})
              .exit == 65);
}

}  // namespace ferry::testing
