#include "engine/settlement.hpp"

#include "engine/fleet.hpp"
#include "events/hash.hpp"

#include <algorithm>

namespace ferry {

const OpenSettlement* settlement_of(const Fleet& fleet, const std::string& rollback) {
    const auto found = std::ranges::find(fleet.settlements, rollback, &OpenSettlement::rollback);
    return found == fleet.settlements.end() ? nullptr : &*found;
}

std::vector<const OpenSettlement*> due_settlements(const Fleet& fleet) {
    std::vector<const OpenSettlement*> due;
    for (const OpenSettlement& each : fleet.settlements) {
        const bool running = std::ranges::any_of(
            fleet.rollbacks, [&](const OpenRollback& open) { return open.id == each.rollback; });
        if (each.due() && !running) due.push_back(&each);
    }
    return due;
}

Hash settled_digest(const Fleet& fleet, const OpenSettlement& settlement) {
    std::vector<MovedBack> moved = settlement.moved;
    std::ranges::sort(
        moved, {}, [](const MovedBack& each) { return std::pair(each.entity, each.on_new_side); });
    Hasher hasher;
    const auto add = [&](std::string_view text) {
        hasher.add(text);
        hasher.add(std::string_view("\n"));
    };
    add("ferry settled digest 1");
    add(settlement.rollback);
    for (const MovedBack& each : moved) {
        add(fleet.id({each.entity}));
        add(each.on_new_side ? "successor" : "legacy");
    }
    return hasher.finish();
}

v1::RollbackSettled settled_event(const Fleet& fleet, const OpenSettlement& settlement) {
    const Hash digest = settled_digest(fleet, settlement);
    v1::RollbackSettled body;
    body.set_rollback(settlement.rollback);
    body.set_digest(digest.data(), digest.size());
    body.set_moved(static_cast<std::uint32_t>(settlement.moved.size()));
    body.set_overtaken(settlement.overtaken);
    return body;
}

}  // namespace ferry
