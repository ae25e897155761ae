#pragma once
/// A rollback from what was asked to its proof: planned, shown, agreed to and run. One thread.
#include "cli/rollback_question.hpp"

namespace ferry {

struct RollbackOptions {
    RollbackRequest request;
    std::string expect;
    std::string resume;
    std::string abandon;
    bool yes = false;
    bool whole = false;  ///< every entity of the plan is listed
};

/// Prints the plan and, unless this is a dry run, asks and runs it. The exit code stays 0 where
/// nothing differs.
ExitCode plan_and_run(Session& session, Sites& sites, RollbackOptions& options);

}  // namespace ferry
