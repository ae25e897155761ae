#pragma once
/// The second proof of a rollback. The first says that the decided state is what it was; this one
/// says that the real accounts have followed: each move back that the rollback owed has succeeded,
/// or something later took it over. Plain values and pure functions.
#include "engine/entity.hpp"
#include "ferry/v1/stored_event.pb.h"

#include <string>
#include <vector>

namespace ferry {

class Fleet;

/// An account that is known to be where the rollback wanted it.
struct MovedBack {
    std::uint32_t entity = 0;
    bool on_new_side = false;
};

/// A rollback whose moves back have not all succeeded.
struct OpenSettlement {
    std::string rollback;
    std::uint32_t open = 0;  ///< accounts that still have to move; failed ones included
    std::uint32_t overtaken = 0;
    std::vector<MovedBack> moved{};  ///< in the order of their reports

    bool due() const { return open == 0; }
};

const OpenSettlement* settlement_of(const Fleet& fleet, const std::string& rollback);

/// Rollbacks of which nothing is owed any more and which the log does not call settled yet; those
/// whose own commits are not complete are left out.
std::vector<const OpenSettlement*> due_settlements(const Fleet& fleet);

/// SHA-256 over `ferry settled digest 1`, the rollback's id, and by ascending entity number each
/// moved account: its entity's id and `legacy` or `successor`; every text followed by a line feed.
/// Ids hold no line feeds.
Hash settled_digest(const Fleet& fleet, const OpenSettlement& settlement);

/// What the log says once it is due.
v1::RollbackSettled settled_event(const Fleet& fleet, const OpenSettlement& settlement);

}  // namespace ferry
