#pragma once
/// A world from one seed: three sites with their movers, a coordinator, people and their scripts,
/// on a virtual clock, disk and network that go wrong. One thread.
#include "tests/simulation/coordinator.hpp"
#include "tests/simulation/mover.hpp"
#include "tests/simulation/operators.hpp"
#include "tests/simulation/site.hpp"

namespace ferry::simulation {

class World {
public:
    World(std::uint64_t seed, Plant plant, bool trace);
    /// Lives, is healed, and comes to rest. Throws Violation.
    void run();
    const Totals& totals() const { return world_.totals; }
    std::uint64_t trace_hash() const { return world_.trace_hash(); }

private:
    void begin();
    void deliver(Node from, Node to, const Letter& letter);
    void live();
    void settle();
    /// What keeps it from rest; empty where nothing does.
    std::string unrest();
    std::string standing_of_sites() const;
    void fault();
    void crash(Node node);
    void restart(Node node);
    void lose();
    void give_up();
    void come_back();
    /// Now and from then on, again and again until the world is healed.
    void every(std::uint64_t from, std::uint64_t to, std::function<void()> what,
               bool also_healed = true);
    /// Whether anybody knows it, and who would go on with it.
    std::pair<bool, std::vector<std::string>> owners_of(const std::string& entity) const;
    bool is_taken_over() const;
    void check_owners(bool at_rest);
    void check_accounts();

    Surroundings world_;
    Network network_;
    Disk disks_[sites_count + 1];
    CampaignJudge campaign_;
    std::vector<std::unique_ptr<SiteJudge>> judges_;
    Loss loss_;
    std::vector<std::unique_ptr<SiteNode>> sites_;
    std::unique_ptr<CoordinatorNode> coordinator_;
    Accounts accounts_;
    std::vector<std::unique_ptr<MoverNode>> movers_;
    std::unique_ptr<Operators> operators_;
};

}  // namespace ferry::simulation
