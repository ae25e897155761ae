#pragma once
/// How far a site is: counts per kind, pool and state, from the fleet alone. One pass over it; any
/// thread that may read the fleet.
#include "projections/wave_progress.hpp"

#include <array>

namespace ferry {

/// Entities of one kind. Those present are counted by lifecycle; who was withdrawn is counted
/// apart, in no lifecycle.
struct KindProgress {
    std::array<std::uint64_t, 6> lifecycles{};  ///< by v1::State; [0] is never used
    std::uint64_t present = 0;
    std::uint64_t withdrawn = 0;
    std::uint64_t released = 0;  ///< another site's, or on its way there; nowhere else in here
    std::uint64_t disabled = 0;  ///< of those present
    std::uint64_t moving = 0;    ///< of those present: a real move is in flight
    std::uint64_t failed = 0;    ///< of those present: the last real move failed

    std::uint64_t in(v1::State lifecycle) const { return lifecycles.at(std::size_t(lifecycle)); }
    void add(const Entity& entity);
};

struct PoolProgress {
    EntityNumber number;
    std::string name;
    std::string successor;  ///< empty where none is named
    v1::State lifecycle = v1::STATE_UNSPECIFIED;
    v1::State coexistence = v1::STATE_UNSPECIFIED;
    bool pilot_ran = false;
    KindProgress users;
    KindProgress applications;
};

/// A rollback that is half-way: its scope takes no other commands.
struct RollbackProgress {
    std::string id;
    Position target;
    Position started;
    std::uint64_t closed = 0;      ///< entities in its scope
    std::uint64_t restored = 0;    ///< set back so far
    std::uint64_t to_restore = 0;  ///< to be set back in all
    /// All that it spans, where these are several: it is partial until it is done in each. The log
    /// says so, not the fleet; whoever has the log fills it in.
    std::vector<std::string> sites{};
};

/// A rollback that was proved and not settled yet: accounts still have to follow.
struct SettlementProgress {
    std::string rollback;
    std::uint64_t moved = 0;   ///< accounts that are back
    std::uint64_t open = 0;    ///< accounts that are owed a move back, the failed ones included
    std::uint64_t failed = 0;  ///< of those: the last move back failed
};

struct Progress {
    std::string site;
    Position position;
    Time recorded;
    KindProgress pools;
    KindProgress users;
    KindProgress applications;
    std::uint64_t coexistence_unverified = 0;  ///< pools
    std::uint64_t coexistence_verified = 0;
    std::uint64_t coexistence_degraded = 0;
    std::uint64_t upgraded_clients = 0;  ///< present users with a newer client
    std::uint64_t compatible = 0;        ///< present applications
    std::uint64_t incompatible = 0;
    std::uint64_t open_remediations = 0;
    std::vector<PoolProgress> by_pool;  ///< by name
    std::vector<RollbackProgress> rollbacks;
    std::vector<SettlementProgress> settlements;  ///< of rollbacks that have finished
    std::vector<WaveProgress> waves;              ///< unfinished ones, by name
    std::vector<Label> labels;                    ///< in log order
};

Progress progress_of(const Fleet& fleet);

}  // namespace ferry
