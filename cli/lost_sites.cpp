#include "cli/lost_sites.hpp"

#include "cli/log_url.hpp"
#include "engine/done_commands.hpp"
#include "events/hash.hpp"
#include "projections/as_of.hpp"
#include "projections/owner.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

Result<std::unique_ptr<Replica>> open_lost_copy(Session& session, const std::string& from,
                                                const std::string& site) {
    const std::string& at = from.empty() ? session.log_url : from;
    const auto url = parse_log_url(at, session);
    if (!url) return std::unexpected(url.error());
    const auto names = sites_at(*url);
    if (!names) return std::unexpected(names.error());
    if (std::ranges::find(*names, site) == names->end())
        return fail(Errc::unavailable,
                    fmt::format("there is no log of site {} at {}; name the last known copy with "
                                "--from URL",
                                site, at));
    auto replica = std::make_unique<Replica>(open_log(*url, site, "ferry"));
    replica->keeps_index = false;
    if (auto opened = open_replica(*replica); !opened) return std::unexpected(opened.error());
    if (replica->acceptance.started()) return replica;
    return fail(Errc::damaged, fmt::format("{} holds no commit that counts", replica->log->name()));
}

Result<void> check_lost_copy(const Replica& copy, const TakenSite& taken, std::string_view taker) {
    const auto head = commit_hash_at(copy, taken.known);
    if (!head) return std::unexpected(head.error());
    if (taken.head == text_of(*head) && taken.log_id == text_of(copy.acceptance.log_id.bytes))
        return {};
    return fail(Errc::damaged,
                fmt::format("{} is not the log that site {} took over: its commit at position {} "
                            "is another",
                            copy.log->name(), taker, taken.known.value));
}

Result<void> give_up_lost(std::span<const FleetSeen> seen) {
    std::vector<const Fleet*> fleets;
    for (const FleetSeen& each : seen) fleets.push_back(each.fleet);
    for (const LostSite& lost : lost_sites(fleets)) {
        Fleet& fleet = *seen[lost.site].fleet;
        const std::string& taker = fleets[lost.taker]->site;
        if (fleet.position <= lost.taken.known) {
            disown(fleet, fleet, taker);
            continue;
        }
        const auto known = fleet_as_of(*seen[lost.site].log, lost.taken.known);
        if (!known) return std::unexpected(known.error());
        disown(fleet, *known, taker);
    }
    return {};
}

}  // namespace ferry
