#include "engine/account.hpp"

#include "engine/fleet.hpp"

#include <algorithm>

namespace ferry {

namespace {

void add(AccountSides& sides, bool new_side) { (new_side ? sides.successor : sides.legacy) = true; }

}  // namespace

const AccountState* account_of(const Fleet& fleet, EntityNumber member) {
    const auto found = fleet.accounts.find(static_cast<std::uint32_t>(member.value));
    return found == fleet.accounts.end() ? nullptr : &found->second;
}

const MoveBack* move_back_of(const Fleet& fleet, EntityNumber member) {
    const AccountState* account = account_of(fleet, member);
    return account && account->back ? &*account->back : nullptr;
}

AccountSides account_sides(const Fleet& fleet, EntityNumber member) {
    AccountSides sides;
    const AccountState* account = account_of(fleet, member);
    add(sides, account ? account->on_new_side : fleet.at(member).on_new_side);
    // Every move forward goes to the successor.
    if (fleet.moves.contains(static_cast<std::uint32_t>(member.value))) add(sides, true);
    if (!account) return sides;
    for (const ClosedMove& closed : account->closed)
        if (closed.doubtful) add(sides, closed.to_new_side);
    if (account->back && !account->back->failed) add(sides, account->back->to_new_side);
    return sides;
}

bool account_stays(const Fleet& fleet, EntityNumber member, bool confirmed) {
    if (!fleet.at(member).is_member()) return false;
    if (confirmed || fleet.moves.contains(static_cast<std::uint32_t>(member.value))) return true;
    const AccountState* account = account_of(fleet, member);
    return account &&
           (account->back || std::ranges::any_of(account->closed, &ClosedMove::doubtful));
}

std::size_t moves_back_of_pool(const Fleet& fleet, EntityNumber pool) {
    return static_cast<std::size_t>(std::ranges::count_if(fleet.accounts, [&](const auto& each) {
        const Entity& member = fleet.entities[each.first];
        return each.second.back && member.present() && member.pool == pool.value;
    }));
}

}  // namespace ferry
