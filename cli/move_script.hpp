#pragma once
/// The PowerShell that engineers write by hand for a wave: the script that moves, the one that
/// looks whether it did, and the one that moves back, from recorded state. Pure. Errors: bad_input
/// (a value that cannot be quoted safely).
#include "engine/fleet.hpp"
#include "engine/pack.hpp"
#include "events/error.hpp"

#include <span>
#include <string>
#include <vector>

namespace ferry {

struct ScriptMember {
    const Fleet* fleet = nullptr;  ///< as it was before the move, where that has been made
    EntityNumber number;
    bool moved = false;  ///< it has been made: to be looked at and taken back, and not made again
};

struct MoveScripts {
    std::string move;
    std::string check;
    std::string rollback;
    std::size_t moved = 0;               ///< members that the script moves
    std::size_t done = 0;                ///< members whose move has been made
    std::vector<std::string> by_hand;    ///< members that no cmdlet moves, with the reason
    std::vector<std::string> no_return;  ///< members that the rollback script cannot take back
};

/// `title` stands at the head of each: what was asked for. Users and classes come in the order of
/// the pack in force, `pack` where the site has adopted none.
Result<MoveScripts> move_scripts(std::span<const ScriptMember> members, const Pack& pack,
                                 v1::State to, std::string_view title);

}  // namespace ferry
