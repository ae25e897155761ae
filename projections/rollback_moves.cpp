#include "projections/rollback_moves.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

v1::StoredEvent closed(const std::string& move, bool to_new_side, bool back,
                       const std::string& rollback) {
    v1::StoredEvent event;
    auto& body = *event.mutable_move_closed();
    body.set_move(move);
    body.set_rollback(rollback);
    body.set_towards(side_word(to_new_side));
    body.set_back(back);
    return event;
}

v1::StoredEvent opened(const PlanItem& item, std::string_view site, const std::string& rollback) {
    v1::StoredEvent event;
    auto& body = *event.mutable_move_opened();
    // Each entity is set back once by one rollback, however often that is resumed. A rollback over
    // several sites has one id, and their numbers are alike; the move's report is named after the
    // move, and goes along as done where its member moves home to another site.
    body.set_move(fmt::format("{}-{}-{}-back", rollback, site, item.number.value));
    body.set_from(item.from.lifecycle);
    body.set_to(item.to.lifecycle);
    body.set_command(v1::ACTION_RESTORE);
    body.set_back(true);
    body.set_towards(side_word(item.to.on_new_side));
    body.set_rollback(rollback);
    return event;
}

}  // namespace

ItemMoves moves_of(const PlanItem& item, const Fleet& now, const std::string& rollback) {
    ItemMoves moves;
    const auto move = now.moves.find(static_cast<std::uint32_t>(item.number.value));
    if (move != now.moves.end())
        moves.closed.push_back(closed(move->second.move, true, false, rollback));
    const MoveBack* back = move_back_of(now, item.number);
    // One that is open already and goes where the member is set back to stays as it is.
    const bool stays =
        item.owes_move && back && !back->failed && back->to_new_side == item.to.on_new_side;
    if (back && !stays)
        moves.closed.push_back(closed(back->move, back->to_new_side, true, rollback));
    if (item.owes_move && !stays) moves.opened = opened(item, now.site, rollback);
    return moves;
}

std::vector<v1::StoredEvent> settlements(const Fleet& now, const RollbackStamp& stamp) {
    std::vector<v1::StoredEvent> events;
    for (const OpenSettlement* due : due_settlements(now)) {
        v1::StoredEvent& event = events.emplace_back();
        event.set_command_id(stamp.id);
        event.set_actor(stamp.actor);
        event.set_reason(stamp.reason);
        *event.mutable_rollback_settled() = settled_event(now, *due);
    }
    return events;
}

}  // namespace ferry
