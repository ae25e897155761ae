#include "projections/entity_state.hpp"

#include "engine/words.hpp"

#include <algorithm>

namespace ferry {

namespace {

void set_own(const Fleet& fleet, EntityNumber number, v1::EntityState& state) {
    const Entity& entity = fleet.at(number);
    const std::string knowledge(word(v1::State(entity.knowledge)));
    if (entity.is_member()) {
        state.set_home(std::string(fleet.home(number)));
        state.set_transfer(std::string(word(v1::State(entity.transfer))));
    }
    switch (entity.kind) {
        case v1::KIND_POOL:
            state.set_successor(std::string(fleet.successor(number)));
            state.set_coexistence(knowledge);
            state.set_pilot_ran(entity.pilot_ran);
            return;
        case v1::KIND_USER:
            state.set_client(knowledge);
            state.set_enabled(!entity.disabled);
            return;
        case v1::KIND_APPLICATION:
            state.set_application_class(std::string(fleet.texts.text(entity.text)));
            state.set_compatibility(knowledge);
            return;
        default: return;
    }
}

}  // namespace

v1::EntityState entity_state(const Fleet& fleet, EntityNumber number, Position changed) {
    const Entity& entity = fleet.at(number);
    v1::EntityState state;
    state.set_entity(std::string(fleet.id(number)));
    state.set_site(fleet.site);
    state.set_position(changed.value);
    state.set_version(entity.version);
    if (number.value == 0) {
        state.set_kind("site");
        return state;
    }
    state.set_kind(std::string(word(v1::Kind(entity.kind))));
    const EntityNumber pool = entity.is_member() ? EntityNumber{entity.pool} : number;
    if (entity.kind != v1::KIND_WAVE) state.set_pool(std::string(fleet.name(pool)));
    state.set_lifecycle(std::string(word(v1::State(entity.lifecycle))));
    state.set_presence(std::string(presence_word(entity)));
    set_own(fleet, number, state);
    return state;
}

Position changed_by_fleet(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    Position changed = entity.last_position;
    const auto pilot_ran = fleet.pilot_ran_changes.find(static_cast<std::uint32_t>(number.value));
    if (pilot_ran != fleet.pilot_ran_changes.end() && !pilot_ran->second.empty())
        changed = std::max(changed, pilot_ran->second.back().position);
    if (entity.is_member() && entity.on_new_side)
        changed = std::max(changed, fleet.at({entity.pool}).last_position);
    return changed;
}

}  // namespace ferry
