// Every projection that is kept on file, rebuilt from position 1 and compared.
#include "engine/evolve.hpp"
#include "events/fold_reader.hpp"
#include "events/hash.hpp"
#include "projections/commit_walk.hpp"
#include "projections/derived_file.hpp"
#include "projections/digest.hpp"
#include "projections/snapshot.hpp"
#include "projections/verification.hpp"

#include <algorithm>

namespace ferry {

namespace {

/// What a log makes: the fleet and, beside it, the index of command ids.
struct Rebuilt {
    Fleet fleet;
    CommandIndex index;

    void take(const CommitView& commit) {
        evolve(fleet, commit);
        for_each_command_id(
            commit, [&](Position position, std::string_view id) { index.note(id, position); });
    }
};

/// In one order, whatever order the tables lie in.
bool same_index(const CommandIndex& a, const CommandIndex& b) {
    using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    const auto sorted = [](const CommandIndex& index) {
        std::vector<std::uint64_t> columns;
        std::vector<std::string> collisions;
        index.store(columns, collisions);
        Pairs pairs;
        for (std::size_t i = 0; i + 1 < columns.size(); i += 2)
            pairs.emplace_back(columns[i], columns[i + 1]);
        std::sort(pairs.begin(), pairs.end());
        std::sort(collisions.begin(), collisions.end());
        return std::pair(std::move(pairs), std::move(collisions));
    };
    return sorted(a) == sorted(b);
}

bool same_counts(const Fleet& a, const Fleet& b) {
    for (std::uint32_t number = 1; number < a.entities.size(); ++number) {
        if (a.entities[number].kind != v1::KIND_POOL) continue;
        const PoolCounts& one = a.members({number});
        const PoolCounts& other = b.members({number});
        if (!std::equal(std::begin(one.users), std::end(one.users), other.users) ||
            !std::equal(std::begin(one.applications), std::end(one.applications),
                        other.applications) ||
            one.moving != other.moving)
            return false;
    }
    return true;
}

bool finds_all(const Fleet& fleet) {
    for (std::size_t number = 1; number <= fleet.size(); ++number)
        if (fleet.find(fleet.id({number})) != EntityNumber{number}) return false;
    return true;
}

/// The index that belongs to the state on file; nothing where there is none of that position.
std::optional<CommandIndex> index_on_file(Log& log, const AcceptanceState& state) {
    const auto stored = read_derived_file(log.derived_path("ids"));
    if (!stored || !*stored) return std::nullopt;
    auto index = read_index((*stored)->view(), {state.log_id, state.position, state.head, {}});
    if (!index) return std::nullopt;
    return std::move(*index);
}

}  // namespace

Result<RebuildComparison> compare_rebuild(Log& log) {
    RebuildComparison comparison;
    Rebuilt fresh;
    WalkPlace place;
    const auto folded = walk_commits(log, place, [&](const CommitView& commit) {
        fresh.take(commit);
        return true;
    });
    if (!folded) return std::unexpected(folded.error());
    comparison.position = fresh.fleet.position;
    comparison.folded = fleet_digest(fresh.fleet);
    if (!finds_all(fresh.fleet)) comparison.differing.emplace_back("the index of names");
    auto stored = snapshot_state(log, comparison.position, comparison.refusal);
    if (!stored) return comparison;
    auto index = index_on_file(log, stored->acceptance);
    Rebuilt kept{std::move(stored->fleet), index ? std::move(*index) : CommandIndex()};
    place = {stored->acceptance, stored->next};
    // A writer at work may have gone on: both are compared where the first fold ended.
    const auto walked = walk_commits(log, place, [&](const CommitView& commit) {
        if (commit.header.first > comparison.position) return false;
        kept.take(commit);
        return true;
    });
    if (!walked) return std::unexpected(walked.error());
    comparison.from_snapshot = fleet_digest(kept.fleet);
    if (*comparison.from_snapshot != comparison.folded)
        comparison.differing.emplace_back("the state of the estate");
    else if (!same_counts(fresh.fleet, kept.fleet))
        comparison.differing.emplace_back("the counts of members");
    if (!finds_all(kept.fleet)) comparison.differing.emplace_back("the names in the snapshot");
    if (index && !same_index(fresh.index, kept.index))
        comparison.differing.emplace_back("the index of command ids");
    return comparison;
}

}  // namespace ferry
