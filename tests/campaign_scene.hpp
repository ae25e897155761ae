#pragma once
/// Sites in memory, a campaign's log beside them and a coordinator that can be killed between any
/// two of its events: nothing in it outlives a round but what stands in the logs.
#include "engine/campaign_seen.hpp"
#include "engine/campaign_steps.hpp"
#include "projections/site_progress.hpp"
#include "tests/estate.hpp"

#include <deque>

namespace ferry::test {

/// One site with one pool `pool:SITE` and users `user:N@SITE`.
struct CampaignSiteScene {
    CampaignSiteScene(std::string with_name, std::uint64_t seed, int users);
    std::string name;
    Estate estate;
    Replica campaign;  ///< as the site follows it
    bool cut_off = false;
    int users;

    std::string pool() const { return "pool:" + name; }
    std::string user(int number) const;
    const Fleet& fleet() const { return estate.replica.fleet; }
    v1::State lifecycle() const { return estate.entity(pool()).lifecycle; }
    /// Records what the campaign says, unless it is cut off; then decides.
    v1::CommandResult give(v1::Command command);
    void learn();
    /// Everybody who can be moved to the next state is; whether anything was.
    bool go_on();
    /// Sets users and pool back to coexist-test, as a rollback does.
    void roll_back();
};

class CampaignScene {
public:
    CampaignScene(const std::string& toml, const std::vector<std::string>& sites,
                  std::uint64_t seed = 1, int users = 2);

    /// At most `events_max` events; then the coordinator is gone. How many it wrote.
    int coordinate(int events_max = 1000);
    void steer(v1::Action action);
    /// Everything as a reader of the campaign's log finds it.
    Campaign& campaign();
    CampaignSiteScene& site(std::string_view name);
    /// The events of the campaign's log after its first two, in order.
    std::vector<v1::StoredEvent> events();
    v1::State gate(std::string_view site, v1::State phase);
    v1::State barrier(std::string_view name);
    std::vector<SiteStanding> standings();

    std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
    std::deque<CampaignSiteScene> sites;
    ManualClock clock;
    SeededRandomness randomness;

    /// Opens the log as a writer and gives it to `write`.
    void write(const std::function<void(Replica&, Writer&)>& write);

private:
    std::unique_ptr<Replica> reader_;
};

}  // namespace ferry::test
