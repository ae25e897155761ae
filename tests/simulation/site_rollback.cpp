// Rollbacks of one site: many small commits, between which it goes on with other things, and after
// a crash the rest of them.
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "tests/simulation/site.hpp"

namespace ferry::simulation {

RollbackPlan SiteNode::plan_to(Position target, std::vector<EntityNumber> scope,
                               bool with_members) {
    const auto then = fleet_as_of(*process_->replica.log, target);
    demand(then.has_value(), name(), ": cannot be folded as of ", std::to_string(target.value));
    return plan_rollback(
        {process_->replica.fleet, *then, pack_, std::move(scope), with_members, {}});
}

void SiteNode::begin_rollback(Node asker, const RollbackAsk& ask) {
    const Fleet& fleet = process_->replica.fleet;
    // Who asks again asks for the same: it was done, or is under way, or begins now.
    const auto known = find_command(process_->replica, ask.id);
    demand(known.has_value(), name(), ": its index cannot be asked for a rollback");
    const bool open = !fleet.rollbacks.empty();
    const bool joint = open && is_joint(fleet.rollbacks.front().id);
    if (joint || (!open && (*known || fleet.position.value < 20))) {
        answers_.push_back({asker, RollbackEnded{ask.id}});
        return;
    }
    Rollback rollback{ask.id, asker, RollbackEnded{ask.id}, {}, {}, 0};
    if (open) {
        rollback.id = fleet.rollbacks.front().id;
        rollback.ended = RollbackEnded{rollback.id};
        rollback.plan = plan_to(fleet.rollbacks.front().target,
                                numbers_of(fleet.rollbacks.front().scope), false);
        ++world_.totals[Count::resumed_rollbacks];
    } else {
        std::vector<EntityNumber> scope;
        for (std::size_t number = 1; number <= fleet.size(); ++number)
            if (!fleet.at({number}).away &&
                !fleet.arrivals.contains(static_cast<std::uint32_t>(number)))
                scope.push_back({number});
        rollback.plan = plan_to({10 + (fleet.position.value - 10) * ask.per_mille / 1000},
                                std::move(scope), ask.per_mille % 2 == 0);
        if (!rollback.plan.executable() || rollback.plan.items.empty()) {
            answers_.push_back({asker, RollbackEnded{ask.id}});
            return;
        }
    }
    const RollbackStamp stamp{rollback.id, "dana", "simulated", {}, {}, false};
    rollback.commits = commits_of(rollback.plan, stamp, open);
    rollback_ = std::move(rollback);
    world_.trace("rollback", name(), rollback_->plan.target.value);
    // Nothing may come between a plan and its first commit.
    const std::uint64_t life = life_;
    if (!write_rollback(rollback_->commits[rollback_->next]) && life == life_) failed();
    else if (life == life_) ++rollback_->next;
}

/// In whole commits, or in many small ones that a crash may come between.
RollbackCommits SiteNode::commits_of(const RollbackPlan& plan, const RollbackStamp& stamp,
                                     bool resumed) {
    auto commits = rollback_commits(plan, process_->replica.fleet, stamp, resumed,
                                    world_.chance(500) ? commit_events_max : 6);
    demand(commits.has_value(), name(), ": a rollback that may be done cannot be");
    return std::move(*commits);
}

bool SiteNode::write_rollback(std::vector<v1::StoredEvent>& events) {
    if (world_.planted(Plant::forged_rollback) && events.size() > 1 &&
        events.back().has_rollback_finished())
        for (auto each = events.begin(); each != events.end(); ++each)
            if (each->has_restored()) {
                events.erase(each);
                break;
            }
    const auto appended = process_->writer.append(
        events, [&](const Fleet& now, v1::StoredEvent& event) -> Result<void> {
            if (!event.has_rollback_finished()) return {};
            const Hash& claimed = rollback_->plan.digest;
            event.mutable_rollback_finished()->set_digest(claimed.data(), claimed.size());
            demand(world_.planted(Plant::forged_rollback) ||
                       decided_digest(now, rollback_->plan.scope) == claimed,
                   name(), ": a rollback does not lead where its plan says");
            return {};
        });
    world_.totals[Count::decisions] += events.size();
    return appended.has_value();
}

void SiteNode::roll_back() {
    if (rollback_->next < rollback_->commits.size()) {
        if (!write_rollback(rollback_->commits[rollback_->next])) return failed();
        ++rollback_->next;
        // Rollbacks are seldom, and what a crash between two of their commits leaves matters most.
        if (rollback_->next < rollback_->commits.size() && world_.chance(80)) return fall();
    }
    if (rollback_->next == rollback_->commits.size()) {
        if (is_joint(rollback_->id) && !settle_earlier(rollback_->id)) return failed();
        answers_.push_back({rollback_->asker, std::move(rollback_->ended)});
        rollback_.reset();
    }
    wait_for_disk();
}

}  // namespace ferry::simulation
