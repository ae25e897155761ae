#pragma once
/// Running a rollback over one site or several: all scopes are closed first, then it is committed
/// site by site; killed anywhere, `resume` goes on from what the logs say.
#include "cli/sites.hpp"
#include "projections/rollback_steps.hpp"

namespace ferry {

/// One site's share of a rollback.
struct SiteRollback {
    Site* site = nullptr;
    RollbackPlan plan;
    std::string shown;     ///< the target, for people
    bool started = false;  ///< its scope is closed already
};

/// Appends all of it. What was done so far stands, whatever fails. Errc::not_allowed where anything
/// has moved on since it was planned; then nothing was written in that site.
Result<void> run_rollback(Sites& sites, std::vector<SiteRollback>& parts,
                          const RollbackStamp& stamp);

/// Plans one site's share. The redeployed pools are looked up in the log.
Result<RollbackPlan> plan_for(Site& site, const Pack& pack, Position target,
                              std::vector<EntityNumber> scope, bool with_members);

/// The parts of the open rollback `id`, planned anew from where each site stands.
Result<std::vector<SiteRollback>> open_parts(Sites& sites, const std::string& id,
                                             RollbackStamp& stamp);

/// Opens the scopes of rollback `id` again and leaves what was set back as it is.
Result<std::size_t> abandon_rollback(Sites& sites, const std::string& id,
                                     const RollbackStamp& stamp);

}  // namespace ferry
