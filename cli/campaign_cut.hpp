#pragma once
/// A cut across the sites of a campaign: one event in the campaign's log that names a position in
/// every site's, and `CAMPAIGN/LABEL` wherever a moment is named. One thread.
#include "cli/campaign_logs.hpp"
#include "cli/campaign_sites.hpp"
#include "projections/moment.hpp"

#include <map>

namespace ferry {

/// The event, or why no cut can be taken now (Errc::not_allowed): a site cannot be read, a rollback
/// is partial, an entity is between sites, or a gate is half open. The campaign's log is led by the
/// caller, so that nothing is decided in it meanwhile; `sites` was read after that.
Result<v1::StoredEvent> cut_now(const Replica& campaign, const CampaignSites& sites,
                                const std::string& label);

/// Moments as people give them, where several sites are looked at: `CAMPAIGN/LABEL` becomes the
/// position that the cut names in each site's log; all else is left as it is.
class CutMoments {
public:
    explicit CutMoments(LogUrl url) : logs_(std::move(url), {}) {}

    /// What `resolve_moment` takes for this site. Errors: bad_input where there is no such cut,
    /// where it does not name the site (usage), or names another log than this (damaged).
    Result<std::string> in(const Replica& site, const std::string& moment);
    Result<Moment> resolve(const Replica& site, const std::string& moment);
    /// Whether the moment is a cut that does not name the site.
    bool leaves_out(const Replica& site, const std::string& moment);

private:
    Result<const Cut*> cut_of(const std::string& moment);
    CampaignLogs logs_;
    bool read_ = false;
};

}  // namespace ferry
