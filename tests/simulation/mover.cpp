#include "tests/simulation/mover.hpp"

#include "tests/estate.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

constexpr std::size_t concurrency = 4;

bool movable(const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    return entity.present() && !entity.closed && !fleet.at({entity.pool}).closed;
}

}  // namespace

void MoverNode::start() {
    mirror_ = std::make_unique<Mirror>("moves", world_.embedded());
    ++life_;
    world_.trace("started", "mover", site_);
}

void MoverNode::crash() {
    if (!mirror_) return;
    ++world_.totals[Count::crashes];
    world_.trace("crashed", "mover", site_);
    // What runs may have done its work already; nobody knows.
    for (const auto& [entity, order] : running_)
        if (succeeds(order.move) && world_.chance(500)) accounts_[entity] = order.to_new_side;
    mirror_.reset();
    running_.clear();
    reported_.clear();
    asked_.clear();
    ++life_;
}

/// The same each time it is run: a command is told the move's id so that it can be.
bool MoverNode::succeeds(const std::string& move) const {
    return (std::hash<std::string>()(move) ^ world_.seed) % 5 != 0;
}

std::vector<MoverNode::Order> MoverNode::open_moves() const {
    const Fleet& fleet = mirror_->replica.fleet;
    std::vector<Order> orders;
    for (const auto& [number, account] : fleet.accounts)
        if (account.back && !account.back->failed && movable(fleet, {number}))
            orders.push_back(
                {account.back->move, std::string(fleet.id({number})), account.back->to_new_side});
    for (const auto& [number, move] : fleet.moves)
        if (movable(fleet, {number}) && !move_back_of(fleet, {number}))
            orders.push_back({move.move, std::string(fleet.id({number})), true});
    std::ranges::sort(orders, {}, &Order::entity);
    return orders;
}

void MoverNode::round() {
    if (!mirror_) return;
    network_.send(node(), site_, ReadAsk{mirror_->disk.size()});
    mirror_->fold();
    const auto open = open_moves();
    for (const auto& [entity, order] : reported_) report(order);
    for (const Order& order : open) {
        if (running_.size() >= concurrency) break;
        if (!running_.contains(order.entity) && !reported_.contains(order.entity)) run(order);
    }
}

void MoverNode::run(const Order& order) {
    running_[order.entity] = order;
    world_.in(world_.between(2'000, 60'000), [this, order, life = life_] {
        if (life != life_) return;
        running_.erase(order.entity);
        if (succeeds(order.move)) accounts_[order.entity] = order.to_new_side;
        reported_[order.entity] = order;
        report(order);
    });
}

void MoverNode::report(const Order& order) {
    v1::Command command = test::ask(order.entity);
    const bool succeeded = succeeds(order.move);
    std::string id = "moved-" + order.move + (succeeded ? "-succeeded" : "-failed");
    if (world_.planted(Plant::second_report) && world_.chance(100)) id += "-again";
    command.set_command_id(id);
    command.mutable_report_move()->set_move(order.move);
    command.mutable_report_move()->set_outcome(succeeded ? "SUCCEEDED" : "FAILED");
    const std::uint64_t batch =
        (static_cast<std::uint64_t>(node()) << 56) + std::hash<std::string>()(id) % (1ULL << 55);
    asked_[batch] = order.entity;
    network_.send(node(), site_,
                  Commands{batch, std::make_shared<const std::vector<v1::Command>>(1, command)});
}

void MoverNode::receive(Node, const Letter& letter) {
    if (!mirror_) return;
    if (const auto* records = std::get_if<Records>(&letter)) {
        take(mirror_->disk, *records);
    } else if (const auto* answers = std::get_if<Answers>(&letter)) {
        const auto asked = asked_.find(answers->batch);
        if (asked == asked_.end()) return;
        // Whoever is set back just now is reported on later.
        if (answers->results->front().outcome() != "REFUSED") reported_.erase(asked->second);
        asked_.erase(asked);
    }
}

}  // namespace ferry::simulation
