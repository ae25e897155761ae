#pragma once
/// What a rollback does about real moves: it closes those that nobody waits for any more and opens
/// the moves back that are owed. Pure: only the writer appends.
#include "projections/rollback_plan.hpp"
#include "projections/rollback_steps.hpp"

namespace ferry {

/// Events of one entity that is set back, without who did it and why.
struct ItemMoves {
    std::vector<v1::StoredEvent> closed;    ///< before its Restored
    std::optional<v1::StoredEvent> opened;  ///< after it
};

/// `rollback` is the rollback's id.
ItemMoves moves_of(const PlanItem& item, const Fleet& now, const std::string& rollback);

/// RollbackSettled for each earlier rollback whose last open moves back this one has closed.
std::vector<v1::StoredEvent> settlements(const Fleet& now, const RollbackStamp& stamp);

}  // namespace ferry
