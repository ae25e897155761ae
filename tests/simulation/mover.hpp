#pragma once
/// Real accounts, as they are outside Ferry, and the movers that move them. A mover knows of its
/// site's log what letters brought; what it has in hand when it dies is begun again under the same
/// move id. What moves one account it does one after the other. One thread.
#include "tests/simulation/judge.hpp"

namespace ferry::simulation {

/// On which side each account is, by entity.
using Accounts = std::map<std::string, bool>;

class MoverNode {
public:
    MoverNode(Surroundings& world, Network& network, Accounts& accounts, Node site)
        : world_(world), network_(network), accounts_(accounts), site_(site) {}

    void start();
    void crash();
    bool up() const { return mirror_ != nullptr; }
    void receive(Node from, const Letter& letter);
    /// Asks for what is new, begins what is open, and reports again what nobody has answered.
    void round();

private:
    struct Order {
        std::string move;
        std::string entity;
        bool to_new_side = false;
    };
    /// In the order of their entities.
    std::vector<Order> open_moves() const;
    bool succeeds(const std::string& move) const;
    void run(const Order& order);
    void report(const Order& order);
    Node node() const { return first_mover + site_; }

    Surroundings& world_;
    Network& network_;
    Accounts& accounts_;
    Node site_;
    std::unique_ptr<Mirror> mirror_;
    std::map<std::string, Order> running_;        ///< by entity
    std::map<std::string, Order> reported_;       ///< by entity, until the log says so
    std::map<std::uint64_t, std::string> asked_;  ///< batch to entity
    std::uint64_t life_ = 0;
};

}  // namespace ferry::simulation
