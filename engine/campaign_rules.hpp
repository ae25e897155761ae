#pragma once
/// The rules by which barriers pass and gates open, each a question about a campaign as its log
/// says it is. Pure; any thread.
#include "engine/campaign.hpp"

namespace ferry {

/// How many of the barrier's sites have finished the phase that it waits for.
std::size_t arrived(const Campaign& campaign, const BarrierRule& rule);
std::vector<std::string> missing_sites(const Campaign& campaign, const BarrierRule& rule);
bool is_timed_out(const Campaign& campaign, std::size_t barrier, Time now);
bool enough_arrived(const Campaign& campaign, std::size_t barrier, Time now);

/// Passed, and a rollback since then took back what it was passed on. That a site grew by what has
/// not been moved yet takes nothing back.
bool is_undercut(const Campaign& campaign, std::size_t barrier);

/// A barrier before this phase of the site that has not passed.
const BarrierRule* missing_barrier(const Campaign& campaign, std::string_view site,
                                   v1::State phase);
bool may_open(const Campaign& campaign, const GateState& gate);

/// Under way: a gate to a phase that moves users is open and the site has not finished that phase.
std::size_t sites_under_way(const Campaign& campaign);

bool all_finished(const Campaign& campaign);
/// Of a completed campaign: a site that a rollback has since taken back.
std::optional<std::string> undercut_site(const Campaign& campaign);

/// What was measured, where the site has more failed moves than its budget and than somebody has
/// agreed to go on with.
std::optional<std::string> over_budget(const Campaign& campaign, const CampaignSite& site);

}  // namespace ferry
