#include "engine/campaign_steps.hpp"

#include "engine/campaign_machine.hpp"
#include "engine/campaign_rules.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

using Decided = std::optional<v1::StoredEvent>;

/// The id of a decision follows from what is decided and how often it was before: whoever decides
/// the same again after a crash gives it the same id.
v1::StoredEvent event_of(const Campaign& campaign, const std::string& what) {
    v1::StoredEvent event;
    event.set_command_id(fmt::format("{}/{}", campaign.plan.name, what));
    return event;
}

template <class Body>
void add_premises(Body& body, const Campaign& campaign, std::span<const std::string> sites) {
    for (const std::string& name : sites) {
        const SiteStanding* standing = campaign.standing(name);
        if (!standing) continue;
        auto& premise = *body.add_premises();
        premise.set_site(name);
        premise.set_position(standing->position.value);
        premise.set_finished(standing->finished);
        premise.set_restores(standing->restores);
        premise.set_failed(standing->failed);
    }
}

std::vector<std::string> names_of(const CampaignPlan& plan) {
    std::vector<std::string> names;
    names.reserve(plan.sites.size());
    for (const CampaignSite& site : plan.sites) names.push_back(site.name);
    return names;
}

/// A report that nothing hangs on can wait so long.
constexpr std::chrono::seconds unhurried{60};

/// What a decision may stand on has changed.
bool differs(const SiteStanding& a, const SiteStanding& b) {
    return a.begun != b.begun || a.finished != b.finished || a.failed != b.failed ||
           a.restores != b.restores || a.rolling_back != b.rolling_back || a.seen != b.seen;
}

/// Whether the site is to be reported. That users are moved, or that its log only grew, is told
/// once in a while and when the site has come to rest, so that the campaign's log stays short.
bool is_due(const SiteStanding& known, const SiteStanding& now, Time time) {
    // A log that is shorter than what was read of it is not the one that was read.
    if (now.position < known.position) return false;
    if (differs(known, now)) return true;
    return now.position > known.position && (now.last_contact >= known.last_contact + unhurried ||
                                             time >= now.last_contact + unhurried);
}

Decided report(const Campaign& campaign, std::span<const SiteStanding> observed, Time time) {
    for (const SiteStanding& now : observed) {
        const SiteStanding* known = campaign.standing(now.site);
        if (!campaign.plan.site(now.site) || (known && !is_due(*known, now, time))) continue;
        v1::StoredEvent event =
            event_of(campaign, fmt::format("report/{}/{}", now.site, now.position.value));
        auto& body = *event.mutable_site_reported();
        body.set_site(now.site);
        body.set_position(now.position.value);
        body.set_head(now.head);
        body.set_begun(now.begun);
        body.set_finished(now.finished);
        body.set_members(now.members);
        body.set_in_pilot(now.in_pilot);
        body.set_moved(now.moved);
        body.set_failed(now.failed);
        body.set_restores(now.restores);
        body.set_rolling_back(now.rolling_back);
        body.set_seen(now.seen.value);
        body.set_last_contact(
            static_cast<std::uint64_t>(now.last_contact.time_since_epoch().count()));
        return event;
    }
    return std::nullopt;
}

v1::StoredEvent move_campaign(const Campaign& campaign, Trigger trigger, std::string cause) {
    const ferry::Step asked = machine::step_campaign(trigger, campaign.state);
    FERRY_ASSERT(asked.verdict == Verdict::accepted, "a campaign's machine has no such row");
    v1::StoredEvent event = event_of(campaign, fmt::format("moved/{}", campaign.moves + 1));
    auto& body = *event.mutable_campaign_moved();
    body.set_from(asked.transitions.front().from);
    body.set_to(asked.transitions.front().to);
    body.set_command(action_of(trigger));
    body.set_cause(std::move(cause));
    add_premises(body, campaign, names_of(campaign.plan));
    return event;
}

v1::StoredEvent move_barrier(const Campaign& campaign, std::size_t index, Trigger trigger) {
    const BarrierRule& rule = campaign.plan.barriers[index];
    const BarrierState& barrier = campaign.barriers[index];
    const ferry::Step asked = machine::step_campaign(trigger, barrier.state);
    FERRY_ASSERT(asked.verdict == Verdict::accepted, "a barrier's machine has no such row");
    const v1::State to = asked.transitions.front().to;
    v1::StoredEvent event = event_of(
        campaign, fmt::format("barrier/{}/{}/{}", rule.name, barrier.passes + 1, word(to)));
    auto& body = *event.mutable_barrier_moved();
    body.set_barrier(rule.name);
    body.set_from(barrier.state);
    body.set_to(to);
    body.set_by_quorum(to == v1::STATE_BARRIER_PASSED && arrived(campaign, rule) < rule.of.size());
    add_premises(body, campaign, rule.of);
    return event;
}

v1::StoredEvent move_gate(const Campaign& campaign, const GateState& gate, Trigger trigger,
                          std::string cause) {
    const ferry::Step asked = machine::step_campaign(trigger, gate.state);
    FERRY_ASSERT(asked.verdict == Verdict::accepted, "a gate's machine has no such row");
    v1::StoredEvent event = event_of(
        campaign, fmt::format("gate/{}/{}/{}", gate.site, word(gate.phase), gate.moves + 1));
    auto& body = *event.mutable_gate_moved();
    body.set_site(gate.site);
    body.set_phase(gate.phase);
    body.set_from(gate.state);
    body.set_to(asked.transitions.front().to);
    body.set_cause(std::move(cause));
    add_premises(body, campaign, names_of(campaign.plan));
    return event;
}

/// What a rollback took away closes again, also while the campaign is held.
Decided close(const Campaign& campaign) {
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i)
        if (is_undercut(campaign, i)) return move_barrier(campaign, i, Trigger::barrier_undercut);
    for (const GateState& gate : campaign.gates) {
        if (gate.state != v1::STATE_GATE_OPEN) continue;
        if (const BarrierRule* missing = missing_barrier(campaign, gate.site, gate.phase))
            return move_gate(campaign, gate, Trigger::barrier_closed,
                             fmt::format("barrier {} was undercut by a rollback", missing->name));
    }
    if (campaign.state != v1::STATE_CAMPAIGN_COMPLETED) return std::nullopt;
    if (auto site = undercut_site(campaign))
        return move_campaign(campaign, Trigger::completion_undercut,
                             fmt::format("a rollback took {} back", *site));
    return std::nullopt;
}

Decided hold(const Campaign& campaign, Time now) {
    for (const CampaignSite& site : campaign.plan.sites)
        if (auto cause = over_budget(campaign, site)) {
            v1::StoredEvent event =
                move_campaign(campaign, Trigger::hold_campaign, std::move(*cause));
            if (campaign.plan.over_budget == OverBudget::propose_rollback)
                event.mutable_campaign_moved()->set_rollback_proposed(site.name);
            return event;
        }
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        const BarrierRule& rule = campaign.plan.barriers[i];
        if (!is_timed_out(campaign, i, now) || enough_arrived(campaign, i, now)) continue;
        return move_campaign(
            campaign, Trigger::hold_campaign,
            fmt::format("barrier {}: {} of {} had finished {} when its time-out of {} minutes was "
                        "over; missing: {}",
                        rule.name, arrived(campaign, rule), rule.of.size(), word(rule.after),
                        std::chrono::duration_cast<std::chrono::minutes>(rule.timeout).count(),
                        fmt::join(missing_sites(campaign, rule), ", ")));
    }
    return std::nullopt;
}

Decided advance(const Campaign& campaign, Time now) {
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        const v1::State state = campaign.barriers[i].state;
        const std::size_t there = arrived(campaign, campaign.plan.barriers[i]);
        if (state == v1::STATE_BARRIER_WAITING && there > 0)
            return move_barrier(campaign, i, Trigger::first_site_arrived);
        if (state == v1::STATE_BARRIER_GATHERING && there == 0)
            return move_barrier(campaign, i, Trigger::all_sites_left);
        if (state == v1::STATE_BARRIER_GATHERING && enough_arrived(campaign, i, now))
            return move_barrier(campaign, i, Trigger::enough_arrived);
    }
    for (const GateState& gate : campaign.gates)
        if (gate.state == v1::STATE_GATE_CLOSED && may_open(campaign, gate))
            return move_gate(campaign, gate, Trigger::barriers_passed, {});
    if (all_finished(campaign)) return move_campaign(campaign, Trigger::all_sites_finished, {});
    return std::nullopt;
}

Trigger campaign_trigger_of(v1::Action action) {
    switch (action) {
        case v1::ACTION_START_CAMPAIGN: return Trigger::start_campaign;
        case v1::ACTION_HOLD_CAMPAIGN: return Trigger::hold_campaign;
        case v1::ACTION_RESUME_CAMPAIGN: return Trigger::resume_campaign;
        default: return Trigger::cancel_campaign;
    }
}

}  // namespace

std::optional<v1::StoredEvent> next_step(const Campaign& campaign,
                                         std::span<const SiteStanding> observed, Time now) {
    if (campaign.state == v1::STATE_CAMPAIGN_CANCELLED) return std::nullopt;
    if (auto reported = report(campaign, observed, now)) return reported;
    if (campaign.state == v1::STATE_CAMPAIGN_PLANNED) return std::nullopt;
    if (auto closed = close(campaign)) return closed;
    if (campaign.state != v1::STATE_CAMPAIGN_RUNNING) return std::nullopt;
    if (auto held = hold(campaign, now)) return held;
    return advance(campaign, now);
}

Result<v1::StoredEvent> steered(const Campaign& campaign, v1::Action action) {
    const Trigger trigger = campaign_trigger_of(action);
    if (machine::step_campaign(trigger, campaign.state).verdict == Verdict::accepted)
        return move_campaign(campaign, trigger, {});
    std::vector<std::string_view> possible;
    for (const TableRow& row : machine::campaign_table())
        if (row.from == campaign.state && action_of(row.trigger) != v1::ACTION_UNSPECIFIED)
            possible.push_back(word(action_of(row.trigger)));
    return fail(
        Errc::not_allowed,
        fmt::format("campaign {} is {}: {} is not possible from there{}", campaign.plan.name,
                    word(campaign.state), word(action),
                    possible.empty() ? std::string("; it takes no more commands")
                                     : fmt::format("; possible: {}", fmt::join(possible, ", "))));
}

bool has_half_open_gate(const Campaign& campaign) {
    return std::ranges::any_of(campaign.gates, [&](const GateState& gate) {
        const bool free = !missing_barrier(campaign, gate.site, gate.phase);
        if (gate.state == v1::STATE_GATE_OPEN) return !free;
        return campaign.state == v1::STATE_CAMPAIGN_RUNNING && may_open(campaign, gate);
    });
}

std::optional<std::string> unjustified(const Campaign& before, const v1::StoredEvent& event,
                                       Time recorded) {
    const bool runs = before.state == v1::STATE_CAMPAIGN_RUNNING;
    if (event.has_barrier_moved() && event.barrier_moved().to() == v1::STATE_BARRIER_PASSED) {
        const auto& body = event.barrier_moved();
        for (std::size_t i = 0; i < before.barriers.size(); ++i) {
            if (before.plan.barriers[i].name != body.barrier()) continue;
            if (before.barriers[i].state == v1::STATE_BARRIER_PASSED)
                return fmt::format("barrier {} was passed twice", body.barrier());
            if (!runs || !enough_arrived(before, i, recorded))
                return fmt::format("barrier {} was passed early", body.barrier());
        }
    }
    if (event.has_gate_moved() && event.gate_moved().to() == v1::STATE_GATE_OPEN) {
        const auto& body = event.gate_moved();
        const GateState* gate = before.gate(body.site(), body.phase());
        const std::string named =
            fmt::format("the gate of {} to {}", body.site(), word(body.phase()));
        if (!gate) return named + " is none of the plan's";
        if (gate->state == v1::STATE_GATE_OPEN) return named + " was opened twice";
        if (!runs || !may_open(before, *gate)) return named + " was opened early";
    }
    return std::nullopt;
}

}  // namespace ferry
