#include "projections/move_impact.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

template <class Value>
const std::vector<Value>& of(const ByEntity<std::vector<Value>>& table, EntityNumber number) {
    static const std::vector<Value> nothing;
    const auto found = table.find(static_cast<std::uint32_t>(number.value));
    return found == table.end() ? nothing : found->second;
}

}  // namespace

std::vector<StaysBehind> what_stays_behind(const Fleet& fleet, const Pack& pack,
                                           EntityNumber number) {
    std::vector<StaysBehind> found;
    const Entity& entity = fleet.at(number);
    if (entity.kind != v1::KIND_USER || entity.on_new_side) return found;
    const std::string id(fleet.id(number));
    for (const MeetingState& meeting : of(fleet.meetings, number)) {
        const std::string_view client = fleet.texts.text(meeting.client);
        if (pack.is_newer(client)) continue;
        found.push_back({id, "meeting", meeting.meeting,
                         fmt::format("was made with {} and stays on the legacy side; it must be "
                                     "scheduled again",
                                     client)});
    }
    for (const ClientState& state : of(fleet.clients, number)) {
        const std::string client(fleet.texts.text(state.client));
        const ClientRule* rule = pack.rule_of(client);
        if (!rule) continue;
        if (!rule->on_successor)
            found.push_back(
                {id, "client", client,
                 fmt::format("cannot sign in to the new side; install {}",
                             rule->go_forward_to.empty() ? "a newer one" : rule->go_forward_to)});
        else if (!rule->note.empty())
            found.push_back(
                {id, "client-with-less", client, fmt::format("has there {}", rule->note)});
    }
    return found;
}

}  // namespace ferry
