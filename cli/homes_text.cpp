#include "cli/homes_text.hpp"

#include "engine/home_evidence.hpp"
#include "engine/words.hpp"
#include "projections/owner.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t homes_listed_max = 20;

const ReleaseState& release_of(const Fleet& fleet, EntityNumber number) {
    return fleet.releases.find(static_cast<std::uint32_t>(number.value))->second;
}

const TakenSite* taken(std::span<const Fleet* const> fleets, std::string_view site) {
    for (const Fleet* fleet : fleets)
        if (const TakenSite* found = taken_by(*fleet, site)) return found;
    return nullptr;
}

std::string between_line(std::span<const Fleet* const> fleets, const Selected& one) {
    const Fleet& fleet = *fleets[one.site];
    const ReleaseState& release = release_of(fleet, one.number);
    const std::string_view id = fleet.id(one.number);
    // It was at home in a site that was taken over, and the takeover has not come to it yet.
    if (const TakenSite* lost = taken(fleets, fleet.site); lost && release.position == lost->known)
        return fmt::format("{} of site {}, which {} took over; go on with `ferry take-over {} --to "
                           "{}`",
                           id, fleet.site, release.to_site, fleet.site, release.to_site);
    const std::string released = fmt::format("{} released to {} at {}", id, release.to_site,
                                             transfer_name(fleet.site, release.position));
    if (taken(fleets, release.to_site))
        return fmt::format("{}, which is lost; take it back with `ferry release {} --to {} "
                           "--take-back`",
                           released, id, release.to_site);
    return fmt::format("{}; go on with `ferry release {} --to {}`, or take it back with "
                       "--take-back",
                       released, id, release.to_site);
}

/// The last position that the lost site's log holds now.
Position end_of(const std::vector<SiteView>& sites, const LostSite& lost) {
    return sites[lost.site].site->replica.fleet.position;
}

}  // namespace

void print_homes(std::ostream& out, const std::vector<SiteView>& sites) {
    const auto fleets = fleets_of(sites);
    const auto between = between_sites(fleets);
    if (!between.empty())
        out << fmt::format("\n{} between two sites, nobody's to command until accepted:\n",
                           between.size());
    const std::size_t listed = std::min(between.size(), homes_listed_max);
    for (std::size_t i = 0; i < listed; ++i)
        out << "  " << between_line(fleets, between[i]) << '\n';
    if (listed < between.size())
        out << fmt::format("  … and {} more; --json lists all\n", between.size() - listed);
    for (const LostSite& lost : lost_sites(fleets)) {
        const TakenSite& taken = lost.taken;
        out << fmt::format("\nsite {} was taken over by {} as known to position {}, at {}:{}\n",
                           taken.site, fleets[lost.taker]->site, taken.known.value,
                           fleets[lost.taker]->site, taken.position.value);
        if (const Position end = end_of(sites, lost); end > taken.known)
            out << fmt::format("orphaned: {}:{}–{}, {}\n", taken.site, taken.known.value + 1,
                               end.value, counted(end.value - taken.known.value, "event"));
    }
}

void add_homes(boost::json::object& json, const std::vector<SiteView>& sites, const SiteView& of) {
    const auto fleets = fleets_of(sites);
    boost::json::array away;
    for (const Selected& each : between_sites(fleets)) {
        if (fleets[each.site] != of.fleet) continue;
        const ReleaseState& release = release_of(*of.fleet, each.number);
        away.push_back(
            boost::json::object{{"entity", std::string(of.fleet->id(each.number))},
                                {"to", release.to_site},
                                {"release", transfer_name(of.fleet->site, release.position)}});
    }
    if (!away.empty()) json["betweenSites"] = std::move(away);
    for (const LostSite& lost : lost_sites(fleets)) {
        if (fleets[lost.site] != of.fleet) continue;
        const Position end = end_of(sites, lost);
        json["takenOverBy"] = fleets[lost.taker]->site;
        json["knownTo"] = lost.taken.known.value;
        json["orphanedEvents"] = end > lost.taken.known ? end.value - lost.taken.known.value : 0;
    }
}

}  // namespace ferry
