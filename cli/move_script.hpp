#pragma once
/// The PowerShell that engineers write by hand for a wave: the script that moves, the one that
/// looks whether it did, and the one that moves back, from recorded state. Pure. Errors: bad_input
/// (a value that cannot be quoted safely).
#include "engine/fleet.hpp"
#include "events/error.hpp"

#include <span>
#include <string>
#include <vector>

namespace ferry {

struct ScriptMember {
    const Fleet* fleet = nullptr;
    EntityNumber number;
};

struct MoveScripts {
    std::string move;
    std::string check;
    std::string rollback;
    std::size_t moved = 0;               ///< members that the script moves
    std::vector<std::string> by_hand;    ///< members that no cmdlet moves, with the reason
    std::vector<std::string> no_return;  ///< members that the rollback script cannot take back
};

/// `title` stands at the head of each: what was asked for.
Result<MoveScripts> move_scripts(std::span<const ScriptMember> members, v1::State to,
                                 std::string_view title);

}  // namespace ferry
