#pragma once
/// Somebody who rolls several sites back to a cut of the campaign, and anybody who goes on with it
/// where that somebody was interrupted. What is known of the sites is read in their logs. One
/// thread.
#include "tests/simulation/loss.hpp"

namespace ferry::simulation {

class JointRollback {
public:
    JointRollback(Surroundings& world, Network& network, const CampaignJudge& campaign,
                  const std::vector<std::unique_ptr<SiteJudge>>& sites, const Loss& loss)
        : world_(world), network_(network), campaign_(campaign), sites_(sites), loss_(loss) {}

    /// Plans one to some cut; nothing while one is under way.
    void begin();
    /// Goes on with what is open in any site and nobody has in hand.
    void resume();
    bool under_way() const { return !parts_.empty(); }
    /// A site is given up: what it takes part in is left where it is.
    void give_up();
    void receive(Node from, const JointAnswer& answer);

private:
    struct Part {
        bool answered = false;
        JointAnswer::Verdict verdict{};
        std::shared_ptr<const RollbackPlan> plan;
    };
    bool is_open() const;
    void enter(JointAsk::Stage stage);
    void ask(Node site);
    void planned();
    void closed();
    void end() { parts_.clear(); }
    /// Those that the cut has, in its order.
    std::vector<std::string> unmoved() const;

    Surroundings& world_;
    Network& network_;
    const CampaignJudge& campaign_;
    const std::vector<std::unique_ptr<SiteJudge>>& sites_;
    const Loss& loss_;
    JointAsk asked_;
    std::map<Node, Part> parts_;
    std::uint64_t begun_ = 0;
    std::uint64_t stages_ = 0;  ///< a letter of an earlier stage is asked no more
};

}  // namespace ferry::simulation
