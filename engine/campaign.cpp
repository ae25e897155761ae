#include "engine/campaign.hpp"

#include <algorithm>

namespace ferry {

namespace {

template <class Values, class Key>
auto find_by(const Values& values, const Key& matches) -> decltype(values.data()) {
    const auto found = std::find_if(values.begin(), values.end(), matches);
    return found == values.end() ? nullptr : &*found;
}

}  // namespace

const CampaignSite* CampaignPlan::site(std::string_view site) const {
    return find_by(sites, [&](const CampaignSite& each) { return each.name == site; });
}

const BarrierRule* CampaignPlan::barrier(std::string_view barrier) const {
    return find_by(barriers, [&](const BarrierRule& each) { return each.name == barrier; });
}

bool CampaignPlan::is_counted(v1::State phase) const {
    return at_most && (phase == v1::STATE_PILOT || phase == v1::STATE_PRODUCTION);
}

bool CampaignPlan::has_gate(std::string_view site, v1::State phase) const {
    if (is_counted(phase)) return true;
    return std::any_of(barriers.begin(), barriers.end(), [&](const BarrierRule& rule) {
        return rule.before == phase &&
               std::find(rule.holds.begin(), rule.holds.end(), site) != rule.holds.end();
    });
}

const SiteStanding* Campaign::standing(std::string_view site) const {
    return find_by(sites, [&](const SiteStanding& each) { return each.site == site; });
}

const GateState* Campaign::gate(std::string_view site, v1::State phase) const {
    return find_by(gates,
                   [&](const GateState& each) { return each.site == site && each.phase == phase; });
}

const Cut* Campaign::cut(std::string_view label) const {
    return find_by(cuts, [&](const Cut& each) { return each.label == label; });
}

}  // namespace ferry
