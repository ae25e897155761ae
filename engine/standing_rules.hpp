#pragma once
/// The rules that hold after every commit, whatever a rollback or a crash did (design.md section
/// 3). The planner of a rollback asks them of the state it would leave behind. Pure.
#include "engine/entity.hpp"

#include <string>

namespace ferry {

/// What is asked about one member: its state, and its pool's lifecycle.
struct Standing {
    v1::Kind kind = v1::KIND_USER;
    v1::State lifecycle = v1::STATE_LEGACY;
    bool present = true;
    bool exempt = false;  ///< found on the new side, and not moved since
    bool moving = false;
};

/// Whether a member in this state may stand beside a pool in that lifecycle.
bool stands(const Standing& member, v1::State pool_lifecycle);

/// Which rule is broken, in words; empty where none is.
std::string broken_rule(const Standing& member, v1::State pool_lifecycle);

}  // namespace ferry
