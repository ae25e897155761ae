#include "projections/as_of.hpp"

#include "engine/evolve.hpp"
#include "projections/commit_walk.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

namespace ferry {

Error beyond_end(const Log& log, Position asked, Position end) {
    return {Errc::usage, fmt::format("{} ends at position {}, so there is no position {} yet; give "
                                     "one from 1 to {}",
                                     log.name(), end.value, asked.value, end.value)};
}

Result<Fleet> fleet_as_of(Log& log, Position position) {
    if (position.value == 0) return Fleet();
    std::string unused;
    SnapshotState state;
    if (auto stored = snapshot_state(log, position, unused)) state = std::move(*stored);
    Fleet& fleet = state.fleet;
    WalkPlace place{state.acceptance, state.next};
    if (fleet.position < position) {
        const auto walked = walk_commits(log, place, [&](const CommitView& commit) {
            evolve(fleet, commit, position);
            return fleet.position < position;
        });
        if (!walked) return std::unexpected(walked.error());
    }
    if (fleet.position < position)
        return std::unexpected(beyond_end(log, position, fleet.position));
    return std::move(fleet);
}

}  // namespace ferry
