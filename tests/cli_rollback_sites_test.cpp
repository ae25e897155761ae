// A rollback over several sites, and one that was interrupted: status, resume, abandon.
#include "events/sqlite_log.hpp"
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_steps.hpp"
#include "tests/neighbours.hpp"

#include <algorithm>

namespace ferry::testing {
namespace {

constexpr std::size_t all_of_it = 1000;

/// `both` is marked in both sites, and somebody moved in each.
struct TwoSites : Neighbours {
    TwoSites() {
        must({"mark", "both"});
        must({"advance", alice, claire, "--to", "pilot"});
    }
    std::uint64_t label(const std::string& site) {
        Replica replica(std::make_unique<SqliteLog>(this->log(), site));
        REQUIRE(replica.catch_up());
        return replica.fleet.label("both")->value;
    }
};

/// Appends the first `count` commits of a rollback of one site to its label, made of small commits,
/// as if the program had been killed after them.
void begin(const ProgramRunner& ferry, const std::string& site, const std::string& label,
           const RollbackStamp& as, std::size_t count) {
    Replica replica(std::make_unique<SqliteLog>(ferry.log(), site));
    REQUIRE(replica.catch_up());
    SystemClock clock;
    SystemRandomness randomness;
    Writer writer(replica, side_by_side(), clock, randomness);
    REQUIRE(writer.open());
    const auto target = replica.fleet.label(label);
    REQUIRE(target);
    const auto then = fleet_as_of(*replica.log, *target);
    REQUIRE(then);
    std::vector<EntityNumber> scope;
    for (std::size_t number = 1; number <= replica.fleet.size(); ++number)
        scope.push_back({number});
    const RollbackPlan plan =
        plan_rollback({replica.fleet, *then, side_by_side(), scope, false, {}});
    REQUIRE(plan.executable());
    // The closing of the scope stands alone only where more than one commit is needed.
    auto commits = rollback_commits(plan, replica.fleet, as, false, 2);
    REQUIRE(commits);
    const auto prove = [&](const Fleet& fleet, v1::StoredEvent& event) -> Result<void> {
        const Hash digest = decided_digest(fleet, plan.scope);
        if (event.has_rollback_finished())
            event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
        return {};
    };
    for (std::size_t i = 0; i < std::min(count, commits->size()); ++i)
        REQUIRE(writer.append((*commits)[i], prove));
    REQUIRE(replica.log->stop());
}

RollbackStamp stamp() { return {"r-1", "dana", "voice quality", {}, {}, false, ""}; }

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

}  // namespace

TEST_CASE("a rollback that was interrupted is explained, closed to others, and resumed exactly") {
    PilotEstate ferry;
    ferry.move_alice();
    begin(ferry, "paris", "before", stamp(), 2);
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.says("Rollback r-1 to paris:"));
    CHECK(status.says("has not finished: 1 of 3 entities are set back"));
    CHECK(status.says("ferry rollback --resume r-1"));
    const auto json = boost::json::parse(lines(ferry.run({"status", "--json"}).out).front());
    const auto& open = json.at("openRollbacks").at(0);
    CHECK(open.at("rollback") == "r-1");
    CHECK(open.at("restored") == 1);
    CHECK(open.at("toRestore") == 3);
    const ProgramRun refused = ferry.run({"advance", bob, "--to", "pilot"});
    CHECK(refused.exit == 1);
    CHECK(refused.says("rollback-in-progress"));
    CHECK(ferry.run({"show", bob}).says("closed by an open rollback"));
    CHECK(ferry.run({"rollback", "--resume", "r-1", "--dry-run"}).says("2 of 4 entities differ"));
    const ProgramRun resumed = ferry.run({"rollback", "--resume", "r-1"});
    INFO(resumed);
    CHECK(resumed.exit == 0);
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(ferry.lifecycle(helpdesk) == "legacy");
    CHECK(!ferry.run({"status"}).says("Rollback"));
    CHECK(!ferry.run({"status", "--json"}).says("openRollbacks"));
    CHECK(ferry.run({"verify"}).exit == 0);
    CHECK(ferry.run({"advance", bob, "--to", "pilot"}).exit == 0);
}

TEST_CASE("a rollback that was interrupted is abandoned where it is, and its scope opens") {
    PilotEstate ferry;
    ferry.move_alice();
    begin(ferry, "paris", "before", stamp(), 2);
    const ProgramRun abandoned = ferry.run({"rollback", "--abandon", "r-1"});
    INFO(abandoned);
    CHECK(abandoned.exit == 0);
    CHECK(abandoned.says("abandoned in 1 site;"));
    CHECK((ferry.lifecycle(alice) == "legacy") != (ferry.lifecycle(helpdesk) == "legacy"));
    CHECK(ferry.run({"advance", bob, "--to", "pilot"}).exit == 0);
    CHECK(ferry.run({"rollback", "--resume", "r-1"}).exit == 65);
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("a label over two sites is one rollback: each site's position is printed, both go back") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"rollback", "--to", "both", "--yes"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says(fmt::format("paris: back to paris:{} (label both)", ferry.label("paris"))));
    CHECK(run.says(fmt::format("lyon: back to lyon:{} (label both)", ferry.label("lyon"))));
    CHECK(run.says("approximate"));
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(ferry.lifecycle(claire) == "legacy");
    CHECK(ferry.run({"verify"}).exit == 0);
    // All scopes are closed before any is set back, under one id.
    const ProgramRun started = ferry.run({"events", "--type", "RollbackStarted", "--json"});
    const auto both = lines(started.out);
    REQUIRE(both.size() == 2);
    CHECK(boost::json::parse(both[0]).at("commandId") ==
          boost::json::parse(both[1]).at("commandId"));
}

TEST_CASE("as of a label, both sites are shown as each stood at its own mark") {
    TwoSites ferry;
    const ProgramRun shown = ferry.run({"status", "--at", "both", "--kind", "user", "--json"});
    INFO(shown);
    const auto both = lines(shown.out);
    REQUIRE(both.size() == 2);
    CHECK(boost::json::parse(both[0]).at("pilot") == 0);
    CHECK(boost::json::parse(both[1]).at("pilot") == 0);
    CHECK(shown.warns(fmt::format("as of lyon:{} (label both)", ferry.label("lyon"))));
    CHECK(shown.warns(fmt::format("as of paris:{} (label both)", ferry.label("paris"))));
    const ProgramRun now = ferry.run({"status", "--kind", "user", "--json"});
    CHECK(boost::json::parse(lines(now.out)[0]).at("pilot") == 1);
}

TEST_CASE("a rollback over two sites killed before the second was closed is resumed in both") {
    TwoSites ferry;
    RollbackStamp with = stamp();
    with.cut = {{"lyon", {ferry.label("lyon")}}, {"paris", {ferry.label("paris")}}};
    begin(ferry, "lyon", "both", with, 1);
    CHECK(ferry.run({"status"}).says("Rollback r-1 to lyon:"));
    CHECK(ferry.lifecycle(alice) == "pilot");
    const ProgramRun resumed = ferry.run({"rollback", "--resume", "r-1"});
    INFO(resumed);
    CHECK(resumed.exit == 0);
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(ferry.lifecycle(claire) == "legacy");
    CHECK(ferry.run({"verify"}).exit == 0);
    CHECK(!ferry.run({"status"}).says("Rollback"));
}

TEST_CASE("a rollback over two sites killed after the first was done goes on in the second") {
    TwoSites ferry;
    RollbackStamp with = stamp();
    with.cut = {{"lyon", {ferry.label("lyon")}}, {"paris", {ferry.label("paris")}}};
    begin(ferry, "paris", "both", with, 1);
    begin(ferry, "lyon", "both", with, all_of_it);
    CHECK(ferry.lifecycle(claire) == "legacy");
    CHECK(ferry.lifecycle(alice) == "pilot");
    const ProgramRun half = ferry.run({"status"});
    INFO(half);
    CHECK(half.says("It spans lyon, paris and is partial until it is done in all of them."));
    CHECK(half.says("ferry rollback --resume r-1"));
    const ProgramRun resumed = ferry.run({"rollback", "--resume", "r-1"});
    INFO(resumed);
    CHECK(resumed.exit == 0);
    CHECK(!resumed.says("lyon"));
    CHECK(!ferry.run({"status"}).says("partial"));
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("no cut passes through a campaign while a rollback of one of its sites is partial") {
    TwoSites ferry;
    ferry.must({"campaign", "create",
                ferry.file("emea.toml", "name = \"emea\"\n[sites.lyon]\n"
                                        "[sites.paris]\n")});
    ferry.must({"campaign", "start", "emea"});
    ferry.must({"check", lyon_pool, "services-started", "pass"});
    ferry.must({"check", pool, "services-started", "pass"});
    begin(ferry, "paris", "both", stamp(), 1);
    const ProgramRun refused = ferry.run({"campaign", "cut", "emea", "noon"});
    INFO(refused);
    CHECK(refused.exit == 1);
    CHECK(refused.warns("rollback r-1 of paris is partial; resume or abandon it first"));
    ferry.must({"coordinate", "emea", "--once"});
    CHECK(ferry.run({"campaign", "status", "emea"}).says("(rollback is partial)"));
    ferry.must({"rollback", "--resume", "r-1"});
    ferry.must({"coordinate", "emea", "--once"});
    CHECK_FALSE(ferry.run({"campaign", "status", "emea"}).says("(rollback is partial)"));
    ferry.must({"campaign", "cut", "emea", "noon"});
}

TEST_CASE("to resume a rollback over two sites the logs of both are needed") {
    TwoSites ferry;
    RollbackStamp with = stamp();
    with.cut = {{"lyon", {ferry.label("lyon")}}, {"paris", {ferry.label("paris")}}};
    begin(ferry, "lyon", "both", with, 1);
    begin(ferry, "paris", "both", with, 1);
    const std::filesystem::path aside = ferry.folder() / "paris.aside";
    std::filesystem::rename(site_file(ferry.log(), "paris", "db"), aside);
    const ProgramRun alone = ferry.run({"rollback", "--resume", "r-1"});
    INFO(alone);
    CHECK(alone.exit == 69);
    CHECK(alone.warns("the log of site paris is needed to resume"));
    std::filesystem::rename(aside, site_file(ferry.log(), "paris", "db"));
    CHECK(ferry.run({"rollback", "--resume", "r-1"}).exit == 0);
    CHECK(ferry.lifecycle(alice) == "legacy");
    CHECK(ferry.lifecycle(claire) == "legacy");
}

TEST_CASE("a label that only one site has is refused for both, and taken for the one") {
    TwoSites ferry;
    const ProgramRun both = ferry.run({"rollback", "--to", "before", "--yes"});
    INFO(both);
    CHECK(both.exit == 2);
    CHECK(both.warns("is no label of site lyon"));
    CHECK(both.warns("narrow it, as in `ferry rollback --to before site:NAME/*`"));
    CHECK(ferry.run({"rollback", "--to", "before", "site:paris/*", "--yes"}).exit == 0);
    CHECK(ferry.lifecycle(claire) == "pilot");
}

TEST_CASE("a bare position is of one site: over several it is refused") {
    TwoSites ferry;
    const ProgramRun bare = ferry.run({"rollback", "--to", "3", "--dry-run"});
    CHECK(bare.exit == 2);
    CHECK(bare.warns("position 3 could be of any site (lyon, paris)"));
    CHECK(ferry.run({"rollback", "--to", "3", alice, "--dry-run"}).exit == 0);
    CHECK(ferry.run({"rollback", "--to", "paris:3", alice, "--dry-run"}).exit == 0);
    CHECK(ferry.run({"diff", "3", "4"}).exit == 2);
    CHECK(ferry.run({"diff", "3", "4", "--site", "lyon"}).exit == 0);
}

TEST_CASE("a plan over two sites is approved in each by its one hash") {
    TwoSites ferry;
    ferry.pack.approval_above = 1;
    const auto [file, hash] = ferry.plan({"--to", "both"});
    const std::vector<std::string> go{"rollback", "--plan", file, "--expect", hash};
    const ProgramRun refused = ferry.as("dana", go);
    INFO(refused);
    CHECK(refused.exit == 1);
    CHECK(refused.warns("ferry approve site:lyon rollback"));
    CHECK(ferry.as("erik", {"approve", "site:lyon", "rollback", "--plan", hash}).exit == 0);
    const ProgramRun half = ferry.as("dana", go);
    CHECK(half.exit == 1);
    CHECK(!half.warns("site:lyon"));
    CHECK(ferry.as("erik", {"approve", "site:paris", "rollback", "--plan", hash}).exit == 0);
    CHECK(ferry.as("dana", go).exit == 0);
    CHECK(!ferry.run({"show", "site:paris"}).says("by erik"));
}

}  // namespace ferry::testing
