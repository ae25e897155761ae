#pragma once
/// The logs of a campaign's sites, as its coordinator reads them: they are never written here. A
/// site whose log cannot be read is cut off; what it reported last is what is known of it. One
/// thread.
#include "cli/log_url.hpp"
#include "engine/replica.hpp"
#include "projections/site_progress.hpp"

#include <deque>
#include <map>

namespace ferry {

struct CampaignSiteLog {
    CampaignSiteLog(const CampaignSite& site, std::unique_ptr<Log> log)
        : name(site.name), waves(site.waves), replica(std::move(log)) {
        replica.keeps_index = false;
    }
    std::string name;
    std::vector<std::string> waves;  ///< that its phases wait for
    Replica replica;
    bool opened = false;
    std::string cut_off{};  ///< why it could not be read last; empty where it could
};

class CampaignSites {
public:
    CampaignSites(const LogUrl& url, const CampaignPlan& plan);

    /// Reads on in the log of every site.
    void read();
    /// Of the sites that could be read.
    std::vector<SiteStanding> standings(std::string_view campaign, const Pack& pack,
                                        Time now) const;
    std::deque<CampaignSiteLog>& all() { return logs_; }
    const std::deque<CampaignSiteLog>& all() const { return logs_; }
    /// One for each, in order.
    std::vector<const Fleet*> fleets() const;
    const CampaignSiteLog* named(std::string_view site) const;

private:
    std::deque<CampaignSiteLog> logs_;
};

}  // namespace ferry
