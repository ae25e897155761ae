#pragma once
/// Gives many planned commands in batches, each entity's in order until its first refusal.
#include "cli/advance_plan.hpp"
#include "cli/tally.hpp"

namespace ferry {

/// The step of a machine that `action` is.
void set_action(v1::Command& command, v1::Action action);

/// Fills the tally as the answers come. `what` names it on the progress line, such as `advancing`.
/// After an error of a log the tally says what was done before it.
Result<std::vector<bool>> run_passage(Session& session, Sites& sites, const AdvancePlan& plan,
                                      const std::string& what, Tally& tally);

}  // namespace ferry
