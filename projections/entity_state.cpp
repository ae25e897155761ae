#include "projections/entity_state.hpp"

#include "engine/words.hpp"

#include <algorithm>

namespace ferry {

namespace {

void set_own(const Fleet& fleet, EntityNumber number, v1::EntityState& state) {
    const Entity& entity = fleet.at(number);
    const std::string_view knowledge = word(v1::State(entity.knowledge));
    if (entity.is_member()) {
        state.mutable_home()->assign(fleet.home(number));
        state.mutable_transfer()->assign(word(v1::State(entity.transfer)));
    }
    switch (entity.kind) {
        case v1::KIND_POOL:
            state.mutable_successor()->assign(fleet.successor(number));
            state.mutable_coexistence()->assign(knowledge);
            state.set_pilot_ran(entity.pilot_ran);
            return;
        case v1::KIND_USER:
            state.mutable_client()->assign(knowledge);
            state.set_enabled(!entity.disabled);
            return;
        case v1::KIND_APPLICATION:
            state.mutable_application_class()->assign(fleet.texts.text(entity.text));
            state.mutable_compatibility()->assign(knowledge);
            return;
        default: return;
    }
}

}  // namespace

void write_entity_state(const Fleet& fleet, EntityNumber number, Position changed,
                        v1::EntityState& state) {
    const Entity& entity = fleet.at(number);
    state.Clear();
    state.mutable_entity()->assign(fleet.id(number));
    state.set_site(fleet.site);
    state.set_position(changed.value);
    state.set_version(entity.version);
    if (number.value == 0) {
        state.set_kind("site");
        return;
    }
    state.mutable_kind()->assign(word(v1::Kind(entity.kind)));
    const EntityNumber pool = entity.is_member() ? EntityNumber{entity.pool} : number;
    if (entity.kind != v1::KIND_WAVE) state.mutable_pool()->assign(fleet.name(pool));
    state.mutable_lifecycle()->assign(word(v1::State(entity.lifecycle)));
    state.mutable_presence()->assign(presence_word(entity));
    set_own(fleet, number, state);
}

v1::EntityState entity_state(const Fleet& fleet, EntityNumber number, Position changed) {
    v1::EntityState state;
    write_entity_state(fleet, number, changed, state);
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
