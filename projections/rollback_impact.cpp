#include "projections/rollback_impact.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

void lose(PlanItem& item, std::string reason, std::string kind, std::string subject) {
    item.group = std::max(item.group, Reversibility::with_loss);
    item.reasons.push_back(std::move(reason));
    item.remediations.push_back({std::move(kind), std::move(subject)});
}

void forbid(PlanItem& item, std::string reason) {
    item.group = Reversibility::not_reversible;
    item.reasons.push_back(std::move(reason));
}

/// Whether a client can sign in on the side the entity returns to. A client that the table does not
/// know can, unless its family is newer than the legacy system.
bool signs_in(const Pack& pack, std::string_view client, bool new_side) {
    const ClientRule* rule = pack.rule_of(client);
    if (rule) return new_side ? rule->on_successor : rule->on_legacy;
    return new_side || !pack.is_newer(client);
}

std::string go_back_to(const Pack& pack, std::string_view client) {
    const ClientRule* rule = pack.rule_of(client);
    if (rule && !rule->go_back_to.empty()) return rule->go_back_to;
    return "a client that the legacy server accepts";
}

std::string go_forward_to(const ClientRule* rule) {
    if (rule && !rule->go_forward_to.empty()) return rule->go_forward_to;
    return "a client that the new server accepts";
}

void add_clients(const PlanRequest& request, PlanItem& item) {
    const auto found = request.now.clients.find(static_cast<std::uint32_t>(item.number.value));
    if (found == request.now.clients.end()) return;
    for (const ClientState& state : found->second) {
        const std::string client(request.now.texts.text(state.client));
        if (signs_in(request.pack, client, item.to.on_new_side)) continue;
        if (item.to.on_new_side)
            lose(item,
                 fmt::format("client {} cannot sign in to the new side; install {}", client,
                             go_forward_to(request.pack.rule_of(client))),
                 "upgrade-client", client);
        else
            lose(item,
                 fmt::format("client {} cannot sign in to the legacy side; go back to {}", client,
                             go_back_to(request.pack, client)),
                 "downgrade-client", client);
    }
}

void add_meetings(const PlanRequest& request, PlanItem& item) {
    const auto found = request.now.meetings.find(static_cast<std::uint32_t>(item.number.value));
    if (found == request.now.meetings.end() || item.to.on_new_side) return;
    for (const MeetingState& meeting : found->second) {
        const std::string_view client = request.now.texts.text(meeting.client);
        if (meeting.position <= request.then.position || signs_in(request.pack, client, false))
            continue;
        lose(item,
             fmt::format("meeting {} was made with {} (position {}) and will not work; it must be "
                         "scheduled again",
                         meeting.meeting, client, meeting.position.value),
             "reschedule-meeting", meeting.meeting);
    }
}

/// The name of the policy of one sort that the user had as of the target; empty where none is
/// known.
std::string_view policy_then(const PlanRequest& request, const PlanItem& item,
                             std::string_view policy) {
    const auto found = request.then.policies.find(static_cast<std::uint32_t>(item.number.value));
    if (found == request.then.policies.end()) return "";
    for (const PolicyState& state : found->second)
        if (request.then.texts.text(state.policy) == policy)
            return request.then.texts.text(state.name);
    return "";
}

/// A policy belongs to the side it was granted on, so whoever changes sides has to be granted it
/// anew.
void add_policies(const PlanRequest& request, PlanItem& item) {
    const auto found = request.now.policies.find(static_cast<std::uint32_t>(item.number.value));
    if (found == request.now.policies.end() || item.from.on_new_side == item.to.on_new_side) return;
    for (const PolicyState& state : found->second) {
        const std::string policy(request.now.texts.text(state.policy));
        const std::string_view is = request.now.texts.text(state.name);
        const std::string_view was = policy_then(request, item, policy);
        if (is == was) continue;
        const std::string again = was.empty() ? "what the user had before" : std::string(was);
        lose(item,
             fmt::format("policy {} was {} and is {} (position {}); grant {} again", policy,
                         was.empty() ? "not known" : was, is.empty() ? "none" : is,
                         state.position.value, again),
             "regrant-policy", was.empty() ? policy : fmt::format("{} {}", policy, was));
    }
}

void add_pool(const PlanRequest& request, PlanItem& item) {
    const bool leaves_retired =
        item.from.lifecycle == v1::STATE_RETIRED && item.to.lifecycle != v1::STATE_RETIRED;
    if (!leaves_retired) return;
    const bool redeployed = std::find(request.redeployed.begin(), request.redeployed.end(),
                                      item.number) != request.redeployed.end();
    if (!redeployed)
        forbid(item, fmt::format("it was retired since: its servers may be gone; once they are "
                                 "deployed again, record `ferry check {} legacy-redeployed pass`",
                                 item.entity));
}

/// Whether the fact that the rule names is one of this member, which the plan sets back.
bool applies(const IrreversibleRule& rule, const PlanRequest& request, const PlanItem& item) {
    const Entity& entity = request.now.at(item.number);
    const bool application = entity.kind == v1::KIND_APPLICATION;
    if (!rule.application_class.empty() &&
        (!application || request.now.texts.text(entity.text) != rule.application_class))
        return false;
    const bool goes_back = item.from.on_new_side && !item.to.on_new_side;
    switch (rule.once) {
        case IrreversibleRule::Once::moved: return goes_back;
        case IrreversibleRule::Once::move_started:
            return goes_back || (item.from.transfer != v1::STATE_SETTLED &&
                                 item.from.transfer != item.to.transfer);
        case IrreversibleRule::Once::checked: {
            const CheckState* check = request.now.check(item.number, rule.check);
            return goes_back && check && check->outcome == v1::CHECK_OUTCOME_PASS;
        }
    }
    return false;
}

/// Whoever moved the account said that going back cannot undo it. A pack may say more about that.
void add_forced_move(const PlanRequest& request, PlanItem& item) {
    const CheckState* forced = request.now.check(item.number, forced_move_check);
    const bool goes_back = item.from.on_new_side && !item.to.on_new_side;
    if (!goes_back || !forced || forced->outcome != v1::CHECK_OUTCOME_PASS) return;
    const bool pack_says = std::ranges::any_of(request.pack.irreversible, [](const auto& rule) {
        return rule.once == IrreversibleRule::Once::checked && rule.check == forced_move_check;
    });
    if (!pack_says) forbid(item, "its move was reported as one that going back cannot undo");
}

void add_class_rules(const PlanRequest& request, PlanItem& item) {
    for (const IrreversibleRule& rule : request.pack.irreversible)
        if (applies(rule, request, item)) {
            std::string reason = fmt::format("{} (pack {})", rule.reason, request.pack.name);
            if (rule.with_loss) lose(item, std::move(reason), "move-data-back", item.entity);
            else forbid(item, std::move(reason));
        }
}

}  // namespace

void add_impact(const PlanRequest& request, PlanItem& item) {
    switch (request.now.at(item.number).kind) {
        case v1::KIND_POOL: return add_pool(request, item);
        case v1::KIND_USER:
            add_clients(request, item);
            add_meetings(request, item);
            add_policies(request, item);
            break;
        default: break;
    }
    add_forced_move(request, item);
    add_class_rules(request, item);
}

}  // namespace ferry
