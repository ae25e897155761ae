#pragma once
/// Digests of folded state: equal where two folds came to the same, whatever way they took (from
/// position 1, from a snapshot, live). SHA-256. Pure; any thread that may read the fleet.
///
/// `fleet_digest`, version 4, in this order: site, fold version, position, recorded time, position
/// of the pack in force; per entity by number: id, last position, version, pool's number, successor
/// or class, kind, lifecycle, knowledge (coexistence, compatibility, client), transfer, presence,
/// side, pilot-ran, exempt, disabled, enabled-unknown, closed; then per entity by number, where
/// there are any: checks by name and deployment, clients by name, meetings by name, policies by
/// sort, approvals by action, actor and plan, the open move, what is known of the real account,
/// rollbacks that are not settled, changes of pilot-ran in log order;
/// then open remediations, open rollbacks, labels and adopted packs in log order; the offset of the
/// next command to be taken; then, where there are any, releases and arrivals by entity number,
/// declined releases and lost sites that were taken over in log order. Whether an entity is away
/// follows from the releases. Not in it: caches, the numbering of texts, and what this build does
/// not know (Fleet::unknown says something about the build).
///
/// `decided_digest`, version 1, per entity by number: id, lifecycle, coexistence, compatibility,
/// transfer, presence, home (the side), pilot-ran; regions that its kind does not have are 0. A
/// move in flight counts as settled, because a rollback never brings one back (design.md section
/// 7).
#include "engine/fleet.hpp"

#include <span>

namespace ferry {

Hash fleet_digest(const Fleet& fleet);

/// Of the entities in `scope`, in whatever order and however often they stand there.
Hash decided_digest(const Fleet& fleet, std::span<const EntityNumber> scope);

}  // namespace ferry
