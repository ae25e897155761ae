// What a cut must be: a place in each site's log, such that nothing before one of them was caused
// by what lies after another; nobody between two sites there, no rollback half done, no gate half
// open.
#include "engine/done_commands.hpp"
#include "engine/home_evidence.hpp"
#include "events/hash.hpp"
#include "projections/as_of.hpp"
#include "tests/simulation/judge.hpp"

namespace ferry::simulation {

namespace {

using Then = std::map<std::string, Fleet>;

/// Everybody whom anybody knew was one site's.
void judge_owners(const Then& then, const std::string& label) {
    std::map<std::string, int> owners;
    for (const auto& [site, fleet] : then)
        for (std::size_t number = 1; number <= fleet.size(); ++number)
            if (const Entity& each = fleet.at({number}); each.kind != v1::KIND_WAVE)
                owners[std::string(fleet.id({number}))] += each.away ? 0 : 1;
    for (const auto& [entity, count] : owners) {
        demand(count > 0, "cut ", label, " is taken while ", entity, " is between sites");
        demand(count < 2, "cut ", label, " has ", entity, " in two sites");
    }
}

/// What was accepted or declined before a cut was released before it.
void judge_causes(const Then& then, const std::string& site, const std::string& label) {
    const auto before = [&](const std::string& transfer) {
        const auto name = parse_transfer(transfer);
        demand(name && name->position <= then.at(name->site).position, "cut ", label, ": ", site,
               " knows of ", transfer, ", which lies after it");
    };
    for (const auto& [number, arrivals] : then.at(site).arrivals)
        for (const ArrivalState& each : arrivals) before(each.transfer);
    for (const DeclinedTransfer& each : then.at(site).declined) before(each.transfer);
}

}  // namespace

void CampaignJudge::judge_cut(const v1::CutTaken& cut) {
    ++world_.totals[Count::cuts];
    Then then;
    for (const v1::CutPlace& place : cut.places()) {
        const SiteJudge& there = site(place.site());
        demand(there.milestone({place.position()}), "cut ", cut.label(), " names ", place.site(),
               " at ", std::to_string(place.position()), ", where no commit ends");
        const auto hash = commit_hash_at(there.replica(), {place.position()});
        demand(hash && place.head() == text_of(*hash), "cut ", cut.label(),
               " names another commit of ", place.site());
        auto fleet = fleet_as_of(*there.replica().log, {place.position()});
        demand(fleet.has_value(), place.site(), ": cannot be folded as of a cut");
        then.emplace(place.site(), std::move(*fleet));
    }
    demand(then.size() == campaign()->plan.sites.size(), "cut ", cut.label(), " leaves a site out");
    judge_owners(then, cut.label());
    for (const auto& [name, fleet] : then) {
        judge_causes(then, name, cut.label());
        demand(fleet.rollbacks.empty(), "cut ", cut.label(),
               " is taken in the middle of a rollback");
        for (const SeenCampaign& seen : fleet.campaigns)
            for (const SeenGate& gate : seen.gates) {
                const auto decided = gates_.find({name, int{gate.phase}});
                const v1::State state =
                    decided == gates_.end() ? v1::STATE_GATE_CLOSED : decided->second;
                demand(gate.state == state, "cut ", cut.label(), " is taken while a gate of ", name,
                       " is half open");
            }
    }
    for (const BarrierRule& rule : campaign()->plan.barriers)
        for (const std::string& held : rule.holds) {
            const auto gate = gates_.find({held, int{rule.before}});
            demand(gate == gates_.end() || gate->second != v1::STATE_GATE_OPEN ||
                       barriers_[rule.name] == v1::STATE_BARRIER_PASSED,
                   "cut ", cut.label(), " is taken while barrier ", rule.name,
                   " is closed before an open gate");
        }
}

}  // namespace ferry::simulation
