#pragma once
/// Letters between the nodes of a simulated world, which arrive late, twice, in another order, or
/// not at all. One thread.
#include "engine/replica.hpp"
#include "ferry/v1/command.pb.h"
#include "projections/rollback_plan.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/surroundings.hpp"

#include <set>
#include <variant>

namespace ferry::simulation {

/// Sites are 0 to 2 and their movers 4 to 6.
inline constexpr std::size_t sites_count = 3;
inline constexpr std::size_t coordinator_node = 3;
inline constexpr std::size_t first_mover = 4;
inline constexpr std::size_t operators_node = 7;
/// Of a site's log its site, of the campaign's the coordinator.
using Node = std::size_t;

struct Commands {
    std::uint64_t batch = 0;
    std::shared_ptr<const std::vector<v1::Command>> commands;
};
struct Answers {
    std::uint64_t batch = 0;
    std::shared_ptr<const std::vector<v1::CommandResult>> results;
};
struct ReadAsk {
    std::size_t from = 0;
};
struct Records {
    std::size_t from = 0;
    std::vector<Stored> records;
};
struct RollbackAsk {
    std::string id;
    std::uint64_t per_mille = 0;  ///< of the log as it is: where to
};
struct RollbackEnded {
    std::string id;
};
struct Steer {
    v1::Action action{};
};
struct CutAsk {
    std::string label;
};
/// Of a rollback over several sites: what one of them is to do next.
struct JointAsk {
    enum class Stage { plan, close, go, abandon };
    Stage stage{};
    std::string id;
    std::vector<std::pair<std::string, Position>> cut;  ///< the target of each site
    std::vector<std::string> selectors;                 ///< empty: everything
    std::string whole_plan_hash;
    std::optional<Hash> expected;  ///< of the plan that was agreed to
};
struct JointAnswer {
    enum class Verdict { done, nothing, refused };
    JointAsk::Stage stage{};
    std::string id;
    Verdict verdict{};
    std::shared_ptr<const RollbackPlan> plan;
};
using Letter = std::variant<Commands, Answers, ReadAsk, Records, RollbackAsk, RollbackEnded, Steer,
                            CutAsk, JointAsk, JointAnswer>;

class Network {
public:
    explicit Network(Surroundings& world) : world_(world) {}
    void send(Node from, Node to, Letter letter);
    std::function<void(Node from, Node to, const Letter& letter)> deliver;
    /// Nothing passes between the two until they are joined again.
    void cut(Node one, Node other);
    void join_all() { cuts_.clear(); }
    /// Nobody but its own people reaches it; nobody again where none is named.
    void isolate(Node site) { isolated_ = site; }
    void join_one();

    bool is_cut(Node one, Node other) const {
        const bool alone = one == isolated_ || other == isolated_;
        if (alone && std::min(one, other) <= coordinator_node &&
            std::max(one, other) <= coordinator_node)
            return true;
        return cuts_.contains({std::min(one, other), std::max(one, other)});
    }

private:
    void post(Node from, Node to, Letter letter);

    Surroundings& world_;
    std::set<std::pair<Node, Node>> cuts_;
    Node isolated_ = operators_node + 1;
    std::uint64_t sent_ = 0;
    std::uint64_t last_arrived_[8][8] = {};
};

/// Adds to a copy of another node's log. True where something new came. What came before or too
/// early is left alone.
bool take(Disk& copy, const Records& letter);

/// A copy of another node's log, as far as letters brought it, and its fold.
struct Mirror {
    Mirror(std::string name, bool embedded)
        : replica(std::make_unique<DiskLog>(disk, std::move(name), false)) {
        disk.embedded = embedded;
        replica.keeps_index = false;
    }
    Mirror(const Mirror&) = delete;
    Mirror& operator=(const Mirror&) = delete;
    void fold();

    Disk disk;
    Replica replica;
};

}  // namespace ferry::simulation
