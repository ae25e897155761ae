#include "tests/campaign_scene.hpp"

#include "engine/evolve.hpp"
#include "events/log_name.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr std::string_view checks[] = {
    "services-started",           "site-administrable", "clients-reach-current-users",
    "clients-reach-legacy-users", "legacy-operational", "successor-operational",
    "features-verified"};

}  // namespace

CampaignSiteScene::CampaignSiteScene(std::string with_name, std::uint64_t seed, int with_users)
    : name(std::move(with_name)), estate(seed), campaign(nullptr), users(with_users) {
    estate.done(add_pool(name, "new-" + name, name));
    for (int number = 1; number <= users; ++number) {
        v1::Command command = add_user(user(number).substr(5), name);
        command.mutable_register_()->set_site(name);
        estate.done(command);
    }
    for (const std::string_view each : checks) estate.done(check(pool(), each));
}

std::string CampaignSiteScene::user(int number) const {
    return fmt::format("user:{}@{}.example", number, name);
}

void CampaignSiteScene::learn() {
    if (cut_off) return;
    REQUIRE(campaign.catch_up());
    auto seen = seen_by(campaign.fleet, campaign.acceptance, name);
    if (!seen || !is_news(fleet(), *seen)) return;
    v1::StoredEvent event = seen_event(std::move(*seen));
    REQUIRE(estate.writer.append(std::span(&event, 1)));
}

v1::CommandResult CampaignSiteScene::give(v1::Command command) {
    learn();
    return estate.give(std::move(command));
}

bool CampaignSiteScene::go_on() {
    const auto done = [&](v1::Command command) {
        return give(std::move(command)).outcome() == "DONE";
    };
    bool moved = done(enter_coexistence(pool()));
    moved = done(start_pilot(pool())) || moved;
    if (lifecycle() == v1::STATE_PILOT) {
        moved = done(enter_coexistence(user(1))) || moved;
        moved = done(start_pilot(user(1))) || moved;
    }
    moved = done(promote(pool())) || moved;
    for (int number = 1; number <= users && lifecycle() == v1::STATE_PRODUCTION; ++number)
        moved = done(promote(user(number))) || moved;
    return moved;
}

void CampaignSiteScene::roll_back() {
    learn();
    std::vector<v1::StoredEvent> events;
    const auto restore = [&](const std::string& id) {
        if (estate.entity(id).lifecycle < v1::STATE_PILOT) return;
        v1::StoredEvent& event = events.emplace_back();
        event.set_entity(estate.number(id).value);
        auto& body = *event.mutable_restored();
        body.set_lifecycle(v1::STATE_COEXIST_TEST);
        body.set_presence(v1::STATE_PRESENT);
        if (id != pool()) body.set_transfer(v1::STATE_SETTLED);
    };
    for (int number = 1; number <= users; ++number) restore(user(number));
    restore(pool());
    if (!events.empty()) REQUIRE(estate.writer.append(events));
}

CampaignScene::CampaignScene(const std::string& toml, const std::vector<std::string>& names,
                             std::uint64_t seed, int users)
    : randomness(seed) {
    for (const std::string& name : names) sites.emplace_back(name, ++seed, users);
    write([&](Replica&, Writer& writer) {
        REQUIRE(writer.create(campaign_log("test")));
        v1::StoredEvent event;
        event.mutable_campaign_planned()->set_campaign("test");
        event.mutable_campaign_planned()->set_toml(toml);
        REQUIRE(writer.append(std::span(&event, 1)));
    });
    for (CampaignSiteScene& each : sites)
        each.campaign.log = std::make_unique<MemoryLog>(store, campaign_log("test"));
    const Campaign& begun = campaign();
    REQUIRE(begun.plan.name == "test");
}

void CampaignScene::write(const std::function<void(Replica&, Writer&)>& write) {
    Replica replica(std::make_unique<MemoryLog>(store, campaign_log("test")));
    Writer writer(replica, side_by_side(), clock, randomness);
    REQUIRE(writer.open());
    write(replica, writer);
}

std::vector<SiteStanding> CampaignScene::standings() {
    std::vector<SiteStanding> standings;
    for (CampaignSiteScene& each : sites)
        if (!each.cut_off)
            standings.push_back(
                standing_of(each.estate.replica, side_by_side(), "test", clock.now()));
    return standings;
}

int CampaignScene::coordinate(int events_max) {
    int written = 0;
    write([&](Replica& replica, Writer& writer) {
        const auto observed = standings();
        while (written < events_max) {
            auto step = next_step(*replica.fleet.campaign, observed, clock.now());
            if (!step) return;
            REQUIRE(writer.append(std::span(&*step, 1)));
            ++written;
            REQUIRE(written < 500);
        }
    });
    return written;
}

void CampaignScene::steer(v1::Action action) {
    write([&](Replica& replica, Writer& writer) {
        auto event = steered(*replica.fleet.campaign, action);
        REQUIRE_MESSAGE(event, event.error().message);
        REQUIRE(writer.append(std::span(&*event, 1)));
    });
}

Campaign& CampaignScene::campaign() {
    if (!reader_)
        reader_ =
            std::make_unique<Replica>(std::make_unique<MemoryLog>(store, campaign_log("test")));
    REQUIRE(reader_->catch_up());
    REQUIRE(reader_->fleet.campaign);
    CHECK_FALSE(reader_->fleet.unknown);
    return *reader_->fleet.campaign;
}

CampaignSiteScene& CampaignScene::site(std::string_view name) {
    for (CampaignSiteScene& each : sites)
        if (each.name == name) return each;
    FAIL("no such site");
    return sites.front();
}

std::vector<v1::StoredEvent> CampaignScene::events() {
    std::vector<v1::StoredEvent> events;
    Replica replica(std::make_unique<MemoryLog>(store, campaign_log("test")));
    replica.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent&, const v1::StoredEvent& event) {
            events.push_back(event);
        });
    };
    REQUIRE(replica.catch_up());
    return events;
}

v1::State CampaignScene::gate(std::string_view site, v1::State phase) {
    const GateState* found = campaign().gate(site, phase);
    REQUIRE(found);
    return found->state;
}

v1::State CampaignScene::barrier(std::string_view name) {
    const Campaign& now = campaign();
    for (std::size_t i = 0; i < now.barriers.size(); ++i)
        if (now.plan.barriers[i].name == name) return now.barriers[i].state;
    return v1::STATE_UNSPECIFIED;
}

}  // namespace ferry::test
