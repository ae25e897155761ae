#pragma once
/// What going back costs one entity: meetings that stop working, clients that cannot sign in,
/// points of no return. Sources of the rules: the migration's own guides, as the pack's tables
/// carry them.
#include "projections/rollback_plan.hpp"

namespace ferry {

/// Fills group, reasons and remediations of an item whose states are set.
void add_impact(const PlanRequest& request, PlanItem& item);

}  // namespace ferry
