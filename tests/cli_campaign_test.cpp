// `ferry campaign` and `ferry coordinate` on embedded logs in one directory.
#include "tests/two_site_campaign.hpp"

#include <filesystem>

namespace ferry::testing {
namespace {

using TwoSites = TwoSiteCampaign;

TEST_CASE("sites go on together: one waits at its gate until the other has finished its pilot") {
    TwoSites ferry;
    ferry.pilot(paris_pool, "user:alice@contoso.com");
    ferry.coordinate();
    const ProgramRun waits = ferry.run({"advance", paris_pool, "--to", "production"});
    INFO(waits);
    CHECK(waits.exit == 1);
    CHECK((waits.out + waits.err).find("gate-open") != std::string::npos);
    const ProgramRun why = ferry.run({"why", paris_pool, "promote"});
    INFO(why);
    CHECK(why.says("gate-open"));
    CHECK(ferry.status().says("gathering"));
    ferry.pilot(lyon_pool, "user:claire@contoso.com");
    const ProgramRun decided = ferry.coordinate();
    INFO(decided);
    CHECK(decided.says("pilots-done"));
    CHECK(ferry.coordinate().out.empty());
    ferry.must({"advance", paris_pool, "--to", "production"});
    CHECK(ferry.status().says("gates not seen yet"));
    ferry.must({"advance", lyon_pool, "--to", "production"});
    ferry.must(
        {"advance", "user:alice@contoso.com", "user:claire@contoso.com", "--to", "production"});
    ferry.coordinate();
    CHECK(ferry.status().says("completed"));
}

TEST_CASE("a campaign is no site: what lists sites does not list it, what looks after logs does") {
    TwoSites ferry;
    CHECK_FALSE(ferry.must({"status", "--json"}).says("campaign"));
    CHECK(ferry.must({"verify"}).says("campaign_emea: intact"));
    CHECK(ferry.must({"campaign", "list"}).says("emea: running, 2 sites"));
    const std::string copy = (ferry.folder() / "copy").string();
    ferry.must({"copy", "sqlite:" + ferry.log().string(), "sqlite:" + copy});
    CHECK(std::filesystem::exists(copy + "/campaign_emea.db"));
    CHECK(ferry.run_at("sqlite:" + copy, {"campaign", "status", "emea"}).exit == 0);
}

TEST_CASE("what a person may not do to a campaign is refused by name") {
    TwoSites ferry;
    const ProgramRun again = ferry.run({"campaign", "start", "emea"});
    INFO(again);
    CHECK(again.exit == 1);
    CHECK(again.warns("emea is running: start is not possible from there; possible: hold, cancel"));
    const ProgramRun twice = ferry.run({"campaign", "create", ferry.file("again.toml", emea)});
    CHECK(twice.exit == 1);
    CHECK(twice.warns("exists already and is running"));
    CHECK(ferry.run({"campaign", "hold", "emae"}).exit == 65);
    CHECK_FALSE(std::filesystem::exists(ferry.log() / "campaign_emae.db"));
    CHECK(ferry.run({"coordinate", "emae", "--once"}).exit == 65);
    CHECK(ferry.run({"campaign", "cut", "emea"}).exit == 2);
    const ProgramRun wrong = ferry.run({"campaign", "check", ferry.file("w.toml", "nam = 1\n")});
    CHECK(wrong.exit == 65);
    CHECK(wrong.warns("w.toml:1:1: unknown key of the campaign `nam`"));
}

TEST_CASE("a held campaign lets nobody on, and goes on where it was") {
    TwoSites ferry;
    ferry.both_pilots();
    ferry.coordinate();
    ferry.must({"campaign", "hold", "emea", "--actor", "mia", "--reason", "freeze"});
    CHECK(ferry.run({"campaign", "status", "emea"}).says("held by mia: freeze"));
    const ProgramRun held = ferry.run({"advance", paris_pool, "--to", "production"});
    INFO(held);
    CHECK(held.exit == 1);
    CHECK((held.out + held.err).find("campaign emea is held") != std::string::npos);
    CHECK((held.out + held.err).find("held by mia: freeze") != std::string::npos);
    ferry.must({"campaign", "resume", "emea"});
    ferry.must({"advance", paris_pool, "--to", "production"});
}

TEST_CASE("a dry run says what a gate would say, and writes nothing") {
    TwoSites ferry;
    ferry.pilot(paris_pool, "user:alice@contoso.com");
    const std::string before = ferry.must({"verify", "--json"}).out;
    CHECK(ferry.run({"advance", paris_pool, "--to", "production", "--dry-run"}).exit == 1);
    CHECK(ferry.must({"verify", "--json"}).out == before);
}

TEST_CASE("where the campaign's log cannot be read its sites go on and wait at closed gates") {
    TwoSites ferry;
    ferry.pilot(paris_pool, "user:alice@contoso.com");
    std::ofstream(ferry.log() / "campaign_emea.db", std::ios::trunc) << "not a database";
    std::filesystem::remove(ferry.log() / "campaign_emea.db-wal");
    const ProgramRun checked = ferry.must({"check", paris_pool, "services-started", "pass"});
    INFO(checked);
    CHECK(checked.warns("cut off from campaign emea"));
    CHECK(ferry.run({"advance", paris_pool, "--to", "production"}).exit == 1);
    CHECK(ferry.run({"coordinate", "emea", "--once"}).exit != 0);
}

TEST_CASE("a cut names a position in every site's log, for as-of, diff and rollback") {
    TwoSites ferry;
    ferry.both_pilots();
    ferry.coordinate();
    const ProgramRun unseen = ferry.run({"campaign", "cut", "emea", "pilots"});
    INFO(unseen);
    CHECK(unseen.exit == 1);
    CHECK(unseen.warns("a gate of paris is half open"));
    ferry.must({"check", paris_pool, "services-started", "pass"});
    ferry.must({"check", lyon_pool, "services-started", "pass"});
    ferry.must({"campaign", "cut", "emea", "pilots"});
    CHECK(ferry.run({"campaign", "cut", "emea", "pilots"}).exit == 1);
    CHECK(ferry.run({"campaign", "cut", "emea", "12"}).exit == 65);
    CHECK(ferry.status().says("cut emea/pilots"));

    ferry.must({"advance", paris_pool, lyon_pool, "--to", "production"});
    ferry.must({"advance", "user:alice@contoso.com", "--to", "production"});
    ferry.coordinate();
    CHECK(ferry.must({"show", paris_pool, "--json"}).says(R"("lifecycle":"production")"));
    CHECK(ferry.must({"show", paris_pool, "--json", "--at", "emea/pilots"})
              .says(R"("lifecycle":"pilot")"));
    const ProgramRun unknown = ferry.run({"show", paris_pool, "--at", "emea/pilot"});
    CHECK(unknown.exit == 65);
    CHECK(unknown.warns("has no cut `pilot`; it has pilots"));
    CHECK(ferry.must({"diff", "emea/pilots", "now"}).says("lifecycle pilot → production"));

    ferry.must({"rollback", "--to", "emea/pilots", "--yes"});
    CHECK(ferry.must({"show", lyon_pool, "--json"}).says(R"("lifecycle":"pilot")"));
    CHECK(ferry.must({"show", "user:alice@contoso.com", "--json"}).says(R"("lifecycle":"pilot")"));
    CHECK(ferry.must({"verify"}).says("digests of rollbacks recomputed"));
}

TEST_CASE("a rollback to a cut before the pilots closes the barrier that stood on them") {
    TwoSites ferry;
    for (const char* pool : {paris_pool, lyon_pool})
        ferry.must({"advance", pool, "--to", "coexist-test"});
    ferry.coordinate();
    ferry.must({"campaign", "cut", "emea", "start"});
    ferry.both_pilots();
    ferry.coordinate();
    ferry.must({"advance", paris_pool, "--to", "production"});
    ferry.must({"rollback", "--to", "emea/start", "site:lyon/*", "--yes"});
    const ProgramRun decided = ferry.coordinate();
    INFO(decided);
    CHECK(decided.says("passed → waiting"));
    CHECK(ferry.run({"advance", "user:alice@contoso.com", "--to", "production"}).exit == 1);
}

TEST_CASE("all sites stand in one status, for people and as JSON") {
    TwoSites ferry;
    CHECK(ferry.status().says("paris"));
    const ProgramRun json = ferry.must({"campaign", "status", "emea", "--json"});
    INFO(json);
    for (const char* field : {R"("campaign":"emea")", R"("state":"running")", R"("lastContact")",
                              R"("behind")", R"("gates":{"production":"closed"})"})
        CHECK(json.says(field));
}

}  // namespace
}  // namespace ferry::testing
