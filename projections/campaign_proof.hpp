#pragma once
/// Whether a campaign's log keeps what it promises: no barrier is passed and no gate is opened
/// early or twice, judged event by event by what stood in the log before it. Of any other log it
/// holds nothing. One thread.
#include "engine/fleet.hpp"
#include "events/commit.hpp"
#include "projections/event_order.hpp"

namespace ferry {

class CampaignProof {
public:
    /// Commits that count, in order from the first. `note` is told what is wrong.
    void follow(const CommitView& commit, const std::function<void(Discrepancy)>& note);

private:
    Fleet fleet_;
    bool is_campaign_ = false;
};

}  // namespace ferry
