#pragma once
/// A campaign: several sites in step, with barriers between their phases. The plan is what its
/// definition says (engine/campaign_toml.hpp), the state is folded from the campaign's own log by
/// `evolve`, and what a site has seen of it is folded from that site's log. Plain values; any
/// thread.
#include "engine/entity.hpp"
#include "events/log_name.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// No site of `holds` enters `before` until `quorum` of `of` have finished `after`.
struct BarrierRule {
    std::string name;
    std::vector<std::string> holds;
    v1::State before{};
    std::vector<std::string> of;
    v1::State after{};
    /// How many of `of` are enough: at once, or with a time-out once that is over. Nothing: all.
    std::optional<std::size_t> quorum;
    /// From the first of `of` that has finished, until the campaign holds. 0: none.
    std::chrono::seconds timeout{};
};

/// How many moves of a site may have failed.
struct FailureBudget {
    std::optional<std::size_t> failed;
    std::optional<std::size_t> percent;  ///< of the site's members
};

struct CampaignSite {
    std::string name;
    FailureBudget budget;
    std::vector<std::string> waves;  ///< whose completion its phases wait for
};

enum class OverBudget { hold, propose_rollback };

struct CampaignPlan {
    std::string name;
    std::string about;
    std::vector<CampaignSite> sites;  ///< in the order of the definition
    std::vector<BarrierRule> barriers;
    std::optional<std::size_t> at_most;  ///< sites under way at once
    v1::State until = v1::STATE_PRODUCTION;
    OverBudget over_budget = OverBudget::hold;

    const CampaignSite* site(std::string_view site) const;
    const BarrierRule* barrier(std::string_view barrier) const;
    /// Whether at_most counts this phase: those in which users are moved.
    bool is_counted(v1::State phase) const;
    /// Whether anything is asked before the site enters the phase.
    bool has_gate(std::string_view site, v1::State phase) const;
};

/// What the coordinator knows of one site, from its log as far as `position`.
struct SiteStanding {
    std::string site;
    Position position;
    std::string head;  ///< hash of the commit it stands in
    v1::State begun = v1::STATE_LEGACY;
    v1::State finished = v1::STATE_LEGACY;
    std::uint64_t members = 0;
    std::uint64_t in_pilot = 0;
    std::uint64_t moved = 0;
    std::uint64_t failed = 0;
    std::uint64_t restores = 0;  ///< entities ever set back by rollbacks
    bool rolling_back = false;
    Position seen;  ///< of the campaign's log
    Time last_contact{};
};

struct Premise {
    std::string site;
    Position position;
    v1::State finished{};
    std::uint64_t restores = 0;
    std::uint64_t failed = 0;
};

struct BarrierState {
    v1::State state = v1::STATE_BARRIER_WAITING;
    Time since{};
    Position moved_at;
    std::uint64_t passes = 0;  ///< how often it was passed
    bool by_quorum = false;
    std::vector<Premise> premises;  ///< of the last passing
};

struct GateState {
    std::string site;
    v1::State phase{};
    v1::State state = v1::STATE_GATE_CLOSED;
    Position moved_at;
    std::uint64_t moves = 0;
    std::vector<Premise> premises;  ///< of the last move
};

struct CutAt {
    std::string site;
    Position position;
    std::string head;
    std::string log_id;
};

struct Cut {
    std::string label;
    Position position;  ///< of the cut in the campaign's log
    Time recorded{};
    std::vector<CutAt> places;
};

/// Folded from a campaign's log.
struct Campaign {
    CampaignPlan plan;
    std::string toml;
    v1::State state = v1::STATE_CAMPAIGN_PLANNED;
    Time since{};
    std::uint64_t moves = 0;  ///< of the campaign itself
    std::string cause;        ///< of the last move
    std::string rollback_proposed;
    std::vector<SiteStanding> sites;     ///< as reported last; only those ever reported
    std::vector<BarrierState> barriers;  ///< in the order of the plan
    std::vector<GateState> gates;
    std::vector<Premise> premises;  ///< of the last move of the campaign
    std::vector<Premise> condoned;  ///< failures that stood when somebody resumed it
    std::vector<Cut> cuts;

    const SiteStanding* standing(std::string_view site) const;
    const GateState* gate(std::string_view site, v1::State phase) const;
    const Cut* cut(std::string_view label) const;
};

struct SeenGate {
    Small<v1::State> phase;
    Small<v1::State> state;
    std::string waits_for;
};

/// What a site has seen of a campaign that concerns it: what its gates are decided by, also while
/// the campaign's log cannot be reached.
struct SeenCampaign {
    std::string name;
    std::string log_id;
    Position position;  ///< of the campaign's log
    std::string head;
    Small<v1::State> state;
    std::string cause;
    std::vector<SeenGate> gates;

    /// While it runs, or is held, its gates are asked.
    bool binds() const {
        return state == v1::STATE_CAMPAIGN_RUNNING || state == v1::STATE_CAMPAIGN_HELD;
    }
};

}  // namespace ferry
