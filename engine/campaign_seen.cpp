#include "engine/campaign_seen.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

std::string waiting_for(const CampaignPlan& plan, const GateState& gate) {
    std::string text;
    for (const BarrierRule& rule : plan.barriers) {
        const bool held =
            rule.before == gate.phase &&
            std::find(rule.holds.begin(), rule.holds.end(), gate.site) != rule.holds.end();
        if (!held) continue;
        const std::string who =
            rule.quorum ? fmt::format("{} of {}", *rule.quorum, fmt::join(rule.of, ", "))
                        : fmt::format("{}", fmt::join(rule.of, ", "));
        text += fmt::format("{}barrier {}: until {} finished {}", text.empty() ? "" : "; ",
                            rule.name, who, word(rule.after));
    }
    if (plan.is_counted(gate.phase))
        text += fmt::format("{}at most {} sites at once", text.empty() ? "" : "; ", *plan.at_most);
    return text;
}

const SeenCampaign* known_of(const Fleet& site, std::string_view campaign) {
    for (const SeenCampaign& each : site.campaigns)
        if (each.name == campaign) return &each;
    return nullptr;
}

bool gates_differ(const SeenCampaign& known, const v1::CampaignSeen& seen) {
    if (known.gates.size() != static_cast<std::size_t>(seen.gates_size())) return true;
    for (int i = 0; i < seen.gates_size(); ++i) {
        const SeenGate& gate = known.gates[static_cast<std::size_t>(i)];
        if (gate.phase != seen.gates(i).phase() || gate.state != seen.gates(i).state()) return true;
    }
    return false;
}

}  // namespace

std::optional<v1::CampaignSeen> seen_by(const Fleet& fleet, const AcceptanceState& end,
                                        std::string_view site) {
    if (!fleet.campaign || !fleet.campaign->plan.site(site)) return std::nullopt;
    const Campaign& campaign = *fleet.campaign;
    v1::CampaignSeen seen;
    seen.set_campaign(campaign.plan.name);
    seen.set_log_id(end.log_id.bytes.data(), end.log_id.bytes.size());
    seen.set_position(end.position.value);
    seen.set_head(end.head.data(), end.head.size());
    seen.set_state(campaign.state);
    seen.set_cause(campaign.cause);
    for (const GateState& gate : campaign.gates) {
        if (gate.site != site) continue;
        auto& written = *seen.add_gates();
        written.set_phase(gate.phase);
        written.set_state(gate.state);
        written.set_waits_for(waiting_for(campaign.plan, gate));
    }
    return seen;
}

bool is_news(const Fleet& site, const v1::CampaignSeen& seen) {
    const SeenCampaign* const known = known_of(site, seen.campaign());
    // A plan that has not started yet asks nothing of anybody.
    if (!known) return seen.state() != v1::STATE_CAMPAIGN_PLANNED;
    if (known->log_id != seen.log_id() || seen.position() < known->position.value) return false;
    return known->state != seen.state() || gates_differ(*known, seen);
}

v1::StoredEvent seen_event(v1::CampaignSeen seen) {
    v1::StoredEvent event;
    event.set_reason(
        fmt::format("campaign {} at its position {}", seen.campaign(), seen.position()));
    *event.mutable_campaign_seen() = std::move(seen);
    return event;
}

std::optional<std::string> closed_gate(const Fleet& site, v1::State phase) {
    for (const SeenCampaign& campaign : site.campaigns) {
        if (!campaign.binds()) continue;
        for (const SeenGate& gate : campaign.gates) {
            if (gate.phase != phase) continue;
            const std::string seen =
                fmt::format("seen at {}:{}", campaign_log(campaign.name), campaign.position.value);
            if (gate.state != v1::STATE_GATE_OPEN)
                return fmt::format("the gate of {} to {} is closed by campaign {} ({}): {}; `ferry "
                                   "campaign status {}` shows who is missing, and `ferry "
                                   "coordinate {}` opens it then",
                                   site.site, word(phase), campaign.name, seen, gate.waits_for,
                                   campaign.name, campaign.name);
            if (campaign.state == v1::STATE_CAMPAIGN_HELD)
                return fmt::format("campaign {} is held ({}){}{}; it goes on with `ferry campaign "
                                   "resume {}`",
                                   campaign.name, seen, campaign.cause.empty() ? "" : ": ",
                                   campaign.cause, campaign.name);
        }
    }
    return std::nullopt;
}

}  // namespace ferry
