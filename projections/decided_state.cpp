#include "projections/decided_state.hpp"

#include "engine/words.hpp"

namespace ferry {

DecidedState decided_state(const Entity& entity) {
    DecidedState state;
    state.lifecycle = entity.lifecycle;
    if (entity.kind == v1::KIND_POOL) state.coexistence = entity.knowledge;
    if (entity.kind == v1::KIND_APPLICATION) state.compatibility = entity.knowledge;
    if (entity.is_member()) state.transfer = entity.transfer;
    state.presence = entity.presence;
    state.on_new_side = entity.on_new_side;
    state.pilot_ran = entity.pilot_ran;
    return state;
}

DecidedState restorable_state(const Entity& entity) {
    DecidedState state = decided_state(entity);
    if (state.transfer == v1::STATE_MOVING) state.transfer = v1::STATE_SETTLED;
    return state;
}

std::string to_text(const DecidedState& state) {
    std::string text(state.presence == v1::STATE_WITHDRAWN ? word(state.presence)
                                                           : word(state.lifecycle));
    const auto add = [&](std::string_view more) { text.append(", ").append(more); };
    if (state.coexistence != v1::STATE_UNSPECIFIED) add(word(state.coexistence));
    if (state.compatibility != v1::STATE_UNSPECIFIED) add(word(state.compatibility));
    if (state.transfer != v1::STATE_UNSPECIFIED && state.transfer != v1::STATE_SETTLED)
        add(word(state.transfer));
    if (state.pilot_ran) add("pilot ran");
    return text;
}

}  // namespace ferry
