#include "projections/state_changes.hpp"

#include <algorithm>

namespace ferry {

void StateChanges::note(EntityNumber number, Position position) {
    Position& changed = changed_[static_cast<std::uint32_t>(number.value)];
    changed = std::max(changed, position);
}

void StateChanges::note(const Fleet& fleet, Position position, const v1::StoredEvent& event) {
    const EntityNumber number{event.entity()};
    if (position <= published_ || number.value == 0 || !fleet.knows(number)) return;
    note(number, position);
    if (!event.has_corrected() || event.corrected().field() != "successor") return;
    for (std::uint64_t member = 1; member < fleet.entities.size(); ++member) {
        const Entity& entity = fleet.at({member});
        if (entity.is_member() && entity.pool == number.value && entity.on_new_side)
            note({member}, position);
    }
}

std::vector<StateChange> StateChanges::take(const Fleet& fleet, Position up_to) {
    for (const auto& [pool, changes] : fleet.pilot_ran_changes)
        if (!changes.empty() && changes.back().position > published_)
            note({pool}, changes.back().position);
    std::vector<StateChange> taken;
    taken.reserve(changed_.size());
    for (const auto& [number, noted] : changed_) {
        const Position own = fleet.at({number}).last_position;
        taken.push_back({std::max(noted, own), {number}});
    }
    std::sort(taken.begin(), taken.end(), [](const StateChange& a, const StateChange& b) {
        return std::pair(a.position, a.number) < std::pair(b.position, b.number);
    });
    changed_.clear();
    published_ = up_to;
    return taken;
}

}  // namespace ferry
