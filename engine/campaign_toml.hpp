#pragma once
/// A campaign as it is written: TOML (docs/campaigns.md says which keys there are). Whatever is
/// wrong is named with its place, all of it at once, and nothing that is not understood is passed
/// over. Pure; any thread.
#include "engine/campaign.hpp"
#include "engine/pack_toml.hpp"

namespace ferry {

struct CampaignReading {
    std::optional<CampaignPlan> plan;   ///< nothing where there are findings
    std::vector<PackFinding> findings;  ///< by line and column
};

CampaignReading read_campaign(std::string_view toml);

}  // namespace ferry
