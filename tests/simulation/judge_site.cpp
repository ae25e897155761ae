// What a site's log must be: all that was acknowledged, once; phases entered through open gates
// alone; rollbacks that set back what they say; and memory that is what the log says.
#include "projections/digest.hpp"
#include "tests/simulation/judge.hpp"

namespace ferry::simulation {

namespace {

/// By nothing but what stands in the fleet; the engine's own rule is what this is compared with.
Milestone milestone_of(const Fleet& fleet) {
    Milestone found{true, true, fleet.restores};
    std::vector<bool> behind(fleet.entities.size());  // pools with a member before pilot
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& each = fleet.at({number});
        if (!each.is_member() || !each.present()) continue;
        if (each.lifecycle < v1::STATE_PILOT) behind[each.pool] = true;
        found.produced = found.produced && each.lifecycle >= v1::STATE_PRODUCTION &&
                         each.transfer != v1::STATE_MOVING;
    }
    bool pools = false;
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& each = fleet.at({number});
        if (each.kind != v1::KIND_POOL || each.away) continue;
        pools = true;
        const bool piloted =
            each.lifecycle > v1::STATE_PILOT ||
            (each.lifecycle == v1::STATE_PILOT && (each.pilot_ran || !behind[number]));
        found.piloted = found.piloted && piloted;
        found.produced = found.produced && each.lifecycle >= v1::STATE_PRODUCTION;
    }
    found.piloted = found.piloted && pools;
    found.produced = found.produced && pools;
    return found;
}

std::uint64_t hash_of(const std::string& id) { return std::hash<std::string>()(id); }

/// A rollback keeps its id over all of its commits.
bool is_rollback(std::string_view command) { return command.starts_with("rb-"); }

}  // namespace

SiteJudge::SiteJudge(Surroundings& world, const CampaignJudge& campaign, Disk& disk,
                     std::string site)
    : world_(world),
      campaign_(campaign),
      site_(std::move(site)),
      replica_(std::make_unique<DiskLog>(disk, site_, false)) {
    replica_.keeps_index = false;
    replica_.on_commit = [this](const CommitView& commit) {
        ++world_.totals[Count::commits];
        commit_first_ = commit.header.first;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            judge(placed.position, event);
        });
        milestones_[commit.header.last().value] = milestone_of(replica_.fleet);
    };
}

void SiteJudge::follow() {
    const auto read = replica_.catch_up();
    demand(read.has_value(), site_, ": ", read ? "" : read.error().message);
    demand(!replica_.damage, site_,
           ": its log is damaged: ", replica_.damage ? replica_.damage->reason : "");
    demand(!replica_.fleet.unknown, site_, ": its log holds what no build knows");
}

void SiteJudge::examine_disk() {
    const auto whole = replica_.check_not_truncated();
    demand(whole.has_value(), site_,
           ": what was synced is gone: ", whole ? "" : whole.error().message);
}

void SiteJudge::compare(const Fleet& running) {
    ++world_.totals[Count::rebuilds];
    demand(running.position == replica_.fleet.position, site_, ": memory is at ",
           std::to_string(running.position.value), " and its log ends at ",
           std::to_string(replica_.fleet.position.value));
    demand(fleet_digest(running) == fleet_digest(replica_.fleet), site_,
           ": a projection is not what its log says at ", std::to_string(running.position.value));
}

const Milestone* SiteJudge::milestone(Position position) const {
    const auto found = milestones_.find(position.value);
    return found == milestones_.end() ? nullptr : &found->second;
}

void SiteJudge::heard(const v1::Command& asked) {
    if (!asked.has_report_move()) return;
    const auto known = report_ids_.emplace(asked.report_move().move(), asked.command_id()).first;
    demand(known->second == asked.command_id(), site_, ": move ", asked.report_move().move(),
           " is reported under two ids");
}

void SiteJudge::told(const v1::Command& asked, const v1::CommandResult& answer) {
    if (answer.outcome() != "DONE") return;
    demand(answer.position() <= replica_.fleet.position.value, site_, ": ", asked.command_id(),
           " was acknowledged before it was synced");
    const auto [before, first] =
        told_.emplace(hash_of(asked.command_id()), Told{answer.position(), answer.version()});
    if (first) ++world_.totals[Count::acknowledged];
    told_to_ = std::max(told_to_, answer.position());
    demand(
        before->second.position == answer.position() && before->second.version == answer.version(),
        site_, ": ", asked.command_id(), " has two answers");
    // Who asks for what was done already is told where, under whatever id that was.
    if (asked.has_accept() || asked.has_decline()) return;
    const auto done = done_.find(hash_of(asked.command_id()));
    demand(done != done_.end(), site_, ": ", asked.command_id(),
           " was acknowledged and stands nowhere");
}

void SiteJudge::examine_answers() {
    demand(told_to_ <= replica_.fleet.position.value, site_, ": what was acknowledged at ",
           std::to_string(told_to_), " is lost");
}

void SiteJudge::judge(Position position, const v1::StoredEvent& event) {
    judge_command(position, event);
    using Body = v1::StoredEvent::BodyCase;
    switch (event.body_case()) {
        case Body::kCampaignSeen: return judge_seen(event.campaign_seen());
        case Body::kTransitioned:
            return judge_transition(position, event.transitioned(), event.entity());
        case Body::kMoveSucceeded:
        case Body::kMoveFailed:
        case Body::kMoveReportedLate: return judge_report(position, event);
        case Body::kWavePlanned: ++world_.totals[Count::waves]; return;
        case Body::kReleased:
            ++world_.totals[Count::releases];
            home_moved_[event.entity()] = position;
            break;
        case Body::kAccepted: judge_acceptance(position, event); break;
        case Body::kApproved: agreed_.emplace(event.approved().plan_hash(), event.actor()); return;
        case Body::kSiteTakenOver: judge_taking(event); break;
        case Body::kReleaseDeclined: ++world_.totals[Count::declines]; return;
        case Body::kRollbackStarted: return judge_start(event.rollback_started());
        case Body::kRestored: return judge_restored(event.restored());
        case Body::kRollbackFinished: return judge_rollback(event.rollback_finished());
        default: return;
    }
    homes_changed = true;
}

void SiteJudge::judge_command(Position position, const v1::StoredEvent& event) {
    if (event.command_id().empty() || is_rollback(event.command_id())) return;
    const auto [done, first] =
        done_.emplace(hash_of(event.command_id()), Done{commit_first_, position});
    demand(done->second.commit == commit_first_, site_, ": ", event.command_id(),
           " was done twice, at ", std::to_string(done->second.last.value), " and at ",
           std::to_string(position.value));
    done->second.last = position;
}

void SiteJudge::judge_seen(const v1::CampaignSeen& seen) {
    const Gates* gates = campaign_.gates_at({seen.position()});
    demand(gates, site_, ": sees the campaign at ", std::to_string(seen.position()),
           ", where no commit ends");
    for (const v1::SeenGate& gate : seen.gates()) {
        const auto found = gates->find({site_, int{gate.phase()}});
        const v1::State then = found == gates->end() ? v1::STATE_GATE_CLOSED : found->second;
        demand(gate.state() == then, site_, ": sees a gate otherwise than it was at ",
               std::to_string(seen.position()));
        gates_seen_[gate.phase()] = gate.state();
    }
    // What was given up asks nothing of anybody.
    if (seen.state() == v1::STATE_CAMPAIGN_CANCELLED) gates_seen_.clear();
}

void SiteJudge::judge_transition(Position position, const v1::Transitioned& moved,
                                 std::uint64_t entity) {
    if (moved.region() != v1::REGION_LIFECYCLE || !replica_.fleet.knows({entity}) ||
        replica_.fleet.at({entity}).kind != v1::KIND_POOL)
        return;
    const auto gate = gates_seen_.find(moved.to());
    demand(gate == gates_seen_.end() || gate->second == v1::STATE_GATE_OPEN, site_,
           ": enters a phase through a closed gate at ", std::to_string(position.value));
}

void SiteJudge::judge_report(Position position, const v1::StoredEvent& event) {
    const bool late = event.has_move_reported_late();
    const std::string& move = late                      ? event.move_reported_late().move()
                              : event.has_move_failed() ? event.move_failed().move()
                                                        : event.move_succeeded().move();
    const bool back =
        event.has_move_succeeded() ? event.move_succeeded().back() : event.move_failed().back();
    ++world_.totals[late ? Count::late_reports : back ? Count::moves_back : Count::moves];
    demand(++reports_[move] == 1, site_, ": move ", move, " is reported twice, again at ",
           std::to_string(position.value));
}

}  // namespace ferry::simulation
