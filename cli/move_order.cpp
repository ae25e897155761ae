#include "cli/move_order.hpp"

#include "engine/words.hpp"

#include <algorithm>

namespace ferry {

namespace {

MoveOrder order_of(const Fleet& fleet, EntityNumber number, bool to_new_side) {
    const Entity& entity = fleet.at(number);
    const EntityNumber pool{entity.pool};
    MoveOrder order;
    order.entity = fleet.id(number);
    order.kind = word(v1::Kind(entity.kind));
    order.name = fleet.name(number);
    order.site = fleet.site;
    const std::string legacy(fleet.name(pool));
    const std::string successor(fleet.successor(pool));
    order.target = to_new_side ? successor : legacy;
    order.direction = word(side_word(to_new_side));
    // A move forward of somebody who is there already begins where it ends.
    const bool from_new_side = entity.on_new_side && to_new_side;
    order.source = from_new_side || !to_new_side ? successor : legacy;
    if (entity.kind == v1::KIND_APPLICATION)
        order.application_class = fleet.texts.text(entity.text);
    return order;
}

MoveOrder back_order(const Fleet& fleet, EntityNumber number, const MoveBack& back) {
    MoveOrder order = order_of(fleet, number, back.to_new_side);
    const EntityNumber pool{fleet.at(number).pool};
    order.source = back.to_new_side ? fleet.name(pool) : fleet.successor(pool);
    order.move = back.move;
    order.from = word(v1::State(back.from));
    order.to = word(v1::State(back.to));
    order.rollback = back.rollback;
    order.back = true;
    return order;
}

bool movable(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    return entity.present() && !entity.closed && !fleet.at({entity.pool}).closed;
}

std::vector<MoveOrder> moves_back(const Fleet& fleet, bool failed) {
    std::vector<MoveOrder> orders;
    for (const auto& [number, account] : fleet.accounts)
        if (account.back && account.back->failed == failed && movable(fleet, {number}))
            orders.push_back(back_order(fleet, {number}, *account.back));
    std::ranges::sort(orders, {}, &MoveOrder::entity);
    return orders;
}

}  // namespace

std::vector<MoveOrder> open_moves(const Fleet& fleet) {
    std::vector<MoveOrder> orders = moves_back(fleet, false);
    for (const auto& [number, move] : fleet.moves) {
        // Before an account goes forward it has to be where it was decided to be.
        if (!movable(fleet, {number}) || move_back_of(fleet, {number})) continue;
        MoveOrder order = order_of(fleet, {number}, true);
        order.move = move.move;
        order.from = word(v1::State(move.from));
        order.to = word(v1::State(move.to));
        orders.push_back(std::move(order));
    }
    std::ranges::sort(orders, {}, &MoveOrder::entity);
    return orders;
}

std::vector<MoveOrder> failed_moves_back(const Fleet& fleet) { return moves_back(fleet, true); }

boost::json::object move_json(const MoveOrder& order, std::size_t attempt) {
    boost::json::object json{
        {"move", order.move},     {"entity", order.entity},       {"kind", order.kind},
        {"name", order.name},     {"site", order.site},           {"source", order.source},
        {"target", order.target}, {"direction", order.direction}, {"from", order.from},
        {"to", order.to},         {"back", order.back},           {"attempt", attempt}};
    if (!order.application_class.empty()) json["applicationClass"] = order.application_class;
    if (!order.rollback.empty()) json["rollback"] = order.rollback;
    return json;
}

std::vector<std::string> move_environment(const MoveOrder& order, std::size_t attempt) {
    return {"FERRY_MOVE_ID=" + order.move,
            "FERRY_MOVE_ENTITY=" + order.entity,
            "FERRY_MOVE_KIND=" + order.kind,
            "FERRY_MOVE_NAME=" + order.name,
            "FERRY_MOVE_SITE=" + order.site,
            "FERRY_MOVE_SOURCE=" + order.source,
            "FERRY_MOVE_TARGET=" + order.target,
            "FERRY_MOVE_DIRECTION=" + order.direction,
            "FERRY_MOVE_FROM=" + order.from,
            "FERRY_MOVE_TO=" + order.to,
            "FERRY_MOVE_CLASS=" + order.application_class,
            "FERRY_MOVE_BACK=" + std::string(order.back ? "true" : "false"),
            "FERRY_MOVE_ATTEMPT=" + std::to_string(attempt)};
}

}  // namespace ferry
