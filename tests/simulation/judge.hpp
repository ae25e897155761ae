#pragma once
/// Knows all that was promised and all that was synced, and says at once where the two differ. It
/// follows each log from its first record by a fold of its own, and asks no rule of the engine
/// whether a decision was right. One thread.
#include "projections/campaign_proof.hpp"
#include "tests/simulation/network.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>

namespace ferry::simulation {

/// The ids of rollbacks over several sites; only these are gone on with by their own verb.
inline bool is_joint(std::string_view rollback) { return rollback.starts_with("rb-joint-"); }

/// How far a site was after one of its commits.
struct Milestone {
    bool piloted = false;
    bool produced = false;
    std::uint64_t restores = 0;
};

/// A gate's state, by site and phase.
using Gates = std::map<std::pair<std::string, int>, v1::State>;

class SiteJudge;

class CampaignJudge {
public:
    CampaignJudge(Surroundings& world, Disk& disk, std::string log);
    void follow();
    /// As they were after an event; null where the log has no commit that ends there.
    const Gates* gates_at(Position position) const;
    const Campaign* campaign() const { return replica_.fleet.campaign.get(); }
    const Replica& replica() const { return replica_; }
    /// Nothing that a rollback took back is left passed.
    void demand_none_undercut(const std::string& before) const;
    /// Set by the court, which knows the sites.
    std::function<const SiteJudge&(const std::string& site)> site;

private:
    void judge(const v1::StoredEvent& event);
    void judge_barrier(const v1::BarrierMoved& moved);
    void judge_gate(const v1::GateMoved& moved);
    void judge_report(const v1::SiteReported& report);
    void judge_cut(const v1::CutTaken& cut);
    const Milestone* milestone(const std::string& site, Position position) const;

    Surroundings& world_;
    Replica replica_;
    CampaignProof proof_;
    Gates gates_;
    std::map<std::string, v1::State> barriers_;
    /// What a barrier that stands passed on, and what is known of it since.
    struct Premise {
        std::uint64_t restores = 0;  ///< how often the site had been set back then
        bool finished = false;
        bool stands = false;  ///< finished as last reported, or not set back since it was
    };
    struct Passed {
        std::size_t needed = 0;
        std::map<std::string, Premise> premises;
    };
    bool has_finished(const std::string& barrier, const Milestone& then) const;
    std::map<std::string, Passed> passed_;
    std::map<std::uint64_t, Gates> history_;
};

class SiteJudge {
public:
    SiteJudge(Surroundings& world, const CampaignJudge& campaign, Disk& disk, std::string site);
    /// Reads what was synced since.
    void follow();
    /// What was synced is there still.
    void examine_disk();
    /// The fold of a running site says what this one says; costs two digests.
    void compare(const Fleet& running);
    /// What reached the site, before it is decided.
    void heard(const v1::Command& asked);
    /// What a client was told.
    void told(const v1::Command& asked, const v1::CommandResult& answer);
    /// What a site makes of a rollback to a cut, before anything is written.
    void planned(std::span<const EntityNumber> scope, Position target, bool executable);
    /// Every answer that was ever given is where it was said to be.
    void examine_answers();

    const Fleet& fleet() const { return replica_.fleet; }
    const std::string& site() const { return site_; }
    const Milestone* milestone(Position position) const;
    const Replica& replica() const { return replica_; }
    /// Whether the entity's home moved after that position, either way.
    bool moved_since(EntityNumber number, Position position) const;
    /// Whether this rollback has closed its scope here, now or before.
    bool closed_for(const std::string& rollback) const { return rollbacks_.contains(rollback); }
    bool homes_changed = false;  ///< since somebody last looked

private:
    void judge(Position position, const v1::StoredEvent& event);
    void judge_command(Position position, const v1::StoredEvent& event);
    void judge_seen(const v1::CampaignSeen& seen);
    void judge_transition(Position position, const v1::Transitioned& moved, std::uint64_t entity);
    void judge_report(Position position, const v1::StoredEvent& event);
    void judge_start(const v1::RollbackStarted& started);
    void judge_taking(const v1::StoredEvent& event);
    void judge_acceptance(Position position, const v1::StoredEvent& event);
    void judge_restored(const v1::Restored& restored);
    void judge_rollback(const v1::RollbackFinished& finished);

    Surroundings& world_;
    const CampaignJudge& campaign_;
    std::string site_;
    Replica replica_;
    Position commit_first_;
    struct Done {
        Position commit;  ///< first position of the only commit that may hold it
        Position last;
    };
    boost::unordered_flat_map<std::uint64_t, Done> done_;  ///< by the hash of their ids
    struct Told {
        std::uint64_t position, version;
    };
    boost::unordered_flat_map<std::uint64_t, Told> told_;
    std::uint64_t told_to_ = 0;  ///< the furthest position that somebody was told
    std::map<std::uint64_t, Milestone> milestones_;
    std::map<int, v1::State> gates_seen_;
    std::map<std::string, int> reports_;             ///< of each move
    std::map<std::string, std::string> report_ids_;  ///< of each move, the only one
    struct Scope {
        Position target;
        std::vector<EntityNumber> entities;
        std::vector<std::string> sites;  ///< of the cut; none where it is this site's alone
    };
    std::map<std::string, Scope> rollbacks_;
    /// Who agreed to which takeover, and who was taken over as known to where.
    std::set<std::pair<std::string, std::string>> agreed_;
    std::map<std::string, std::uint64_t> taken_;
    std::map<std::uint64_t, Position> home_moved_;  ///< last, by entity
};

}  // namespace ferry::simulation
