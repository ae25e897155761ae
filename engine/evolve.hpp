#pragma once
/// evolve: state × event → state. Total: it sets what the event says and judges nothing, so that
/// yesterday's history never meets today's guards. What it does not know it remembers in
/// `Fleet::unknown` and leaves alone.
#include "engine/fleet.hpp"
#include "events/commit.hpp"

namespace ferry {

/// Of the fold itself: raised when the same events would give another state.
inline constexpr std::uint32_t fold_version = 1;

void evolve(Fleet& fleet, Position position, Time recorded, const v1::StoredEvent& event);

/// Folds the events of an accepted commit, as far as `until` where it is given.
void evolve(Fleet& fleet, const CommitView& commit, Position until = {UINT64_MAX});

}  // namespace ferry
