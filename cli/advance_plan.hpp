#pragma once
/// The commands that bring many entities to one lifecycle state, in an order that lets each find
/// what its guards ask for. Pure; any thread that may read the fleets.
#include "cli/sites.hpp"

#include <span>
#include <string>
#include <vector>

namespace ferry {

/// One command of one traveller.
struct AdvanceStep {
    std::size_t traveller = 0;  ///< index into AdvancePlan::travellers
    v1::Action action = v1::ACTION_UNSPECIFIED;
};

struct AdvancePlan {
    std::vector<std::string> travellers;  ///< ids of those who are not there yet
    std::vector<AdvanceStep> steps;
    std::size_t already = 0;  ///< there, or further on
};

/// The commands on the way of one entity: a member is promoted from wherever it is, a pool takes
/// each step in turn.
std::vector<v1::Action> steps_between(v1::Kind kind, v1::State from, v1::State to);

/// At most `limit` entities travel; 0 means all. Steps to one state come before steps to the next,
/// and among them a pool's before its members', but at the end its applications' before its own.
AdvancePlan plan_advance(std::span<const Sites::Place> selected, v1::State to, std::size_t limit);

}  // namespace ferry
