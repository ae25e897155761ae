#pragma once
/// The plan of an exact rollback: for every entity in scope whose decided state differs from its
/// decided state as of the target, what it is set back to, what is lost by that, and what forbids
/// it (design.md section 7). A projection: it reads and appends nothing. Pure.
#include "engine/pack.hpp"
#include "events/error.hpp"
#include "projections/decided_state.hpp"

#include <span>
#include <vector>

namespace ferry {

enum class Reversibility { reversible, with_loss, not_reversible };
std::string_view name_of(Reversibility reversibility);

/// What a person must do afterwards, because the fact itself is not un-happened.
struct PlannedRemediation {
    std::string kind;  ///< downgrade-client, upgrade-client, reschedule-meeting, regrant-policy
    std::string subject;
};

struct PlanItem {
    EntityNumber number;
    std::string entity;
    std::string application_class;  ///< of an application
    Version version;                ///< as planned; the plan is stale once it has moved on
    DecidedState from;
    DecidedState to;
    bool exempt = false;  ///< returns to what an import had found
    /// The account does not follow at once, and a move back is opened where it is elsewhere.
    bool account_stays = false;
    bool owes_move = false;
    Reversibility group = Reversibility::reversible;
    std::vector<std::string> reasons;
    std::vector<PlannedRemediation> remediations;
};

/// A member that would be left on the wrong side of its pool.
struct LeftBehind {
    std::string entity;
    std::string reason;
};

struct RollbackPlan {
    std::string site;
    Position target;
    Position planned_at;                        ///< the log's end when it was made
    std::vector<EntityNumber> scope;            ///< registered at the target; ascending
    std::vector<Version> versions;              ///< of the scope, in its order
    std::vector<PlanItem> items;                ///< those that differ, ascending
    std::vector<std::string> registered_later;  ///< stay as they are
    std::vector<LeftBehind> left_behind;
    std::size_t approvals_cancelled = 0;
    Hash digest{};  ///< of the scope's decided state as of the target
    Hash hash{};    ///< of the plan; what is approved and executed

    std::size_t count(Reversibility group) const;
    /// How many users it sets back, which is what the pack's `approval_above` is compared with.
    std::size_t users() const;
    /// Nothing forbids it.
    bool executable() const;
};

struct PlanRequest {
    const Fleet& now;
    const Fleet& then;  ///< as of the target
    const Pack& pack;
    std::vector<EntityNumber> scope;
    bool with_members = false;  ///< takes the members of pools in scope along
    /// Pools in scope that were redeployed after their retirement, so that it can be taken back.
    std::vector<EntityNumber> redeployed;
};

RollbackPlan plan_rollback(PlanRequest request);

/// Whether somebody else than `actor` agreed, in this site, to the plan with this hash.
bool approved_by_another(const Fleet& now, const Hash& plan, std::string_view actor);

/// The scope as runs, as `RollbackStarted` carries it, and back.
std::vector<std::uint64_t> runs_of(std::span<const EntityNumber> scope);
std::vector<EntityNumber> numbers_of(std::span<const std::uint64_t> runs);

}  // namespace ferry
