#pragma once
/// Where the real account of a member is, beside where it was decided to be. With confirmed
/// transfers a rollback sets the decided home back at once and the account follows by a move back;
/// until that has succeeded the two differ. What is known of the account is observed, not decided.
/// Plain values, and questions about them. Pure.
#include "engine/entity.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

class Fleet;

/// The kind of remediation that a move leaves which happened after it had been closed.
inline constexpr std::string_view late_move_kind = "late-move";

/// A move that was closed before anybody reported it, and may be reported late.
struct ClosedMove {
    std::string move;
    bool to_new_side = false;
    /// It may have happened. No longer once a later move of the account is known to have
    /// succeeded, because the moves of one account happen one after the other.
    bool doubtful = true;
    std::string rollback{};  ///< whose move back it was, or that closed it
};

/// The account has to follow what was decided.
struct MoveBack {
    std::string move;
    bool to_new_side = false;
    bool failed = false;  ///< it was reported to have failed, and may be retried
    Small<v1::State> from{};
    Small<v1::State> to{};
    std::string rollback{};
};

/// Kept only for members whose account may be elsewhere than at home, or had a move that was
/// closed.
struct AccountState {
    bool on_new_side = false;  ///< where it was when that was last known
    std::vector<ClosedMove> closed{};
    std::optional<MoveBack> back{};
};

/// Where the account may be now, as far as reports tell.
struct AccountSides {
    bool legacy = false;
    bool successor = false;
    /// It is there and nowhere else.
    bool only(bool new_side) const {
        return new_side ? successor && !legacy : legacy && !successor;
    }
};

AccountSides account_sides(const Fleet& fleet, EntityNumber member);

/// What is known of the account beyond its home; nothing where that is all.
const AccountState* account_of(const Fleet& fleet, EntityNumber member);

/// The move back that is open or has failed; nothing where none is owed.
const MoveBack* move_back_of(const Fleet& fleet, EntityNumber member);

/// Whether the account stays where it is when the member is set back, until a move takes it along:
/// with confirmed transfers, and as long as an earlier move leaves it in doubt.
bool account_stays(const Fleet& fleet, EntityNumber member, bool confirmed);

/// How many members of a pool have a move back that has not succeeded.
std::size_t moves_back_of_pool(const Fleet& fleet, EntityNumber pool);

constexpr v1::Deployment side_word(bool new_side) {
    return new_side ? v1::DEPLOYMENT_SUCCESSOR : v1::DEPLOYMENT_LEGACY;
}

}  // namespace ferry
