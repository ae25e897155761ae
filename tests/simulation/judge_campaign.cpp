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
    for (const auto& [barrier, premises] : passed_on_) {
        const auto premise = premises.find(report.site());
        if (premise == premises.end()) continue;
        const bool finished = barrier == of_one_barrier ? then->produced : then->piloted;
        if (then->restores > premise->second && !finished) undercut_[barrier].insert(report.site());
        else undercut_[barrier].erase(report.site());
    }
}

void CampaignJudge::demand_none_undercut(const std::string& before) const {
    for (const auto& [barrier, by] : undercut_)
        demand(by.empty(), "barrier ", barrier, " is left passed, which a rollback of ",
               by.empty() ? "" : *by.begin(), " undercut, when ", before);
}

void CampaignJudge::examine_barriers() const { demand_none_undercut("all is at rest"); }

void CampaignJudge::judge_barrier(const v1::BarrierMoved& moved) {
    const auto known = barriers_.emplace(moved.barrier(), v1::STATE_BARRIER_WAITING).first;
    demand(known->second == moved.from() && moved.from() != moved.to(), "barrier ", moved.barrier(),
           " moves from where it is not, or twice");
    known->second = moved.to();
    if (moved.from() == v1::STATE_BARRIER_PASSED) {
        ++world_.totals[Count::undercut];
        passed_on_.erase(moved.barrier());
        undercut_.erase(moved.barrier());
    }
    if (moved.to() != v1::STATE_BARRIER_PASSED) return;
    ++world_.totals[Count::barriers];
    const bool of_one = moved.barrier() == of_one_barrier;
    demand_none_undercut("barrier " + moved.barrier() + " passes");
    demand(moved.premises_size() == (of_one ? 1 : 3), "barrier ", moved.barrier(),
           " passes without its premises");
    for (const v1::SitePremise& premise : moved.premises()) {
        const Milestone* then = milestone(premise.site(), {premise.position()});
        demand(then && (of_one ? then->produced : then->piloted), "barrier ", moved.barrier(),
               " passes early: ", premise.site(), " had not finished at ",
               std::to_string(premise.position()));
        demand(then->restores == premise.restores(), "barrier ", moved.barrier(),
               " passes on what a rollback took back in ", premise.site());
        passed_on_[moved.barrier()][premise.site()] = premise.restores();
    }
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
