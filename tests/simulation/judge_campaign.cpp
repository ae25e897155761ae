// What the campaign's log must be: nothing reported that was not so, no barrier passed and no gate
// opened early or twice.
#include "tests/simulation/judge.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

constexpr std::string_view of_one_barrier = "paris-after-lyon";

}  // namespace

CampaignJudge::CampaignJudge(Surroundings& world, Disk& disk, std::string log)
    : world_(world), replica_(std::make_unique<DiskLog>(disk, std::move(log), false)) {
    replica_.keeps_index = false;
    replica_.on_commit = [this](const CommitView& commit) {
        ++world_.totals[Count::commits];
        proof_.follow(commit, [](const Discrepancy& found) { demand(false, found.what); });
        for_each_event(commit,
                       [&](const PlacedEvent&, const v1::StoredEvent& event) { judge(event); });
        history_[commit.header.last().value] = gates_;
    };
}

void CampaignJudge::follow() {
    const auto read = replica_.catch_up();
    demand(read.has_value(), "the campaign's log cannot be read");
    const auto whole = replica_.check_not_truncated();
    demand(whole.has_value(), "what was synced is gone: ", whole ? "" : whole.error().message);
}

const Gates* CampaignJudge::gates_at(Position position) const {
    const auto found = history_.find(position.value);
    return found == history_.end() ? nullptr : &found->second;
}

const Milestone* CampaignJudge::milestone(const std::string& name, Position position) const {
    return site(name).milestone(position);
}

void CampaignJudge::judge(const v1::StoredEvent& event) {
    if (event.has_cut_taken()) judge_cut(event.cut_taken());
    if (event.has_site_reported()) judge_report(event.site_reported());
    if (event.has_barrier_moved()) judge_barrier(event.barrier_moved());
    if (event.has_gate_moved()) judge_gate(event.gate_moved());
}

void CampaignJudge::judge_report(const v1::SiteReported& report) {
    const Milestone* then = milestone(report.site(), {report.position()});
    demand(then, "the coordinator reports ", report.site(), " at position ",
           std::to_string(report.position()), ", where no commit ends");
    demand(then->restores == report.restores(), "the report of ", report.site(), " at ",
           std::to_string(report.position()), " misses a rollback");
    demand(report.finished() < v1::STATE_PILOT || then->piloted, "the report of ", report.site(),
           " at ", std::to_string(report.position()), " says that its pilot is done");
    demand(report.finished() < v1::STATE_PRODUCTION || then->produced, "the report of ",
           report.site(), " at ", std::to_string(report.position()), " says that all have moved");
    demand(!then->produced || report.finished() >= v1::STATE_PRODUCTION, "the report of ",
           report.site(), " at ", std::to_string(report.position()), " hides that all have moved");
    for (auto& [barrier, passed] : passed_) {
        const auto found = passed.premises.find(report.site());
        if (found == passed.premises.end()) continue;
        Premise& premise = found->second;
        premise.stands = has_finished(barrier, *then) ||
                         (premise.finished && then->restores == premise.restores);
    }
}

bool CampaignJudge::has_finished(const std::string& barrier, const Milestone& then) const {
    return barrier == of_one_barrier ? then.produced : then.piloted;
}

void CampaignJudge::demand_none_undercut(const std::string& before) const {
    for (const auto& [barrier, passed] : passed_) {
        std::size_t standing = 0;
        for (const auto& [name, premise] : passed.premises) standing += premise.stands ? 1 : 0;
        demand(standing >= passed.needed, "barrier ", barrier, " is left passed, which a rollback ",
               "undercut, when ", before);
    }
}

void CampaignJudge::judge_barrier(const v1::BarrierMoved& moved) {
    const auto known = barriers_.emplace(moved.barrier(), v1::STATE_BARRIER_WAITING).first;
    demand(known->second == moved.from() && moved.from() != moved.to(), "barrier ", moved.barrier(),
           " moves from where it is not, or twice");
    known->second = moved.to();
    if (moved.from() == v1::STATE_BARRIER_PASSED) {
        ++world_.totals[Count::undercut];
        passed_.erase(moved.barrier());
    }
    if (moved.to() != v1::STATE_BARRIER_PASSED) return;
    ++world_.totals[Count::barriers];
    demand_none_undercut("barrier " + moved.barrier() + " passes");
    const auto& rules = campaign()->plan.barriers;
    const auto rule = std::ranges::find(rules, moved.barrier(), &BarrierRule::name);
    demand(rule != rules.end() &&
               (moved.by_quorum() || moved.premises_size() == static_cast<int>(rule->of.size())),
           "barrier ", moved.barrier(), " passes without its premises");
    Passed passed;
    for (const std::string& each : rule->of) passed.premises[each] = {};
    std::size_t finished = 0;
    for (const v1::SitePremise& premise : moved.premises()) {
        const Milestone* then = milestone(premise.site(), {premise.position()});
        demand(then && then->restores == premise.restores(), "barrier ", moved.barrier(),
               " passes on what a rollback took back in ", premise.site());
        const bool done = has_finished(moved.barrier(), *then);
        finished += done ? 1 : 0;
        passed.premises[premise.site()] = {premise.restores(), done, done};
    }
    demand(moved.by_quorum() == (finished < rule->of.size()), "barrier ", moved.barrier(),
           " says otherwise than it is that some are missing");
    passed.needed = moved.by_quorum() ? rule->quorum.value_or(rule->of.size()) : rule->of.size();
    demand(finished >= passed.needed, "barrier ", moved.barrier(),
           " passes early: ", std::to_string(finished), " had finished");
    if (moved.by_quorum()) ++world_.totals[Count::quorums];
    passed_[moved.barrier()] = std::move(passed);
}

void CampaignJudge::judge_gate(const v1::GateMoved& moved) {
    const std::pair key(moved.site(), int{moved.phase()});
    const auto known = gates_.emplace(key, v1::STATE_GATE_CLOSED).first;
    demand(known->second == moved.from() && moved.from() != moved.to(), "the gate of ",
           moved.site(), " moves from where it is not, or twice");
    known->second = moved.to();
    if (moved.to() != v1::STATE_GATE_OPEN) return;
    ++world_.totals[Count::gates];
    demand_none_undercut("the gate of " + moved.site() + " opens");
    for (const BarrierRule& rule : campaign()->plan.barriers) {
        const bool held = rule.before == moved.phase() &&
                          std::ranges::find(rule.holds, moved.site()) != rule.holds.end();
        demand(!held || barriers_[rule.name] == v1::STATE_BARRIER_PASSED, "the gate of ",
               moved.site(), " opens before barrier ", rule.name);
    }
}

}  // namespace ferry::simulation
