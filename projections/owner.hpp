#pragma once
/// Whose an entity is, where several sites know it: the one that accepted it last, or while it is
/// between two sites the one that released it. Pure; any thread that may read the fleets.
#include "projections/selector.hpp"

namespace ferry {

/// Nothing where no site knows it.
std::optional<Selected> owner_of(std::span<const Fleet* const> fleets, std::string_view id);

/// Of entities that are away in `fleets[site]`: whether no site has gone on with it yet.
bool is_between(std::span<const Fleet* const> fleets, const Selected& one);

/// Entities that no site goes on with, in the order of sites and numbers.
std::vector<Selected> between_sites(std::span<const Fleet* const> fleets);

/// What the fleet's site knows of having taken `site` over; null where it has not.
const TakenSite* taken_by(const Fleet& fleet, std::string_view site);

/// A site that another one has taken over, where its log is still to be had.
struct LostSite {
    std::size_t site = 0;   ///< index of the lost one's fleet
    std::size_t taker = 0;  ///< and of the one that goes on for it
    TakenSite taken;
};
std::vector<LostSite> lost_sites(std::span<const Fleet* const> fleets);

/// What the sites have accepted that the lost one released after `known`. Whoever took it over as
/// known to there would be a second owner of that.
std::vector<std::string> accepted_since(std::span<const Fleet* const> fleets, std::string_view lost,
                                        Position known);

/// What a lost site had is its taker's: in memory nothing of it is the lost site's own any more,
/// and of what it wrote after `known`, its fleet as it was taken over, no entity remembers
/// anything. What was at home there is released to the taker, at the place where the taker accepts
/// it from. `fleet` is a reader's copy, and `known` may be the same.
void disown(Fleet& fleet, const Fleet& known, std::string_view taker);

}  // namespace ferry
