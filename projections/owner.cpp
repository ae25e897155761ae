#include "projections/owner.hpp"

#include "engine/home_evidence.hpp"

#include <algorithm>

namespace ferry {

std::optional<Selected> owner_of(std::span<const Fleet* const> fleets, std::string_view id) {
    std::optional<Selected> left;
    for (std::size_t site = 0; site < fleets.size(); ++site) {
        const auto number = fleets[site]->find(id);
        if (!number) continue;
        const Entity& entity = fleets[site]->at(*number);
        // Known only by what a lost site wrote after it was taken over, which is part of nothing.
        if (entity.version == 0) continue;
        if (!entity.away) return Selected{site, *number};
        // The versions go on through all homes, so the highest is the last that had it.
        if (!left || entity.version > fleets[left->site]->at(left->number).version)
            left = Selected{site, *number};
    }
    return left;
}

bool is_between(std::span<const Fleet* const> fleets, const Selected& one) {
    const Fleet& fleet = *fleets[one.site];
    return fleet.at(one.number).away && owner_of(fleets, fleet.id(one.number)) == one;
}

std::vector<Selected> between_sites(std::span<const Fleet* const> fleets) {
    std::vector<Selected> found;
    for (std::size_t site = 0; site < fleets.size(); ++site)
        for (const auto& [number, release] : fleets[site]->releases)
            if (const Selected one{site, {number}}; is_between(fleets, one)) found.push_back(one);
    std::ranges::sort(found);
    return found;
}

const TakenSite* taken_by(const Fleet& fleet, std::string_view site) {
    const auto found = std::ranges::find(fleet.taken_sites, site, &TakenSite::site);
    return found == fleet.taken_sites.end() ? nullptr : &*found;
}

std::vector<LostSite> lost_sites(std::span<const Fleet* const> fleets) {
    std::vector<LostSite> lost;
    for (std::size_t taker = 0; taker < fleets.size(); ++taker)
        for (const TakenSite& taken : fleets[taker]->taken_sites)
            for (std::size_t site = 0; site < fleets.size(); ++site)
                if (fleets[site]->site == taken.site) lost.push_back({site, taker, taken});
    return lost;
}

std::vector<std::string> accepted_since(std::span<const Fleet* const> fleets, std::string_view lost,
                                        Position known) {
    std::vector<std::string> entities;
    for (const Fleet* fleet : fleets)
        for (const auto& [number, arrivals] : fleet->arrivals)
            for (const ArrivalState& each : arrivals) {
                const auto from = parse_transfer(each.transfer);
                if (from && from->site == lost && from->position > known)
                    entities.emplace_back(fleet->id({number}));
            }
    std::ranges::sort(entities);
    return entities;
}

void disown(Fleet& fleet, const Fleet& known, std::string_view taker) {
    auto releases = known.releases;
    const Position known_to = known.position;
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
        Entity& entity = fleet.entities[number];
        // Its history is read back from there, the orphaned part of it too.
        const Position last = entity.last_position;
        if (known.knows({number})) entity = known.at({number});
        else entity.version = 0;
        entity.last_position = last;
        // A wave ends with its site: nobody goes on with it.
        if (entity.version != 0 && !entity.away && entity.kind != v1::KIND_WAVE)
            releases[number] = {std::string(taker), "", known_to};
        entity.away = true;
    }
    fleet.releases = std::move(releases);
    fleet.counts.clear();
}

}  // namespace ferry
