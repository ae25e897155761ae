#pragma once
/// The people of a simulated world and the scripts they run: they send commands in batches and ask
/// again by the same ids until they are answered. What they know they read in the sites' logs. One
/// thread.
#include "tests/simulation/joint_rollback.hpp"

namespace ferry::simulation {

class Operators {
public:
    Operators(Surroundings& world, Network& network, const CampaignJudge& campaign,
              const std::vector<std::unique_ptr<SiteJudge>>& sites, Loss& loss)
        : world_(world),
          network_(network),
          campaign_(campaign),
          sites_(sites),
          loss_(loss),
          joint_(world, network, campaign, sites, loss) {}

    /// Asks for everything that is in one site from the beginning.
    void begin(Node site);
    /// Some commands for some site, most of them to the point.
    void round();
    /// What brings every site to its end, asked until it is there.
    void finish_round();
    void steer(v1::Action action);
    void roll_back(Node site);
    /// Nobody waits any more for what the lost site was asked.
    void give_up();
    /// Whether everybody has been answered.
    bool all_answered() const {
        return batches_.empty() && rollbacks_.empty() && !joint_.under_way();
    }
    void receive(Node from, const Letter& letter);
    /// Every user and pool of every site.
    std::vector<std::string> entities() const;

private:
    struct Pending {
        Node site;
        Commands commands;
    };
    void ask(Node site, std::vector<v1::Command> commands);
    void send(std::uint64_t batch);
    void ask_rollback(Node site, const RollbackAsk& ask);
    v1::Command any(Node site);
    v1::Command observation(const std::string& user);
    v1::Command step(Node site);
    v1::Command wave(Node site);
    v1::Command home(Node site);
    std::string pool(Node site) const;
    /// Of those that the site has now, where there are any.
    std::string any_user(Node site);
    std::vector<v1::Command> arrivals(Node site);
    bool is_accepted(const std::string& entity, const std::string& transfer) const;
    /// What brings the site's pools and members to their end.
    std::vector<v1::Command> last_steps(Node site);
    /// For a cut nobody may be on the way: what is, is brought home first, and nobody leaves.
    void want_cut();

    Surroundings& world_;
    Network& network_;
    const CampaignJudge& campaign_;
    const std::vector<std::unique_ptr<SiteJudge>>& sites_;
    Loss& loss_;
    std::map<std::uint64_t, Pending> batches_;
    std::map<std::string, std::pair<Node, RollbackAsk>> rollbacks_;
    JointRollback joint_;
    std::uint64_t asked_ = 0;
    int finish_rounds_ = 0;
    std::uint64_t quiet_ = 0;  ///< for so many rounds nobody leaves a site
    std::size_t cuts_ = 0;     ///< taken when that began
};

}  // namespace ferry::simulation
