#pragma once
/// The coordinator of a simulated campaign: it knows of the sites what letters brought, and writes
/// to the campaign's log alone; so does whoever takes a cut there. One thread.
#include "cli/campaign_sites.hpp"
#include "engine/writer.hpp"
#include "tests/simulation/judge.hpp"

namespace ferry::simulation {

class CoordinatorNode {
public:
    CoordinatorNode(Surroundings& world, Network& network, CampaignJudge& judge, Disk& disk,
                    const Pack& pack)
        : world_(world), network_(network), judge_(judge), disk_(disk), pack_(pack) {}

    /// Begins the campaign's log.
    void plan(const std::string& toml);
    void start();
    void crash();
    bool up() const { return process_ != nullptr; }
    void receive(Node from, const Letter& letter);
    /// Asks the sites for what is new, and decides by what is known.
    void round();

private:
    struct Process {
        Process(Surroundings& world, Disk& disk, const Pack& pack);
        SeededRandomness randomness;
        Replica replica;
        Writer writer;
        Disk copies[sites_count];  ///< of the sites' logs
        CampaignSites sites;
    };
    std::vector<SiteStanding> standings();
    void steer(v1::Action action);
    void cut(const std::string& label);
    bool write(v1::StoredEvent event);
    void wait_for_disk();

    Surroundings& world_;
    Network& network_;
    CampaignJudge& judge_;
    Disk& disk_;
    const Pack& pack_;
    std::unique_ptr<Process> process_;
    bool waits_ = false;
    std::uint64_t life_ = 0;
};

}  // namespace ferry::simulation
