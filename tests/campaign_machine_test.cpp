// The machine of campaigns, barriers and gates.
#include "engine/campaign_machine.hpp"

#include <doctest/doctest.h>

namespace ferry {
namespace {

v1::State after(Trigger trigger, v1::State from) {
    const Step step = machine::step_campaign(trigger, from);
    return step.verdict == Verdict::accepted ? step.transitions.front().to : v1::STATE_UNSPECIFIED;
}

TEST_CASE("every row of the campaign's table leads where it says") {
    CHECK(machine::campaign_table().size() == 14);
    for (const TableRow& row : machine::campaign_table())
        CHECK(after(row.trigger, row.from) == row.to);
}

TEST_CASE("a campaign takes no command that its state has no row for") {
    CHECK(after(Trigger::resume_campaign, v1::STATE_CAMPAIGN_RUNNING) == v1::STATE_UNSPECIFIED);
    CHECK(after(Trigger::start_campaign, v1::STATE_CAMPAIGN_HELD) == v1::STATE_UNSPECIFIED);
    for (const Trigger trigger : {Trigger::start_campaign, Trigger::hold_campaign,
                                  Trigger::resume_campaign, Trigger::cancel_campaign})
        CHECK(after(trigger, v1::STATE_CAMPAIGN_CANCELLED) == v1::STATE_UNSPECIFIED);
}

TEST_CASE("a barrier passes once, and again only after it was undercut") {
    CHECK(after(Trigger::enough_arrived, v1::STATE_BARRIER_WAITING) == v1::STATE_UNSPECIFIED);
    CHECK(after(Trigger::enough_arrived, v1::STATE_BARRIER_PASSED) == v1::STATE_UNSPECIFIED);
    CHECK(after(Trigger::barrier_undercut, v1::STATE_BARRIER_PASSED) == v1::STATE_BARRIER_WAITING);
}

}  // namespace
}  // namespace ferry
