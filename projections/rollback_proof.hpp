#pragma once
/// The proof that a rollback was exact stands in the log as digests: of the decided state of its
/// scope as of the target, and as it was when the rollback had finished (design.md section 7), and
/// of the accounts that followed, once they all have. This recomputes them by folding the log anew.
/// One object follows one log. One thread. Errors: as Log::read.
#include "engine/fleet.hpp"
#include "events/log.hpp"
#include "projections/event_order.hpp"

namespace ferry {

class RollbackProof {
public:
    /// Is shown the events of the site's own stream, in order.
    void note(Position position, const v1::StoredEvent& event);

    /// Folds the log up to `end` and reports every digest that is not what the fold says. Returns
    /// how many were compared; reads nothing where no rollback left any.
    Result<std::uint64_t> compare(Log& log, Position end, const EventOrder::Report& report);

private:
    struct Started {
        std::string rollback;
        std::string digest;
        std::vector<std::uint64_t> scope;  ///< runs
    };
    /// Somebody says that the scope's decided state has this digest after event `at`.
    struct Claim {
        Position at;
        Position stated_at;
        std::size_t rollback = 0;  ///< index of what started
        std::string digest;
    };
    /// Somebody says that the accounts of a rollback have followed; judged before it is folded.
    struct SettledClaim {
        Position at;
        v1::RollbackSettled body;
    };
    static void judge_settled(const SettledClaim& claim, const Fleet& fleet,
                              const EventOrder::Report& report);
    void judge(const Claim& claim, const Fleet& fleet, const EventOrder::Report& report) const;

    std::vector<Started> started_;
    std::vector<Claim> claims_;
    std::vector<SettledClaim> settled_;
    std::vector<Discrepancy> strange_;
};

}  // namespace ferry
