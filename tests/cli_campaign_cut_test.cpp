// Where no cut passes through a campaign: it is refused with the list, and taken once that is
// mended.
#include "cli/campaign_cut.hpp"
#include "cli/campaign_sites.hpp"
#include "engine/campaign_steps.hpp"
#include "events/sqlite_log.hpp"
#include "tests/two_site_campaign.hpp"

#include <filesystem>

namespace ferry::testing {
namespace {

constexpr const char* alice = "user:alice@contoso.com";

struct CutFerry : TwoSiteCampaign {
    /// Refused, for the reason that `says`, with nothing written.
    void refuses(const std::string& says) {
        const std::string before = must({"campaign", "history", "emea"}).out;
        const ProgramRun refused = run({"campaign", "cut", "emea", "noon"});
        INFO(refused);
        CHECK(refused.exit == 1);
        CHECK(refused.warns("no cut passes through campaign emea now"));
        CHECK(refused.warns(says));
        CHECK(must({"campaign", "history", "emea"}).out == before);
        CHECK_FALSE(status().says("cut emea/noon"));
    }
    void takes() {
        must({"campaign", "cut", "emea", "noon"});
        CHECK(status().says("cut emea/noon"));
    }
    LogUrl url() const {
        LogUrl url;
        url.kind = LogKind::sqlite;
        url.directory = log();
        return url;
    }
    /// As a coordinator that is killed right after a barrier was passed, its gates still closed.
    void coordinate_to_the_barrier() {
        Replica campaign(std::make_unique<SqliteLog>(log(), "campaign_emea"));
        REQUIRE(campaign.catch_up());
        SystemClock clock;
        SystemRandomness randomness;
        Writer writer(campaign, side_by_side(), clock, randomness);
        REQUIRE(writer.open());
        CampaignSites sites(url(), campaign.fleet.campaign->plan);
        sites.read();
        const auto standings = sites.standings("emea", side_by_side(), clock.now());
        for (bool passed = false; !passed;) {
            auto step = next_step(*campaign.fleet.campaign, standings, clock.now());
            REQUIRE(step);
            passed =
                step->has_barrier_moved() && step->barrier_moved().to() == v1::STATE_BARRIER_PASSED;
            step->set_actor("dana");
            REQUIRE(writer.append(std::span(&*step, 1)));
        }
        REQUIRE(campaign.log->stop());
    }
};

TEST_CASE("no cut passes where an entity is between sites") {
    CutFerry ferry;
    ferry.both_see();
    ferry.apply(R"({"commandId":"r1","entity":"user:alice@contoso.com",)"
                R"("release":{"to":"lyon","pool":"ocs02.contoso.com"}})"
                "\n");
    ferry.refuses("user:alice@contoso.com is between sites: it was released by paris and not "
                  "accepted yet");
    ferry.must({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com"});
    ferry.takes();
    CHECK(ferry.must({"show", alice, "--json", "--at", "emea/noon"}).says(R"("site":"lyon")"));
}

TEST_CASE("no cut passes where a site was read before it released what another has accepted") {
    CutFerry ferry;
    ferry.both_see();
    Replica campaign(std::make_unique<SqliteLog>(ferry.log(), "campaign_emea"));
    REQUIRE(campaign.catch_up());
    CampaignSites sites(ferry.url(), campaign.fleet.campaign->plan);
    sites.read();
    ferry.must({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com"});
    REQUIRE(sites.all().back().name == "lyon");
    REQUIRE(sites.all().back().replica.catch_up());
    const auto torn = cut_now(campaign, sites, "noon");
    REQUIRE_FALSE(torn.has_value());
    CHECK(torn.error().message.find("user:alice@contoso.com was released by paris at") !=
          std::string::npos);
    sites.read();
    CHECK(cut_now(campaign, sites, "noon").has_value());
}

TEST_CASE("no cut passes where a gate is half open: its barrier passed, and it not moved yet") {
    CutFerry ferry;
    ferry.both_pilots();
    ferry.coordinate_to_the_barrier();
    CHECK(ferry.status().says("passed"));
    ferry.both_see();
    ferry.refuses("a gate is half open: `ferry coordinate emea --once` moves it");
    ferry.coordinate();
    ferry.refuses("a gate of lyon is half open: it has moved in campaign_emea");
    ferry.must({"check", lyon_pool, "services-started", "pass"});
    ferry.refuses("a gate of paris is half open: it has moved in campaign_emea");
    ferry.both_see();
    ferry.takes();
}

TEST_CASE("no cut passes through a site that cannot be read") {
    CutFerry ferry;
    ferry.both_see();
    const auto file = site_file(ferry.log(), "lyon", "db");
    std::filesystem::rename(file, file.string() + ".aside");
    ferry.refuses("lyon is cut off: ");
    std::filesystem::rename(file.string() + ".aside", file);
    ferry.takes();
}

TEST_CASE("no cut passes through a lost site, also where its log has come back") {
    CutFerry ferry;
    ferry.both_see();
    const auto copy = ferry.folder() / "copy";
    std::filesystem::copy(ferry.log(), copy);
    const auto file = site_file(ferry.log(), "lyon", "db");
    std::filesystem::rename(file, file.string() + ".aside");
    const std::vector<std::string> taking{"take-over", "lyon",   "--to",
                                          "paris",     "--from", "sqlite:" + copy.string(),
                                          "--actor",   "dana"};
    ferry.agree_to_takeover(taking, "paris");
    ferry.must(taking);
    std::filesystem::rename(file.string() + ".aside", file);
    ferry.refuses("paris took it over as known to position ");
}

}  // namespace
}  // namespace ferry::testing
