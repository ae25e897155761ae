#pragma once
/// A campaign for people and for programs: all sites at a glance. One thread.
#include "cli/campaign_sites.hpp"
#include "cli/session.hpp"
#include "ferry/v1/event.pb.h"

namespace ferry {

/// What is shown of one campaign. Borrowed.
struct CampaignView {
    const Replica& log;
    const CampaignSites& sites;
    Time now;
    const Pack& pack;
    const Campaign& campaign() const { return *log.fleet.campaign; }
};

void print_campaign(Session& session, const CampaignView& view);
void print_campaign_json(Session& session, const CampaignView& view);

/// A line for people, with --json an object.
void print_event(Session& session, const v1::Event& event);
/// The last event of the campaign's log.
void print_last_event(Session& session, const Replica& campaign);

/// Errc::bad_input, with the campaigns that there are.
Error no_campaign(const Session& session, const std::string& name);
Error campaign_damaged(const Replica& campaign);

}  // namespace ferry
