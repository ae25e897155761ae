#pragma once
/// The way of one pool from where it stands to retired: what is done, what can be done now, what is
/// blocked by which guard and for how many, and which steps there is no way back from. Judged on
/// the fleet as it is; nothing is decided. One pass over the members of a pool; any thread that may
/// read the fleet.
#include "engine/guards.hpp"

#include <string>
#include <vector>

namespace ferry {

enum class StepStanding { done, next, blocked, later };
/// `done`, `next`, `blocked` or `later` (the pool has not come so far).
std::string_view name_of(StepStanding standing);

struct ChecklistStep {
    std::string what;  ///< `start-pilot`, `promote users`, `retire response-groups`
    v1::Kind kind = v1::KIND_POOL;
    v1::Action action = v1::ACTION_UNSPECIFIED;
    std::string application_class{};
    StepStanding standing = StepStanding::later;
    std::uint64_t done = 0;   ///< of members: how many have come past this step
    std::uint64_t left = 0;   ///< of members: how many have not
    std::uint64_t ready = 0;  ///< of those left: how many nothing blocks
    struct Blocker {
        Guard guard;
        std::string reason;        ///< of the first that it blocks
        std::uint64_t blocks = 0;  ///< how many members; 1 for a pool
    };
    std::vector<Blocker> blocked_by{};
    std::string no_return{};   ///< why there is no way back from here; empty where there is
    std::string loses{};       ///< what the way back costs
    std::uint64_t people = 0;  ///< with either: how many users it concerns
};

struct Checklist {
    std::string pool;  ///< bare name
    std::string successor;
    v1::State lifecycle = v1::STATE_UNSPECIFIED;
    std::uint64_t users = 0;           ///< present ones
    std::vector<ChecklistStep> steps;  ///< in the order in which they are taken
};

/// Classes, and `users`, each after those of them that the pack puts before it.
std::vector<std::string> in_order(const Pack& pack, std::vector<std::string> waiting);

/// `actor` is who would ask; approvals are of somebody else.
Checklist checklist_of(const Fleet& fleet, const Pack& pack, EntityNumber pool,
                       std::string_view actor);

}  // namespace ferry
