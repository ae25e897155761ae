// A site's share of a rollback over several: planned, closed, set back once all are closed, and
// after a crash the rest of it, as its log says.
#include "events/hash.hpp"
#include "projections/rollback_moves.hpp"
#include "tests/simulation/site.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

using Verdict = JointAnswer::Verdict;

RollbackStamp stamp_of(const JointAsk& ask) {
    return {ask.id, "dana", "simulated", ask.cut, ask.selectors, false, ask.whole_plan_hash};
}

const OpenRollback* open_rollback(const Fleet& fleet, const std::string& id) {
    const auto found = std::ranges::find(fleet.rollbacks, id, &OpenRollback::id);
    return found == fleet.rollbacks.end() ? nullptr : &*found;
}

/// Over several sites no scope is opened before all are closed, so a start stands alone.
void split_start(RollbackCommits& commits) {
    if (commits.front().size() == 1) return;
    std::vector<v1::StoredEvent> start{std::move(commits.front().front())};
    commits.front().erase(commits.front().begin());
    commits.insert(commits.begin(), std::move(start));
}

std::vector<EntityNumber> scope_of(const Fleet& fleet, const std::vector<std::string>& selectors) {
    std::vector<EntityNumber> scope;
    for (const std::string& selector : selectors)
        if (const auto number = fleet.find(selector)) scope.push_back(*number);
    for (std::size_t number = 1; selectors.empty() && number <= fleet.size(); ++number)
        scope.push_back({number});
    return scope;
}

}  // namespace

void SiteNode::share(Node asker, const JointAsk& ask) {
    JointAnswer answer{ask.stage, ask.id, Verdict::done, nullptr};
    const std::uint64_t life = life_;
    switch (ask.stage) {
        case JointAsk::Stage::plan: {
            auto plan = std::make_shared<RollbackPlan>();
            answer.verdict = plan_share(ask, *plan);
            answer.plan = std::move(plan);
            break;
        }
        case JointAsk::Stage::close: answer.verdict = close_share(ask); break;
        case JointAsk::Stage::go:
            // It answers once all of it is set back.
            if (set_back_share(asker, ask)) return;
            break;
        case JointAsk::Stage::abandon: answer.verdict = abandon_share(ask); break;
    }
    if (life == life_) answers_.push_back({asker, std::move(answer)});
}

Verdict SiteNode::plan_share(const JointAsk& ask, RollbackPlan& plan) {
    const Fleet& fleet = process_->replica.fleet;
    const auto place = std::ranges::find(ask.cut, name(), &std::pair<std::string, Position>::first);
    // A copy that was begun anew may be behind the cut no more than its own log is.
    if (place == ask.cut.end() || fleet.position < place->second) return Verdict::refused;
    std::vector<EntityNumber> scope = scope_of(fleet, ask.selectors);
    plan = plan_to(place->second, scope, false);
    judge_.planned(scope, place->second, plan.executable());
    if (world_.planted(Plant::crossed_owner)) plan.left_behind.clear();
    if (!plan.executable()) return Verdict::refused;
    return plan.items.empty() ? Verdict::nothing : Verdict::done;
}

Verdict SiteNode::close_share(const JointAsk& ask) {
    const Fleet& fleet = process_->replica.fleet;
    const auto known = find_command(process_->replica, ask.id);
    demand(known.has_value(), name(), ": its index cannot be asked for a rollback");
    if (*known) return Verdict::done;
    Rollback share{ask.id, operators_node, {}, {}, {}, 0};
    if (rollback_ || !fleet.rollbacks.empty()) return Verdict::refused;
    if (plan_share(ask, share.plan) == Verdict::refused) return Verdict::refused;
    if (ask.expected && share.plan.hash != *ask.expected) return Verdict::refused;
    share.commits = commits_of(share.plan, stamp_of(ask), false);
    split_start(share.commits);
    world_.trace("closed", name(), share.plan.target.value);
    world_.totals[Count::decisions] += 1;
    if (!process_->writer.append(share.commits[share.next++])) {
        failed();
        return Verdict::refused;
    }
    closed_ = std::move(share);
    return Verdict::done;
}

bool SiteNode::set_back_share(Node asker, const JointAsk& ask) {
    if (rollback_) return true;
    const Fleet& fleet = process_->replica.fleet;
    const OpenRollback* open = open_rollback(fleet, ask.id);
    if (!open) return false;
    if (closed_ && closed_->id == ask.id) {
        rollback_ = std::move(closed_);
    } else {
        Rollback rest{ask.id, asker, {}, plan_to(open->target, numbers_of(open->scope), false),
                      {},     0};
        std::ranges::copy(bytes_of(open->plan_hash), rest.plan.hash.begin());
        rest.commits = commits_of(rest.plan, stamp_of(ask), true);
        rollback_ = std::move(rest);
    }
    closed_.reset();
    rollback_->asker = asker;
    rollback_->ended = JointAnswer{ask.stage, ask.id, Verdict::done, nullptr};
    world_.trace("set back", name(), rollback_->plan.target.value);
    return true;
}

Verdict SiteNode::abandon_share(const JointAsk& ask) {
    const OpenRollback* open = open_rollback(process_->replica.fleet, ask.id);
    if (!open) return Verdict::done;
    RollbackStamp stamp = stamp_of(ask);
    stamp.id = "abandon-" + ask.id;
    v1::StoredEvent event = abandoned(*open, stamp);
    if (rollback_ && rollback_->id == ask.id) rollback_.reset();
    closed_.reset();
    world_.trace("abandoned", name(), process_->replica.fleet.position.value);
    if (!process_->writer.append(std::span(&event, 1))) failed();
    return Verdict::done;
}

/// Earlier rollbacks whose last moves back this one has closed are settled.
bool SiteNode::settle_earlier(const std::string& id) {
    auto events = settlements(process_->replica.fleet, {id, "dana", "simulated", {}, {}, false});
    return events.empty() || process_->writer.append(events);
}

}  // namespace ferry::simulation
