#pragma once
/// A rollback's plan for people and for files. Pure but for the stream.
#include "cli/rollback_run.hpp"

#include <boost/json/object.hpp>

namespace ferry {

/// One hash over all sites' plans: what is approved and what `--expect` names.
Hash whole_hash(const std::vector<SiteRollback>& parts);
std::string plan_hash(const std::vector<SiteRollback>& parts);

/// What was asked, kept in the file so that exactly this can be planned again.
struct RollbackQuestion {
    std::vector<std::string> selectors;
    bool with_members = false;
};

boost::json::object plan_json(const std::vector<SiteRollback>& parts,
                              const RollbackQuestion& question);

/// Grouped as reversible, reversible with loss and not reversible, each with its reasons; long
/// groups are cut unless `whole`.
void print_plan(std::ostream& out, const std::vector<SiteRollback>& parts, bool whole);

}  // namespace ferry
