// `ferry rollback` and what belongs to it: the plan, who agrees to it, remediations.
#include "cli/rollback_question.hpp"
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

TEST_CASE("the plan comes first: counts, groups, and what each entity loses") {
    PilotEstate ferry;
    ferry.move_alice();
    const ProgramRun run = ferry.run({"rollback", "--to", "before", members, "--dry-run"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("paris: back to paris:"));
    CHECK(run.says("(label before) — 2 of 3 entities differ"));
    CHECK(run.says("to be done by hand afterwards: 1 downgrade-client, 1 regrant-policy, 1 "
                   "reschedule-meeting"));
    CHECK(run.says("reversible with loss: 1"));
    CHECK(run.says("client lync-2013 cannot sign in to the legacy side; go back to "
                   "communicator-2007-r2"));
    CHECK(run.says("meeting m-17 was made with lync-2013"));
    CHECK(run.says("grant paris-voice again"));
    CHECK(run.says("applications by class: 1 response-groups"));
    CHECK(ferry.lifecycle(alice) == "pilot");
}

TEST_CASE("where there is no log nothing is said to be as it was") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"rollback", "--to", "before", "--dry-run"});
    INFO(run);
    CHECK(run.exit == 69);
    CHECK(run.out.empty());
    CHECK(run.warns("there is no log at sqlite:"));
}

TEST_CASE("a plan as JSON is run by its hash, and does exactly that") {
    PilotEstate ferry;
    ferry.move_alice();
    const auto [file, hash] = ferry.plan({"--to", "before", members});
    const auto plan = boost::json::parse(read_text(file)).as_object();
    const auto& site = plan.at("sites").at(0).as_object();
    CHECK(site.at("counts").at("reversibleWithLoss") == 1);
    CHECK(site.at("counts").at("reversible") == 1);
    CHECK(site.at("counts").at("users") == 1);
    CHECK(site.at("applicationsByClass").at("response-groups") == 1);
    CHECK(site.at("afterwards").at("reschedule-meeting") == 1);
    CHECK(ferry.run({"rollback", "--plan", file}).exit == 2);
    const ProgramRun run = ferry.run({"rollback", "--plan", file, "--expect", hash});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("proof: the decided state of the scope has digest"));
    CHECK(ferry.lifecycle(alice) == "legacy");
    // What was observed is not un-happened.
    CHECK(ferry.run({"show", alice}).says("upgraded-client (lync-2013)"));
    CHECK(ferry.run({"show", alice}).says("m-17 (made with lync-2013)"));
    CHECK(ferry.run({"verify"}).says("2 digests of rollbacks recomputed"));
    const ProgramRun nothing = ferry.run({"rollback", "--to", "before", members, "--yes"});
    CHECK(nothing.exit == 0);
    CHECK(nothing.warns("Nothing in scope differs"));
}

TEST_CASE("a plan is stale once anything in its scope has moved on, and says what") {
    PilotEstate ferry;
    ferry.move_alice();
    const auto [file, hash] = ferry.plan({"--to", "before", members});
    REQUIRE(ferry.run({"check", helpdesk, "application-compatible", "pass"}).exit == 0);
    const ProgramRun stale = ferry.run({"rollback", "--plan", file, "--expect", hash});
    INFO(stale);
    CHECK(stale.exit == 1);
    CHECK(stale.warns("refused as stale"));
    CHECK(stale.warns("1 moved on since: application:helpdesk"));
    const ProgramRun other =
        ferry.run({"rollback", "--to", "before", members, "--yes", "--expect", hash});
    CHECK(other.exit == 1);
    CHECK(ferry.lifecycle(alice) == "pilot");
    CHECK(ferry.run({"rollback", "--plan", ferry.file("x", "{}"), "--expect", hash}).exit == 65);
    CHECK(ferry.run({"rollback", "--plan", "nowhere", "--expect", hash}).exit == 65);
}

TEST_CASE("what moves on between the plan and the lock makes it stale, and nothing is written") {
    PilotEstate ferry;
    ferry.move_alice();
    std::istringstream in;
    std::ostringstream out;
    Session session{in, out, out};
    session.log_url = "sqlite:" + ferry.log().string();
    session.actor = "dana";
    const auto sites = Sites::open(session, true);
    REQUIRE(sites);
    RollbackRequest request;
    request.to = "before";
    request.selectors = {members};
    auto parts = plan_request(**sites, request, "");
    REQUIRE(parts);
    // Somebody else was faster than whoever still reads the plan.
    REQUIRE(ferry.run({"advance", bob, "--to", "pilot"}).exit == 0);
    const RollbackStamp stamp{"r-1", "dana", "", {}, {}, false, ""};
    const auto ran = run_rollback(**sites, *parts, stamp);
    REQUIRE_FALSE(ran);
    CHECK(ran.error().code == Errc::not_allowed);
    CHECK(ran.error().message.find("1 moved on since: user:bob@contoso.com") != std::string::npos);
    CHECK(ferry.lifecycle(alice) == "pilot");
    CHECK(!ferry.run({"events", "--json"}).says("RollbackStarted"));
}

TEST_CASE("members that would be left on the wrong side are listed once, by reason") {
    PilotEstate ferry;
    ferry.move_alice();
    const ProgramRun run = ferry.run({"rollback", "--to", "start", pool, "--yes"});
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.says("on the wrong side afterwards: 2"));
    CHECK(run.says("    2 would be in pilot while pool:ocs01.contoso.com is in legacy"));
    CHECK(run.says("      user:alice@contoso.com\n"));
    CHECK(run.warns("or add --with-members"));
    CHECK(!run.warns("user:alice"));
    const ProgramRun json = ferry.run({"rollback", "--to", "start", pool, "--yes", "--json"});
    CHECK(boost::json::parse(json.out).at("sites").at(0).at("leftBehind").as_array().size() == 2);
    const ProgramRun taken =
        ferry.run({"rollback", "--to", "start", pool, "--yes", "--with-members"});
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(ferry.lifecycle(pool) == "legacy");
    CHECK(ferry.lifecycle(alice) == "legacy");
}

TEST_CASE("a pool retired since is not set back until its legacy servers are deployed again") {
    PilotEstate ferry;
    ferry.retire_pool();
    const ProgramRun refused = ferry.run({"rollback", "--to", "before", "site:paris/*", "--yes"});
    INFO(refused);
    CHECK(refused.exit == 1);
    CHECK(refused.says("not reversible: 1"));
    CHECK(refused.says("it was retired since"));
    REQUIRE(ferry.run({"check", pool, "legacy-redeployed", "pass"}).exit == 0);
    CHECK(ferry.run({"rollback", "--to", "before", "site:paris/*", "--yes"}).exit == 0);
    CHECK(ferry.lifecycle(pool) == "pilot");
}

TEST_CASE("a check of redeployment from before the retirement does not count") {
    PilotEstate ferry;
    REQUIRE(ferry.run({"check", pool, "legacy-redeployed", "pass"}).exit == 0);
    ferry.retire_pool();
    CHECK(ferry.run({"rollback", "--to", "before", "site:paris/*", "--yes"}).exit == 1);
}

TEST_CASE("a rollback asks, and takes nothing but the number of entities for a yes") {
    PilotEstate ferry;
    ferry.move_alice();
    const std::vector<std::string> ask{"rollback", "--to", "before", members};
    CHECK(ferry.run(ask).exit == 2);
    const ProgramRun no = ferry.run(ask, "yes\n", true);
    CHECK(no.exit == 77);
    CHECK(no.warns("Set 2 entities back?"));
    CHECK(ferry.lifecycle(alice) == "pilot");
    CHECK(ferry.run(ask, "2\n", true).exit == 0);
    CHECK(ferry.lifecycle(alice) == "legacy");
}

TEST_CASE("the latest transition of one entity is undone, also by way of a plan's file") {
    PilotEstate ferry;
    ferry.move_alice();
    REQUIRE(ferry.run({"rollback", "--last", "alice@contoso.com", "--yes"}).exit == 0);
    CHECK(ferry.lifecycle(alice) == "coexist-test");
    const auto [file, hash] = ferry.plan({"--last", helpdesk});
    REQUIRE(ferry.run({"rollback", "--plan", file, "--expect", hash}).exit == 0);
    CHECK(ferry.lifecycle(helpdesk) == "coexist-test");
    CHECK(ferry.lifecycle(alice) == "coexist-test");
    const ProgramRun never = ferry.run({"rollback", "--last", bob, "--yes"});
    CHECK(never.exit == 65);
    CHECK(never.warns("has no transition to undo"));
    CHECK(ferry.run({"rollback", "--last", "user:nobody@contoso.com", "--yes"}).exit == 65);
}

TEST_CASE("a rollback of a rollback is the same thing again, and takes its remediations back") {
    PilotEstate ferry;
    ferry.move_alice();
    REQUIRE(ferry.run({"mark", "after"}).exit == 0);
    for (int depth = 0; depth < 3; ++depth) {
        REQUIRE(ferry.run({"rollback", "--to", "before", members, "--yes"}).exit == 0);
        CHECK(ferry.lifecycle(alice) == "legacy");
        CHECK(ferry.remediations() == 3);
        REQUIRE(ferry.run({"rollback", "--to", "after", members, "--yes"}).exit == 0);
        CHECK(ferry.lifecycle(alice) == "pilot");
        // She is back where her client works, her meeting stands and her policy is the right one.
        CHECK(ferry.remediations() == 0);
    }
    CHECK(ferry.run({"events", "--json"}).says("overtaken by rollback"));
    CHECK(ferry.run({"verify"}).says("12 digests of rollbacks recomputed"));
}

TEST_CASE("remediations are listed, exported and closed, and stand in the log") {
    PilotEstate ferry;
    ferry.move_alice();
    REQUIRE(ferry.run({"rollback", "--to", "before", members, "--yes"}).exit == 0);
    const ProgramRun text = ferry.run({"remediations"});
    INFO(text);
    CHECK(text.says("downgrade-client"));
    CHECK(text.says("voice paris-voice"));
    CHECK(ferry.run({"status"}).says("3 things are to be put right by hand"));
    CHECK(ferry.run({"show", alice}).says("reschedule-meeting m-17"));
    const ProgramRun csv = ferry.run({"remediations", "--csv"});
    CHECK(csv.out.starts_with("\"remediation\",\"site\",\"entity\""));
    const std::string json = ferry.run({"remediations", "--json"}).out;
    const auto first = boost::json::parse(json.substr(0, json.find('\n'))).as_object();
    const std::string id(first.at("remediation").as_string());
    CHECK(ferry.run({"remediations", "--close", id, "--dry-run"}).says("would close " + id));
    CHECK(ferry.remediations() == 3);
    CHECK(ferry.run({"remediations", "--close", id, "--outcome", "reinstalled"}).exit == 0);
    CHECK(ferry.remediations() == 2);
    CHECK(ferry.run({"remediations", "--close", id}).exit == 65);
    const ProgramRun history = ferry.run({"history", alice, "--json"});
    CHECK(history.says("RemediationOpened"));
    CHECK(history.says("RemediationClosed"));
    CHECK(history.says("reinstalled"));
}

TEST_CASE("where the pack asks for it, a second person agrees to the hash of a large plan") {
    PilotEstate ferry;
    ferry.pack.approval_above = 0;
    ferry.move_alice();
    const auto [file, hash] = ferry.plan({"--to", "before", members});
    const std::vector<std::string> go{"rollback", "--plan", file, "--expect", hash};
    const ProgramRun dry = ferry.run({"rollback", "--to", "before", members, "--dry-run"});
    CHECK(dry.exit == 0);
    CHECK(dry.warns("not yet approved: 1 user is more than 0"));
    const ProgramRun refused = ferry.as("dana", go);
    INFO(refused);
    CHECK(refused.exit == 1);
    CHECK(refused.warns("ferry approve site:paris rollback --plan " + hash));
    const std::vector<std::string> agree{"approve", "site:paris", "rollback", "--plan", hash};
    REQUIRE(ferry.as("dana", agree).exit == 0);
    CHECK(ferry.as("dana", go).exit == 1);
    REQUIRE(ferry.as("erik", agree).exit == 0);
    CHECK(ferry.run({"show", "site:paris"}).says("restore " + hash + " by erik"));
    CHECK(ferry.as("dana", go).exit == 0);
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(!ferry.run({"show", "site:paris"}).says("by erik"));
}

TEST_CASE("an approval is of one plan and a plan is of a site") {
    PilotEstate ferry;
    ferry.pack.approval_above = 0;
    ferry.move_alice();
    const auto [file, hash] = ferry.plan({"--to", "before", members});
    const std::string other(64, 'a');
    CHECK(ferry.as("erik", {"approve", "site:paris", "rollback", "--plan", other}).exit == 0);
    CHECK(ferry.run({"approve", "site:paris", "rollback"}).exit == 2);
    CHECK(ferry.run({"approve", "site:paris", "rollback", "--plan", "abc"}).exit == 2);
    CHECK(ferry.run({"approve", "site:rome", "rollback", "--plan", hash}).exit == 65);
    CHECK(ferry.run({"approve", pool, "rollback", "--plan", hash}).exit == 2);
    CHECK(ferry.run({"approve", "site:paris", "retire"}).exit == 2);
    CHECK(ferry.as("dana", {"rollback", "--plan", file, "--expect", hash}).exit == 1);
    ferry.pack.approval_above = 1;
    CHECK(ferry.as("dana", {"rollback", "--plan", file, "--expect", hash}).exit == 0);
}

TEST_CASE("a rollback says what it needs to be told") {
    PilotEstate ferry;
    CHECK(ferry.run({"rollback"}).warns("say where to"));
    CHECK(ferry.run({"rollback", "--to", "yesterday"}).warns("is no label"));
    CHECK(ferry.run({"rollback", "--to", "before", "user:nobody@contoso.com"}).exit == 65);
    CHECK(ferry.run({"rollback", "--to", "before", "--last", alice}).exit == 2);
    CHECK(ferry.run({"rollback", "--resume", "r-1"}).exit == 65);
    CHECK(ferry.run({"rollback", "--abandon", "r-1"}).warns("no rollback `r-1` is open"));
}

}  // namespace ferry::testing
