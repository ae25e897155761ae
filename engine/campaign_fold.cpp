#include "engine/campaign_fold.hpp"

#include "engine/campaign_toml.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"

#include <algorithm>

namespace ferry {

namespace {

using Misfit = std::optional<std::string>;

template <class Places>
std::vector<Premise> premises_of(const Places& written) {
    std::vector<Premise> premises;
    for (const v1::SitePremise& each : written)
        premises.push_back(
            {each.site(), {each.position()}, each.finished(), each.restores(), each.failed()});
    return premises;
}

/// Every gate that the plan asks for, closed.
std::vector<GateState> gates_of(const CampaignPlan& plan) {
    std::vector<GateState> gates;
    for (const CampaignSite& site : plan.sites)
        for (const v1::State phase :
             {v1::STATE_COEXIST_TEST, v1::STATE_PILOT, v1::STATE_PRODUCTION, v1::STATE_RETIRED})
            if (plan.has_gate(site.name, phase))
                gates.push_back({site.name, phase, v1::STATE_GATE_CLOSED, {}, 0, {}});
    return gates;
}

void fold(Fleet& fleet, Time recorded, const v1::CampaignPlanned& body) {
    CampaignReading reading = read_campaign(body.toml());
    if (!reading.plan) return;
    fleet.campaign = std::make_unique<Campaign>();
    Campaign& campaign = *fleet.campaign;
    campaign.plan = std::move(*reading.plan);
    campaign.toml = body.toml();
    campaign.since = recorded;
    campaign.barriers.resize(campaign.plan.barriers.size());
    campaign.gates = gates_of(campaign.plan);
}

void fold(Campaign& campaign, Time recorded, const v1::CampaignMoved& body) {
    campaign.state = body.to();
    campaign.since = recorded;
    ++campaign.moves;
    campaign.cause = body.cause();
    campaign.rollback_proposed = body.rollback_proposed();
    campaign.premises = premises_of(body.premises());
    if (body.to() != v1::STATE_CAMPAIGN_RUNNING) return;
    // Who resumes a campaign has looked at what held it: the same failures hold it no more, and
    // whoever is waited for gets the whole time again.
    campaign.condoned = campaign.premises;
    for (BarrierState& barrier : campaign.barriers)
        if (barrier.state == v1::STATE_BARRIER_GATHERING) barrier.since = recorded;
}

void fold(Campaign& campaign, const v1::SiteReported& body) {
    SiteStanding standing;
    standing.site = body.site();
    standing.position = {body.position()};
    standing.head = body.head();
    standing.begun = body.begun();
    standing.finished = body.finished();
    standing.members = body.members();
    standing.in_pilot = body.in_pilot();
    standing.moved = body.moved();
    standing.failed = body.failed();
    standing.restores = body.restores();
    standing.rolling_back = body.rolling_back();
    standing.seen = {body.seen()};
    standing.last_contact = from_microseconds(body.last_contact());
    for (SiteStanding& known : campaign.sites)
        if (known.site == standing.site) {
            known = std::move(standing);
            return;
        }
    campaign.sites.push_back(std::move(standing));
}

void fold(Campaign& campaign, Position position, Time recorded, const v1::BarrierMoved& body) {
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        if (campaign.plan.barriers[i].name != body.barrier()) continue;
        BarrierState& barrier = campaign.barriers[i];
        barrier.state = body.to();
        barrier.since = recorded;
        barrier.moved_at = position;
        barrier.by_quorum = body.by_quorum();
        barrier.premises = premises_of(body.premises());
        if (body.to() == v1::STATE_BARRIER_PASSED) ++barrier.passes;
    }
}

void fold(Campaign& campaign, Position position, const v1::GateMoved& body) {
    for (GateState& gate : campaign.gates) {
        if (gate.site != body.site() || gate.phase != body.phase()) continue;
        gate.state = body.to();
        gate.moved_at = position;
        ++gate.moves;
        gate.premises = premises_of(body.premises());
    }
}

void fold(Campaign& campaign, Position position, Time recorded, const v1::CutTaken& body) {
    Cut cut{body.label(), position, recorded, {}};
    for (const v1::CutPlace& each : body.places())
        cut.places.push_back({each.site(), {each.position()}, each.head(), each.log_id()});
    campaign.cuts.push_back(std::move(cut));
}

void fold(Fleet& fleet, const v1::CampaignSeen& body) {
    SeenCampaign seen;
    seen.name = body.campaign();
    seen.log_id = body.log_id();
    seen.position = {body.position()};
    seen.head = body.head();
    seen.state = body.state();
    seen.cause = body.cause();
    for (const v1::SeenGate& gate : body.gates())
        seen.gates.push_back({gate.phase(), gate.state(), gate.waits_for()});
    for (SeenCampaign& known : fleet.campaigns)
        if (known.name == seen.name) {
            known = std::move(seen);
            return;
        }
    fleet.campaigns.push_back(std::move(seen));
}

bool is_of(v1::Region region, v1::State state) {
    return v1::State_IsValid(state) && region_of(state) == region;
}

bool is_campaign_body(v1::StoredEvent::BodyCase body) {
    return body >= v1::StoredEvent::kCampaignPlanned && body <= v1::StoredEvent::kCampaignSeen;
}

Misfit unless(bool known, std::string_view what) {
    return known ? Misfit() : Misfit(std::string(what));
}

Misfit of_planned(const Fleet& fleet, const v1::CampaignPlanned& body) {
    if (fleet.campaign) return "a second plan of one campaign";
    const CampaignReading reading = read_campaign(body.toml());
    return unless(reading.plan && reading.plan->name == body.campaign(),
                  "a campaign with rules it does not know");
}

Misfit of_seen(const v1::CampaignSeen& body) {
    bool known = is_of(v1::REGION_CAMPAIGN, body.state());
    for (const v1::SeenGate& gate : body.gates())
        known = known && is_of(v1::REGION_LIFECYCLE, gate.phase()) &&
                is_of(v1::REGION_GATE, gate.state());
    return unless(known, "a campaign seen in a state it does not know");
}

Misfit of_report(const v1::SiteReported& body) {
    return unless(
        is_of(v1::REGION_LIFECYCLE, body.begun()) && is_of(v1::REGION_LIFECYCLE, body.finished()),
        "a report of a site in a state it does not know");
}

}  // namespace

void fold_campaign(Fleet& fleet, Position position, Time recorded, const v1::StoredEvent& event) {
    switch (event.body_case()) {
        case v1::StoredEvent::kCampaignPlanned:
            return fold(fleet, recorded, event.campaign_planned());
        case v1::StoredEvent::kCampaignMoved:
            return fold(*fleet.campaign, recorded, event.campaign_moved());
        case v1::StoredEvent::kSiteReported: return fold(*fleet.campaign, event.site_reported());
        case v1::StoredEvent::kBarrierMoved:
            return fold(*fleet.campaign, position, recorded, event.barrier_moved());
        case v1::StoredEvent::kGateMoved:
            return fold(*fleet.campaign, position, event.gate_moved());
        case v1::StoredEvent::kCutTaken:
            return fold(*fleet.campaign, position, recorded, event.cut_taken());
        case v1::StoredEvent::kCampaignSeen: return fold(fleet, event.campaign_seen());
        default: return;
    }
}

std::optional<std::string> campaign_misfit(const Fleet& fleet, const v1::StoredEvent& event) {
    const bool planned = fleet.campaign != nullptr;
    if (is_campaign_body(event.body_case()) && event.entity() != 0)
        return "an event of a campaign on the stream of an entity";
    switch (event.body_case()) {
        case v1::StoredEvent::kCampaignPlanned: return of_planned(fleet, event.campaign_planned());
        case v1::StoredEvent::kCampaignMoved:
            return unless(planned && is_of(v1::REGION_CAMPAIGN, event.campaign_moved().to()),
                          "a campaign in a state it does not know");
        case v1::StoredEvent::kSiteReported:
            if (!planned) return "a report without a campaign";
            return of_report(event.site_reported());
        case v1::StoredEvent::kBarrierMoved:
            return unless(planned && is_of(v1::REGION_BARRIER, event.barrier_moved().to()),
                          "a barrier in a state it does not know");
        case v1::StoredEvent::kGateMoved:
            return unless(planned && is_of(v1::REGION_GATE, event.gate_moved().to()),
                          "a gate in a state it does not know");
        case v1::StoredEvent::kCutTaken: return unless(planned, "a cut without a campaign");
        case v1::StoredEvent::kCampaignSeen: return of_seen(event.campaign_seen());
        default: return {};
    }
}

}  // namespace ferry
