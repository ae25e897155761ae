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

void add_clients(const PlanRequest& request, PlanItem& item) {
    const auto found = request.now.clients.find(static_cast<std::uint32_t>(item.number.value));
    if (found == request.now.clients.end()) return;
    for (const ClientState& state : found->second) {
        const std::string client(request.now.texts.text(state.client));
        if (signs_in(request.pack, client, item.to.on_new_side)) continue;
        if (item.to.on_new_side)
            lose(item,
                 fmt::format("client {} cannot sign in to the new side; install lync-2013", client),
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

void add_application(const PlanRequest& request, PlanItem& item) {
    if (!item.from.on_new_side || item.to.on_new_side) return;
    const std::string application_class(request.now.texts.text(request.now.at(item.number).text));
    const auto& classes = request.pack.irreversible_classes;
    if (std::find(classes.begin(), classes.end(), application_class) != classes.end())
        forbid(item, fmt::format("pack {} says that class {} cannot be moved back",
                                 request.pack.name, application_class));
}

}  // namespace

void add_impact(const PlanRequest& request, PlanItem& item) {
    switch (request.now.at(item.number).kind) {
        case v1::KIND_POOL: return add_pool(request, item);
        case v1::KIND_APPLICATION: return add_application(request, item);
        default: break;
    }
    add_clients(request, item);
    add_meetings(request, item);
}

}  // namespace ferry
