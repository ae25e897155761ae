#include "projections/campaign_proof.hpp"

#include "engine/campaign_steps.hpp"
#include "engine/evolve.hpp"

namespace ferry {

void CampaignProof::follow(const CommitView& commit, const std::function<void(Discrepancy)>& note) {
    if (commit.header.first.value != 1 && !is_campaign_) return;
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        if (placed.position.value == 1) is_campaign_ = is_campaign_log(event.log_created().site());
        if (!is_campaign_ || !placed.readable) return;
        if (fleet_.campaign)
            if (auto wrong = unjustified(*fleet_.campaign, event, commit.header.recorded))
                note({placed.position, std::move(*wrong)});
        evolve(fleet_, placed.position, commit.header.recorded, event);
    });
}

}  // namespace ferry
