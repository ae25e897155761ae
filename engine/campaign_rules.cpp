#include "engine/campaign_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

const Premise* premise_of(const std::vector<Premise>& premises, std::string_view site) {
    const auto found = std::find_if(premises.begin(), premises.end(),
                                    [&](const Premise& each) { return each.site == site; });
    return found == premises.end() ? nullptr : &*found;
}

bool has_finished(const Campaign& campaign, std::string_view site, v1::State phase) {
    const SiteStanding* const standing = campaign.standing(site);
    return standing && standing->finished >= phase;
}

/// It had finished the phase, and no rollback was run there since.
bool still_stands(const Campaign& campaign, const std::vector<Premise>& premises,
                  std::string_view site, v1::State phase) {
    if (has_finished(campaign, site, phase)) return true;
    const Premise* const then = premise_of(premises, site);
    const SiteStanding* const now = campaign.standing(site);
    return then && now && then->finished >= phase && now->restores == then->restores;
}

bool is_under_way(const Campaign& campaign, std::string_view site) {
    return std::any_of(campaign.gates.begin(), campaign.gates.end(), [&](const GateState& gate) {
        return gate.site == site && gate.state == v1::STATE_GATE_OPEN &&
               campaign.plan.is_counted(gate.phase) && !has_finished(campaign, site, gate.phase);
    });
}

}  // namespace

std::size_t arrived(const Campaign& campaign, const BarrierRule& rule) {
    return static_cast<std::size_t>(std::count_if(
        rule.of.begin(), rule.of.end(),
        [&](const std::string& site) { return has_finished(campaign, site, rule.after); }));
}

std::vector<std::string> missing_sites(const Campaign& campaign, const BarrierRule& rule) {
    std::vector<std::string> missing;
    for (const std::string& site : rule.of)
        if (!has_finished(campaign, site, rule.after)) missing.push_back(site);
    return missing;
}

bool is_timed_out(const Campaign& campaign, std::size_t barrier, Time now) {
    const BarrierRule& rule = campaign.plan.barriers[barrier];
    const BarrierState& state = campaign.barriers[barrier];
    return rule.timeout.count() > 0 && state.state == v1::STATE_BARRIER_GATHERING &&
           now >= state.since + rule.timeout;
}

bool enough_arrived(const Campaign& campaign, std::size_t barrier, Time now) {
    const BarrierRule& rule = campaign.plan.barriers[barrier];
    const bool quorum_counts =
        rule.quorum && (rule.timeout.count() == 0 || is_timed_out(campaign, barrier, now));
    return arrived(campaign, rule) >= (quorum_counts ? *rule.quorum : rule.of.size());
}

bool is_undercut(const Campaign& campaign, std::size_t barrier) {
    const BarrierRule& rule = campaign.plan.barriers[barrier];
    const BarrierState& state = campaign.barriers[barrier];
    if (state.state != v1::STATE_BARRIER_PASSED) return false;
    const auto standing =
        std::count_if(rule.of.begin(), rule.of.end(), [&](const std::string& site) {
            return still_stands(campaign, state.premises, site, rule.after);
        });
    const std::size_t needed = state.by_quorum ? rule.quorum.value_or(1) : rule.of.size();
    return static_cast<std::size_t>(standing) < needed;
}

const BarrierRule* missing_barrier(const Campaign& campaign, std::string_view site,
                                   v1::State phase) {
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        const BarrierRule& rule = campaign.plan.barriers[i];
        const bool held = rule.before == phase &&
                          std::find(rule.holds.begin(), rule.holds.end(), site) != rule.holds.end();
        if (held && campaign.barriers[i].state != v1::STATE_BARRIER_PASSED) return &rule;
    }
    return nullptr;
}

std::size_t sites_under_way(const Campaign& campaign) {
    return static_cast<std::size_t>(
        std::count_if(campaign.plan.sites.begin(), campaign.plan.sites.end(),
                      [&](const CampaignSite& site) { return is_under_way(campaign, site.name); }));
}

bool may_open(const Campaign& campaign, const GateState& gate) {
    const SiteStanding* const standing = campaign.standing(gate.site);
    if (!standing || standing->rolling_back) return false;
    if (missing_barrier(campaign, gate.site, gate.phase)) return false;
    if (!campaign.plan.is_counted(gate.phase) || standing->finished >= gate.phase) return true;
    // A place is given to a site that can use it at once, and only while there is one.
    const bool ready = standing->finished >= gate.phase - 1;
    return ready && (is_under_way(campaign, gate.site) ||
                     sites_under_way(campaign) < *campaign.plan.at_most);
}

bool all_finished(const Campaign& campaign) {
    return std::all_of(campaign.plan.sites.begin(), campaign.plan.sites.end(),
                       [&](const CampaignSite& site) {
                           return has_finished(campaign, site.name, campaign.plan.until);
                       });
}

std::optional<std::string> undercut_site(const Campaign& campaign) {
    for (const CampaignSite& site : campaign.plan.sites)
        if (!still_stands(campaign, campaign.premises, site.name, campaign.plan.until))
            return site.name;
    return std::nullopt;
}

std::optional<std::string> over_budget(const Campaign& campaign, const CampaignSite& site) {
    const SiteStanding* const standing = campaign.standing(site.name);
    if (!standing) return std::nullopt;
    const Premise* const condoned = premise_of(campaign.condoned, site.name);
    if (condoned && standing->failed <= condoned->failed) return std::nullopt;
    const FailureBudget& budget = site.budget;
    const std::string measured =
        fmt::format("{}: {} of {} moves failed, as of {}:{}", site.name, standing->failed,
                    standing->members, site.name, standing->position.value);
    if (budget.failed && standing->failed > *budget.failed)
        return fmt::format("{}, and its budget is {}", measured, *budget.failed);
    if (budget.percent && standing->failed * 100 > *budget.percent * standing->members)
        return fmt::format("{}, and its budget is {} %", measured, *budget.percent);
    return std::nullopt;
}

}  // namespace ferry
