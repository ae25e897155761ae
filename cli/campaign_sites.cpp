#include "cli/campaign_sites.hpp"

#include "projections/owner.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

Result<void> read_on(CampaignSiteLog& log) {
    Replica& replica = log.replica;
    if (!log.opened) {
        if (auto opened = open_replica(replica); !opened) return std::unexpected(opened.error());
        log.opened = true;
    } else if (auto read = replica.catch_up(); !read) {
        return read;
    }
    if (replica.damage)
        return fail(Errc::damaged, fmt::format("its log is damaged after position {}",
                                               replica.damage->after.value));
    if (replica.fleet.unknown)
        return fail(Errc::configuration,
                    fmt::format("its log holds {}, which this build does not know",
                                replica.fleet.unknown->what));
    if (!replica.acceptance.started()) return fail(Errc::unavailable, "it has no log here yet");
    return {};
}

}  // namespace

CampaignSites::CampaignSites(const LogUrl& url, const CampaignPlan& plan) {
    for (const CampaignSite& site : plan.sites)
        logs_.emplace_back(site, open_log(url, site.name, "ferry coordinate"));
}

std::vector<const Fleet*> CampaignSites::fleets() const {
    std::vector<const Fleet*> fleets;
    fleets.reserve(logs_.size());
    for (const CampaignSiteLog& log : logs_) fleets.push_back(&log.replica.fleet);
    return fleets;
}

void CampaignSites::read() {
    for (CampaignSiteLog& log : logs_) {
        const auto read = read_on(log);
        log.cut_off = read ? std::string() : read.error().message;
    }
    // What a lost site has is another one's, and what it wrote after that is part of nothing.
    for (const LostSite& lost : lost_sites(fleets()))
        logs_[lost.site].cut_off = fmt::format("{} took it over as known to position {}",
                                               logs_[lost.taker].name, lost.taken.known.value);
}

std::vector<SiteStanding> CampaignSites::standings(std::string_view campaign, const Pack& pack,
                                                   Time now) const {
    std::vector<SiteStanding> standings;
    for (const CampaignSiteLog& log : logs_)
        if (log.cut_off.empty())
            standings.push_back(standing_of(log.replica, pack_in_force(log.replica.fleet, pack),
                                            campaign, now, log.waves));
    return standings;
}

const CampaignSiteLog* CampaignSites::named(std::string_view site) const {
    for (const CampaignSiteLog& log : logs_)
        if (log.name == site) return &log;
    return nullptr;
}

}  // namespace ferry
