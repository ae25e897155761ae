#pragma once
/// The machine of campaigns: what a campaign, each of its barriers and each gate of a site may do.
/// It has no guards: what a coordinator measured is the trigger. Stateless; any thread.
#include "engine/machine.hpp"

namespace ferry::machine {

/// `from` is a state of a campaign, a barrier or a gate, and says which of them is asked.
Step step_campaign(Trigger trigger, v1::State from);
const std::vector<TableRow>& campaign_table();

}  // namespace ferry::machine
