#pragma once
/// The decided state of one entity: exactly what a rollback sets back, bit for bit (design.md
/// section 7). Everything else about an entity was observed, and is not un-happened. Values.
#include "engine/fleet.hpp"

namespace ferry {

struct DecidedState {
    v1::State lifecycle = v1::STATE_UNSPECIFIED;
    v1::State coexistence = v1::STATE_UNSPECIFIED;    ///< of a pool
    v1::State compatibility = v1::STATE_UNSPECIFIED;  ///< of an application
    v1::State transfer = v1::STATE_UNSPECIFIED;       ///< of a member
    v1::State presence = v1::STATE_UNSPECIFIED;
    bool on_new_side = false;  ///< home
    bool pilot_ran = false;    ///< of a pool
    friend bool operator==(const DecidedState&, const DecidedState&) = default;
};

DecidedState decided_state(const Entity& entity);

/// What a rollback sets back to: the same, but for a move in flight, which never comes back as
/// moving; the entity returns to where it moved from.
DecidedState restorable_state(const Entity& entity);

/// `production, home lync01, settled`: for plans that people read.
std::string to_text(const DecidedState& state);

}  // namespace ferry
