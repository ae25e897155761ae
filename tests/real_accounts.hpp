#pragma once
/// Real accounts, as they are outside Ferry, and a mover that moves them: it takes open moves,
/// makes each some time later, and reports it some time after that. What moves one account it does
/// one after the other. The model knows nothing of the engine's own account of them.
#include "tests/random_history.hpp"

#include <deque>
#include <map>

namespace ferry::test {

class RealAccounts {
public:
    RealAccounts(Estate& estate, RandomHistory& history);

    /// Takes, makes or reports something, or opens a failed move again.
    void step();
    /// Makes and reports everything until nothing is owed, all of it with success.
    void drain();
    /// What is owed is owed exactly where the account is elsewhere.
    void check();

    std::size_t made = 0;
    std::size_t late = 0;  ///< reports of moves that were closed before
    std::size_t owed = 0;  ///< moves back that were made

private:
    struct Move {
        std::string id;
        bool to_new_side = false;
        bool succeeded = false;
        bool back = false;
    };
    struct Account {
        bool on_new_side = false;
        std::optional<Move> taken;
        std::deque<Move> unreported;
    };

    void follow_log();
    std::vector<std::pair<std::uint32_t, Move>> open_moves() const;
    void take(bool all);
    void make(std::uint32_t member, bool succeeds);
    void report(std::uint32_t member);
    void retry();
    template <class Wanted>
    std::vector<std::uint32_t> members(Wanted wanted) const;
    std::optional<std::uint32_t> one_of(const std::vector<std::uint32_t>& members);

    Estate& estate_;
    RandomHistory& history_;
    Replica reader_;
    std::map<std::uint32_t, Account> accounts_;
};

}  // namespace ferry::test
