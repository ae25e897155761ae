#pragma once
/// From what was asked for on the command line to a plan per site: a moment and selectors, an
/// entity's latest transition, or a plan kept in a file.
#include "cli/rollback_run.hpp"

namespace ferry {

struct RollbackRequest {
    std::string to;
    std::string last;
    std::string plan_file;
    std::vector<std::string> selectors;
    bool with_members = false;
};

/// Errors: usage and bad_input; not_allowed where the plan is stale or not the expected one, naming
/// what moved on. Selectors of a plan file are put into the request.
Result<std::vector<SiteRollback>> plan_request(Sites& sites, RollbackRequest& request,
                                               const std::string& expected_hash);

}  // namespace ferry
