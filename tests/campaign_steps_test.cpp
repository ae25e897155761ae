// What a coordinator decides, and when: barriers, limits, quorum, time-outs, budgets, rollbacks.
#include "engine/misfit.hpp"
#include "projections/verification.hpp"
#include "tests/campaign_scene.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

const std::string pilots_first = R"(name = "test"
[sites.paris]
[sites.lyon]
[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
)";

void go(CampaignScene& scene, std::initializer_list<const char*> sites) {
    for (const char* each : sites) scene.site(each).go_on();
    scene.coordinate();
}

TEST_CASE("no site enters production before every site has finished its pilot") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    scene.coordinate();
    go(scene, {"paris"});
    CHECK(scene.site("paris").lifecycle() == v1::STATE_PILOT);
    CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_GATHERING);
    const auto refused = scene.site("paris").give(promote("pool:paris"));
    CHECK(refused.outcome() == "REFUSED");
    REQUIRE(refused.failed_guards_size() == 1);
    CHECK(refused.failed_guards(0).guard() == "gate-open");
    CHECK(refused.failed_guards(0).reason().find("until paris, lyon finished pilot") !=
          std::string::npos);
    go(scene, {"lyon"});
    CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_PASSED);
    go(scene, {"paris", "lyon"});
    CHECK(scene.site("paris").lifecycle() == v1::STATE_PRODUCTION);
    CHECK(scene.site("lyon").lifecycle() == v1::STATE_PRODUCTION);
    CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_COMPLETED);
}

TEST_CASE(
    "a campaign that has not started, and one that was cancelled, asks nothing of its sites") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.coordinate();
    scene.site("paris").go_on();
    CHECK(scene.site("paris").lifecycle() == v1::STATE_PRODUCTION);
    CHECK(scene.site("paris").fleet().campaigns.empty());
    scene.steer(v1::ACTION_START_CAMPAIGN);
    scene.site("lyon").go_on();
    CHECK(scene.site("lyon").lifecycle() == v1::STATE_PILOT);
    scene.steer(v1::ACTION_CANCEL_CAMPAIGN);
    scene.site("lyon").go_on();
    CHECK(scene.site("lyon").lifecycle() == v1::STATE_PRODUCTION);
}

TEST_CASE("one site goes after another") {
    CampaignScene scene(R"(name = "test"
[sites.paris]
[sites.lyon]
[[barrier]]
name = "lyon-after-paris"
sites = ["lyon"]
before = "pilot"
of = ["paris"]
after = "production"
)",
                        {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    go(scene, {"lyon"});
    CHECK(scene.site("lyon").lifecycle() == v1::STATE_COEXIST_TEST);
    go(scene, {"paris"});
    CHECK(scene.site("paris").lifecycle() == v1::STATE_PRODUCTION);
    go(scene, {"lyon"});
    CHECK(scene.site("lyon").lifecycle() == v1::STATE_PRODUCTION);
}

TEST_CASE("at most as many sites as the campaign says are under way at once") {
    CampaignScene scene("name = \"test\"\nat_most = 2\n[sites.a]\n[sites.b]\n[sites.c]\n",
                        {"a", "b", "c"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    for (auto& site : scene.sites) site.give(enter_coexistence(site.pool()));
    scene.coordinate();
    CHECK(scene.gate("a", v1::STATE_PILOT) == v1::STATE_GATE_OPEN);
    CHECK(scene.gate("b", v1::STATE_PILOT) == v1::STATE_GATE_OPEN);
    CHECK(scene.gate("c", v1::STATE_PILOT) == v1::STATE_GATE_CLOSED);
    scene.site("c").go_on();
    CHECK(scene.site("c").lifecycle() == v1::STATE_COEXIST_TEST);
    scene.site("a").go_on();
    CHECK(scene.site("a").lifecycle() == v1::STATE_PILOT);
    scene.coordinate();
    // It has finished its pilot; whoever is next in the definition gets its place.
    CHECK(scene.gate("a", v1::STATE_PRODUCTION) != scene.gate("c", v1::STATE_PILOT));
    for (int round = 0; round < 6; ++round) go(scene, {"a", "b", "c"});
    CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_COMPLETED);
}

TEST_CASE("a quorum passes a barrier once its time-out is over, and holds it without one") {
    const std::string timed = pilots_first + "timeout_hours = 2\n";
    SUBCASE("with the quorum") {
        CampaignScene scene(timed + "quorum = 1\n", {"paris", "lyon"});
        scene.steer(v1::ACTION_START_CAMPAIGN);
        go(scene, {"paris"});
        CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_GATHERING);
        scene.clock.pass(std::chrono::hours(2));
        scene.coordinate();
        CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_PASSED);
        CHECK(scene.campaign().barriers[0].by_quorum);
    }
    SUBCASE("without it the campaign is held, and goes on when somebody says so") {
        CampaignScene scene(timed, {"paris", "lyon"});
        scene.steer(v1::ACTION_START_CAMPAIGN);
        go(scene, {"paris"});
        scene.clock.pass(std::chrono::hours(2));
        scene.coordinate();
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_HELD);
        CHECK(scene.campaign().cause.find("missing: lyon") != std::string::npos);
        // Nobody is let into what its gate still opens to while the campaign is held.
        CHECK(scene.site("paris").give(promote("pool:paris")).outcome() == "REFUSED");
        scene.steer(v1::ACTION_RESUME_CAMPAIGN);
        CHECK(scene.coordinate() <= 1);
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_RUNNING);
        go(scene, {"lyon"});
        CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_PASSED);
    }
}

/// A move of the user that was opened and failed.
void fail_move(CampaignSiteScene& site, int user) {
    v1::StoredEvent opened;
    opened.set_entity(site.estate.number(site.user(user)).value);
    opened.mutable_move_opened()->set_move(site.user(user));
    opened.mutable_move_opened()->set_from(v1::STATE_LEGACY);
    opened.mutable_move_opened()->set_to(v1::STATE_PRODUCTION);
    v1::StoredEvent failed;
    failed.set_entity(opened.entity());
    failed.mutable_move_failed()->set_move(site.user(user));
    v1::StoredEvent both[] = {opened, failed};
    REQUIRE(site.estate.writer.append(both));
}

TEST_CASE("a site over its failure budget holds the campaign, or has its rollback proposed") {
    for (const std::string over : {"hold", "propose-rollback"}) {
        CampaignScene scene("name = \"test\"\n[budget]\nfailed = 1\nover = \"" + over +
                                "\"\n[sites.paris]\n[sites.lyon]\n",
                            {"paris", "lyon"}, 1, 3);
        scene.steer(v1::ACTION_START_CAMPAIGN);
        fail_move(scene.site("lyon"), 1);
        scene.coordinate();
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_RUNNING);
        fail_move(scene.site("lyon"), 2);
        scene.coordinate();
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_HELD);
        CHECK(scene.campaign().cause.find("lyon: 2 of 3 moves failed") != std::string::npos);
        CHECK(scene.campaign().rollback_proposed == (over == "hold" ? "" : "lyon"));
        scene.steer(v1::ACTION_RESUME_CAMPAIGN);
        scene.coordinate();
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_RUNNING);
        fail_move(scene.site("lyon"), 3);
        scene.coordinate();
        CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_HELD);
    }
}

TEST_CASE("a rollback closes the barriers it undercuts, and the gates behind them") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    go(scene, {"paris", "lyon"});
    CHECK(scene.gate("paris", v1::STATE_PRODUCTION) == v1::STATE_GATE_OPEN);
    scene.site("lyon").roll_back();
    scene.coordinate();
    CHECK(scene.barrier("pilots-done") != v1::STATE_BARRIER_PASSED);
    CHECK(scene.gate("paris", v1::STATE_PRODUCTION) == v1::STATE_GATE_CLOSED);
    CHECK(scene.site("paris").give(promote("pool:paris")).outcome() == "REFUSED");
    for (int round = 0; round < 3; ++round) go(scene, {"lyon", "paris"});
    CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_COMPLETED);
    CHECK(scene.campaign().barriers[0].passes == 2);
    scene.site("lyon").roll_back();
    scene.coordinate();
    CHECK(scene.campaign().state == v1::STATE_CAMPAIGN_HELD);
}

TEST_CASE("a phase of a site waits for the waves that the campaign names") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.site("paris").go_on();
    const Fleet& fleet = scene.site("paris").fleet();
    CHECK(finished_phase(fleet, side_by_side(), scene.clock.now()) == v1::STATE_PRODUCTION);
    const std::string waves[] = {"bulk"};
    CHECK(finished_phase(fleet, side_by_side(), scene.clock.now(), waves) == v1::STATE_PILOT);
}

TEST_CASE("a pool that is registered later takes nothing back that was passed") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    go(scene, {"paris", "lyon"});
    scene.site("lyon").estate.done(add_pool("late", "new-late", "lyon"));
    scene.coordinate();
    CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_PASSED);
}

TEST_CASE("a site that is cut off goes on with what it owns, waits at gates, and catches up") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    for (auto& site : scene.sites) site.learn();
    CampaignSiteScene& paris = scene.site("paris");
    paris.cut_off = true;
    paris.go_on();
    go(scene, {"lyon"});
    CHECK(paris.lifecycle() == v1::STATE_PILOT);
    CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_GATHERING);
    CHECK(paris.give(promote("pool:paris")).outcome() == "REFUSED");
    paris.cut_off = false;
    scene.coordinate();
    CHECK(scene.barrier("pilots-done") == v1::STATE_BARRIER_PASSED);
    CHECK(paris.give(promote("pool:paris")).outcome() == "DONE");
}

TEST_CASE("what a campaign said stands in a site's own log, and an older view is no news") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    scene.steer(v1::ACTION_START_CAMPAIGN);
    CampaignSiteScene& paris = scene.site("paris");
    paris.learn();
    REQUIRE(paris.fleet().campaigns.size() == 1);
    const Position seen = paris.fleet().position;
    paris.learn();
    CHECK(paris.fleet().position == seen);
    auto older = seen_by(paris.campaign.fleet, paris.campaign.acceptance, "paris");
    older->set_state(v1::STATE_CAMPAIGN_CANCELLED);
    older->set_position(older->position() - 1);
    CHECK_FALSE(is_news(paris.fleet(), *older));
    older->set_position(older->position() + 1);
    CHECK(is_news(paris.fleet(), *older));
    older->set_log_id("another log altogether");
    CHECK_FALSE(is_news(paris.fleet(), *older));
}

TEST_CASE("a gate that was opened early, and a barrier that was passed early, is found by verify") {
    for (const bool gate : {true, false}) {
        CampaignScene scene(pilots_first, {"paris", "lyon"});
        scene.steer(v1::ACTION_START_CAMPAIGN);
        scene.coordinate();
        MemoryLog log(scene.store, "campaign_test");
        CHECK(verify_log(log, {})->discrepancies.empty());
        scene.write([&](Replica&, Writer& writer) {
            v1::StoredEvent event;
            if (gate) {
                event.mutable_gate_moved()->set_site("paris");
                event.mutable_gate_moved()->set_phase(v1::STATE_PRODUCTION);
                event.mutable_gate_moved()->set_to(v1::STATE_GATE_OPEN);
            } else {
                event.mutable_barrier_moved()->set_barrier("pilots-done");
                event.mutable_barrier_moved()->set_to(v1::STATE_BARRIER_PASSED);
            }
            REQUIRE(writer.append(std::span(&event, 1)));
        });
        MemoryLog forged(scene.store, "campaign_test");
        const auto found = verify_log(forged, {});
        REQUIRE(found);
        REQUIRE(found->discrepancies.size() == 1);
        CHECK(found->discrepancies.front().what ==
              (gate ? "the gate of paris to production was opened early"
                    : "barrier pilots-done was passed early"));
    }
}

TEST_CASE("a forged event of a campaign is not folded") {
    CampaignScene scene(pilots_first, {"paris", "lyon"});
    const auto refused = [](Replica& replica, const v1::StoredEvent& event) {
        return misfit(replica.fleet, event).has_value();
    };
    scene.write([&](Replica& replica, Writer&) {
        v1::StoredEvent event;
        event.mutable_campaign_moved()->set_to(v1::STATE_PILOT);
        CHECK(refused(replica, event));
        event.mutable_gate_moved()->set_to(v1::STATE_BARRIER_PASSED);
        CHECK(refused(replica, event));
        event.mutable_site_reported()->set_begun(v1::STATE_GATE_OPEN);
        CHECK(refused(replica, event));
        event.mutable_campaign_planned()->set_toml(pilots_first);
        CHECK(refused(replica, event));
    });
    Replica& site = scene.site("paris").estate.replica;
    v1::StoredEvent event;
    event.mutable_cut_taken()->set_label("x");
    CHECK(refused(site, event));
    event.mutable_campaign_seen()->set_state(v1::STATE_CAMPAIGN_RUNNING);
    CHECK_FALSE(refused(site, event));
    event.set_entity(1);
    CHECK(refused(site, event));
    event.mutable_campaign_planned()->set_toml("name = 1");
    event.set_entity(0);
    CHECK(refused(site, event));
}

}  // namespace
}  // namespace ferry::test
