#pragma once
/// What everything in a simulated world shares: one seed, one clock, one agenda of what happens
/// next, and the counts of what happened. All of it is a function of the seed. One thread.
#include "events/clock.hpp"

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::simulation {

using Micros = std::chrono::microseconds;

/// An error built into the world around the product, which the judge has to find.
enum class Plant {
    none,
    lost_sync,          ///< a crash takes a record that was synced
    early_answer,       ///< answers leave before their events are synced
    stale_reading,      ///< the coordinator takes what it read long ago for the log's end
    second_report,      ///< a mover reports one move under two ids
    forgotten_release,  ///< a site that comes back goes on with what it had released
    open_gate,          ///< a site takes each gate that it sees for open
    forged_rollback,    ///< a rollback leaves somebody out and says that it did not
    drifting_fold,      ///< memory of a running site changes by itself
    torn_cut,           ///< a cut is taken through whatever stands in its way
    open_scope,         ///< a rollback over sites sets back before all scopes are closed
    crossed_owner,      ///< a site's plan forgets who changed home since its target
    early_stand,        ///< a log of one writer says that a record stands before it is synced
    second_writer,      ///< a log of one writer lets another in beside it
    unapproved_taking,  ///< a site takes a lost one over that nobody has agreed to
    older_copy,         ///< and from a copy behind which others have gone on
    returned_owner,     ///< a site that was taken over comes back and goes on as before
    merged_tail,        ///< what it wrote after that is accepted by others
    kept_barrier,       ///< a barrier that a rollback undercut stays passed
};

struct PlantName {
    Plant plant;
    std::string_view name;
};
inline constexpr PlantName plants[] = {
    {Plant::lost_sync, "lost-sync"},
    {Plant::early_answer, "early-answer"},
    {Plant::stale_reading, "stale-reading"},
    {Plant::second_report, "second-report"},
    {Plant::forgotten_release, "forgotten-release"},
    {Plant::open_gate, "open-gate"},
    {Plant::forged_rollback, "forged-rollback"},
    {Plant::drifting_fold, "drifting-fold"},
    {Plant::torn_cut, "torn-cut"},
    {Plant::open_scope, "open-scope"},
    {Plant::crossed_owner, "crossed-owner"},
    {Plant::early_stand, "early-stand"},
    {Plant::second_writer, "second-writer"},
    {Plant::unapproved_taking, "unapproved-taking"},
    {Plant::older_copy, "older-copy"},
    {Plant::returned_owner, "returned-owner"},
    {Plant::kept_barrier, "kept-barrier"},
    {Plant::merged_tail, "merged-tail"},
};

/// An invariant that did not hold.
struct Violation {
    std::string what;
};
inline void demand(bool holds, const auto&... what) {
    if (holds) return;
    std::string text;
    ((text += what), ...);
    throw Violation{std::move(text)};
}

/// What happened, by its name; the order is that of the printed lines.
enum class Count {
    steps,
    decisions,
    repeats,
    commits,
    crashes,
    lost_writes,
    kept_writes,
    failed_writes,
    dropped,
    delayed,
    duplicates,
    reordered,
    partitions,
    acknowledged,
    moves,
    moves_back,
    late_reports,
    waves,
    rollbacks,
    resumed_rollbacks,
    releases,
    acceptances,
    declines,
    barriers,
    undercut,
    quorums,
    gates,
    snapshots,
    rebuilds,
    cuts,
    refused_cuts,
    joint_rollbacks,
    joint_shares,
    resumed_joint,
    abandoned_joint,
    refused_joint,
    kept_owners,
    embedded_worlds,
    shared_worlds,
    lost_sites,
    refused_takings,
    takings,
    taken_entities,
    returned_sites,
    orphaned_events,
    refused_orphans,
    lost_cuts,
    end
};
inline constexpr std::string_view count_names[] = {"steps",
                                                   "decisions",
                                                   "repeats",
                                                   "commits",
                                                   "crashes",
                                                   "lost writes",
                                                   "kept writes",
                                                   "failed writes",
                                                   "dropped",
                                                   "delayed",
                                                   "duplicates",
                                                   "reordered",
                                                   "partitions",
                                                   "acknowledged",
                                                   "moves",
                                                   "moves back",
                                                   "late reports",
                                                   "waves",
                                                   "rollbacks",
                                                   "resumed rollbacks",
                                                   "releases",
                                                   "acceptances",
                                                   "declines",
                                                   "barriers",
                                                   "undercut barriers",
                                                   "barriers passed by quorum",
                                                   "gates",
                                                   "snapshots read",
                                                   "rebuilds compared",
                                                   "cuts",
                                                   "refused cuts",
                                                   "rollbacks over sites",
                                                   "sites set back to a cut",
                                                   "resumed rollbacks over sites",
                                                   "abandoned rollbacks over sites",
                                                   "refused rollbacks over sites",
                                                   "refusals at a change of owner",
                                                   "worlds on logs of one writer",
                                                   "worlds on logs of several writers",
                                                   "lost sites",
                                                   "refused takeovers",
                                                   "takeovers",
                                                   "entities taken over",
                                                   "returned sites",
                                                   "orphaned events",
                                                   "refused orphans",
                                                   "cuts refused for a lost site"};
static_assert(std::size(count_names) == static_cast<std::size_t>(Count::end));

struct Totals {
    std::uint64_t counts[static_cast<std::size_t>(Count::end)] = {};
    std::uint64_t& operator[](Count count) { return counts[static_cast<std::size_t>(count)]; }
    std::uint64_t operator[](Count count) const { return counts[static_cast<std::size_t>(count)]; }
    void add(const Totals& more) {
        for (std::size_t i = 0; i < std::size(counts); ++i) counts[i] += more.counts[i];
    }
};

class Surroundings {
public:
    Surroundings(std::uint64_t with_seed, Plant with_plant, bool with_trace)
        : seed(with_seed), plant(with_plant), random_(with_seed), traced_(with_trace) {
        ++totals[embedded() ? Count::embedded_worlds : Count::shared_worlds];
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;

    std::uint64_t number() { return random_(); }
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool chance(std::uint64_t in_a_thousand) { return below(1000) < in_a_thousand; }
    Micros between(std::uint64_t from, std::uint64_t to) {
        return Micros(static_cast<std::int64_t>(from + below(to - from)));
    }
    /// Every other pair of worlds has logs that admit one writer, the rest such as admit several.
    bool embedded() const { return seed / 2 % 2 == 1; }
    bool planted(Plant which) const { return plant == which; }

    /// Happens once that much virtual time has passed.
    void in(Micros delay, std::function<void()> what);
    /// Lets the next thing happen. False where nothing is to come.
    bool step();

    /// Part of the hash by which two runs of one seed are compared, and printed where asked for.
    void trace(std::string_view what, std::string_view about, std::uint64_t number = 0);
    std::uint64_t trace_hash() const { return hash_; }

    const std::uint64_t seed;
    const Plant plant;
    ManualClock clock;
    Totals totals;
    bool healed = false;  ///< nothing goes wrong any more

private:
    struct Entry {
        Micros when;
        std::uint64_t number;
        std::function<void()> what;
        bool operator>(const Entry& other) const {
            return when != other.when ? when > other.when : number > other.number;
        }
    };
    std::mt19937_64 random_;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> agenda_;
    std::uint64_t entries_ = 0;
    std::uint64_t hash_ = 1469598103934665603ULL;
    bool traced_;
};

/// A site's own clock, which goes as fast as all others and shows something else.
class SkewedClock final : public Clock {
public:
    SkewedClock(const Clock& base, Micros skew) : base_(base), skew_(skew) {}
    Time now() const override { return base_.now() + skew_; }
    Micros monotonic() const override { return base_.monotonic(); }

private:
    const Clock& base_;
    Micros skew_;
};

}  // namespace ferry::simulation
