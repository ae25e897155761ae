#pragma once
/// How far one site is, as a campaign counts it: the furthest lifecycle that it has begun and that
/// it has finished, and how many of its moves failed. From the fleet alone; any thread that may
/// read it.
#include "engine/campaign.hpp"
#include "engine/pack.hpp"
#include "engine/replica.hpp"

#include <span>

namespace ferry {

/// The furthest lifecycle that all of the site has finished:
///  - coexist-test: every pool is in it or further, and those in it are verified;
///  - pilot: every pool is in pilot, where its pack calls the pilot done, or further;
///  - production: every pool and every present member is, and no move is in flight;
///  - retired: every pool is.
/// A phase that one of `waves` leads to is finished only once that wave is completed; one of them
/// that is not planned yet keeps production unfinished. Legacy where there is no pool.
v1::State finished_phase(const Fleet& fleet, const Pack& pack, Time now,
                         std::span<const std::string> waves = {});

/// How many members stand as failed: their last real move failed, or a wave has counted them as
/// refused or failed. What else counts as a failure is added here and nowhere else.
std::uint64_t failed_moves(const Fleet& fleet);

/// What the coordinator reports of a site. `campaign` names the one it is reported to, `waves`
/// those of the site that it waits for.
SiteStanding standing_of(const Replica& site, const Pack& pack, std::string_view campaign, Time now,
                         std::span<const std::string> waves = {});

}  // namespace ferry
