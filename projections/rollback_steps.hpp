#pragma once
/// How a plan becomes commits: one where everything fits one, else a closed scope, restores that
/// leave every standing rule true after each commit, and a proof at the end. Pure: only the writer
/// appends.
#include "events/commit.hpp"
#include "projections/rollback_plan.hpp"

#include <functional>

namespace ferry {

/// Who rolls back, under which id (of the rollback and of all its events), and what was asked, so
/// that a rollback over several sites can be resumed from any of them.
struct RollbackStamp {
    std::string id;
    std::string actor;
    std::string reason;
    std::vector<std::pair<std::string, Position>> cut;  ///< target of each site; empty for one site
    std::vector<std::string> selectors;
    bool with_members = false;
    std::string whole_plan_hash{};  ///< over all sites; empty for one site
};

/// Events to be appended as one commit each, in order. The last commit holds RollbackFinished,
/// whose digest the executor fills in from the state it has then reached.
using RollbackCommits = std::vector<std::vector<v1::StoredEvent>>;

/// `resumed`: the scope is closed already, so no RollbackStarted is made. Errc::bad_input where the
/// members that must change together with their pool do not fit one commit. `events_max` is smaller
/// than a commit's only where a test wants many commits from a small estate.
Result<RollbackCommits> rollback_commits(const RollbackPlan& plan, const Fleet& now,
                                         const RollbackStamp& stamp, bool resumed,
                                         std::size_t events_max = commit_events_max);

/// RollbackAbandoned for an open rollback: what was set back stays so, and the scope opens.
v1::StoredEvent abandoned(const OpenRollback& rollback, const RollbackStamp& stamp);

}  // namespace ferry
