#include "cli/view.hpp"

#include "cli/entity_argument.hpp"
#include "cli/lost_sites.hpp"
#include "events/whole_number.hpp"
#include "projections/as_of.hpp"
#include "projections/entity_as_of.hpp"
#include "projections/moment.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

std::string names_of(std::deque<Site>& sites) {
    std::string names;
    for (const Site& site : sites) names += (names.empty() ? "" : ", ") + site.name;
    return names;
}

}  // namespace

Error no_log_at(const Session& session) {
    return {Errc::unavailable,
            fmt::format("there is no log at {}; begin one with `ferry import pools.csv "
                        "users.csv`, or name the right one with --log",
                        session.log_url)};
}

std::vector<const Fleet*> fleets_of(const std::vector<SiteView>& sites) {
    std::vector<const Fleet*> fleets;
    fleets.reserve(sites.size());
    for (const SiteView& site : sites) fleets.push_back(site.fleet);
    return fleets;
}

Result<std::unique_ptr<View>> View::open(Session& session, std::string at) {
    auto sites = Sites::open(session, false);
    if (!sites) return std::unexpected(sites.error());
    if ((*sites)->all().empty()) return std::unexpected(no_log_at(session));
    return std::unique_ptr<View>(new View(session, std::move(at), std::move(*sites)));
}

/// `paris:120` is a moment of one site.
bool View::concerns(const Site& site) const {
    const auto colon = at_.find(':');
    const bool names_site = colon != at_.npos && is_number(std::string_view(at_).substr(colon + 1));
    return !names_site || at_.substr(0, colon) == site.name;
}

Result<SiteView> View::view(Site& site) {
    if (at_.empty()) return SiteView{&site, &site.replica.fleet};
    if (const auto known = past_.find(site.name); known != past_.end())
        return SiteView{&site, &known->second};
    const auto moment = cuts_.resolve(site.replica, at_);
    if (!moment) return std::unexpected(moment.error());
    auto fleet = fleet_as_of(*site.replica.log, moment->position);
    if (!fleet) return std::unexpected(fleet.error());
    announce(site, moment->shown, fleet->recorded);
    return SiteView{&site, &past_.emplace(site.name, std::move(*fleet)).first->second};
}

/// The moment as it was understood, once for each site.
void View::announce(const Site& site, std::string_view shown, Time recorded) {
    if (announced_.insert(site.name).second)
        session_.err << fmt::format("as of {}, {}\n", shown, to_rfc3339(recorded));
}

/// A member's past is read back along its own events, without folding the site's.
Result<EntityView> View::find_member(const Sites::Place& place) {
    const Replica& replica = place.site->replica;
    const auto moment = cuts_.resolve(replica, at_);
    if (!moment) return std::unexpected(moment.error());
    auto then = member_as_of(replica, place.number, moment->position);
    if (!then) return std::unexpected(then.error());
    announce(*place.site, moment->shown, then->fleet.recorded);
    Fleet& fleet = past_members_.emplace_back(std::move(then->fleet));
    return EntityView{{place.site, &fleet}, then->number};
}

Result<std::vector<SiteView>> View::sites(std::string_view only) {
    if (!only.empty() && !sites_->named(only))
        return fail(Errc::bad_input, fmt::format("there is no site `{}` at {}; known are: {}", only,
                                                 session_.log_url, names_of(sites_->all())));
    if (const auto one = check_moment(*sites_, at_, only.empty() ? sites_->all().size() : 1); !one)
        return std::unexpected(one.error());
    std::vector<SiteView> views;
    std::vector<Error> left_out;
    for (Site& site : sites_->all()) {
        if ((!only.empty() && site.name != only) || !concerns(site)) continue;
        if (only.empty() && cuts_.leaves_out(site.replica, at_)) continue;
        if (auto seen = view(site)) views.push_back(*seen);
        else if (seen.error().code != Errc::usage) return std::unexpected(seen.error());
        else left_out.push_back(seen.error());
    }
    if (views.empty() && !left_out.empty()) return std::unexpected(left_out.front());
    if (views.empty())
        return fail(Errc::usage, fmt::format("`{}` is of none of the sites shown ({})", at_,
                                             names_of(sites_->all())));
    for (const Error& error : left_out) session_.warn(error.message);
    if (at_.empty()) return views;
    // A site that was lost by then has nothing of its own any more, as it is now.
    std::vector<FleetSeen> seen;
    seen.reserve(views.size());
    for (const SiteView& each : views) seen.push_back({each.site->replica.log.get(), each.fleet});
    if (auto given_up = give_up_lost(seen); !given_up) return std::unexpected(given_up.error());
    return views;
}

/// As of a moment the entity may have been at home in another site than it is now.
std::optional<EntityView> View::find_at_home(const std::string& id) {
    // What a lost site had then is its own only where nobody had taken it over yet.
    for (const bool lost : {false, true})
        for (Site& site : sites_->all()) {
            const Fleet& now = site.replica.fleet;
            const auto number = now.find(id);
            const bool stays = now.releases.empty() && now.arrivals.empty();
            if (!number || stays || !concerns(site) || sites_->is_lost(site.name) != lost) continue;
            const auto seen = view(site);
            if (!seen || !seen->fleet->knows(*number) || seen->fleet->at(*number).away) continue;
            return EntityView{*seen, *number};
        }
    return std::nullopt;
}

Result<EntityView> View::find(std::string_view typed) {
    Sites::Place place;
    const std::string id = entity_id(typed);
    if (id.starts_with("site:")) place.site = sites_->named(std::string_view(id).substr(5));
    if (!place.site) {
        const auto found = find_entity(*sites_, typed);
        if (!found) return std::unexpected(found.error());
        place = *found;
    }
    if (!at_.empty() && place.number.value != 0)
        if (auto found = find_at_home(id)) return *found;
    const bool member = place.site->replica.fleet.at(place.number).is_member();
    Result<EntityView> found;
    if (member && !at_.empty()) found = find_member(place);
    else if (const auto seen = view(*place.site)) found = EntityView{*seen, place.number};
    else return std::unexpected(seen.error());
    if (!found || found->at.fleet->knows(found->number)) return found;
    return fail(Errc::bad_input,
                fmt::format("{} was not registered yet as of {}:{}; `ferry history {}` shows when "
                            "it was",
                            id, place.site->name, found->at.fleet->position.value, id));
}

Result<void> check_moment(Sites& sites, std::string_view moment, std::size_t logs) {
    if (!is_number(moment) || logs < 2) return {};
    return fail(Errc::usage,
                fmt::format("position {} could be of any site ({}); say which, as in {}:{}", moment,
                            names_of(sites.all()), sites.all().front().name, moment));
}

void add_moment_option(Verb& verb, std::string& at) {
    verb.add_option(
            "--at", at,
            "As of this moment: a position (paris:120), a time (RFC 3339), a label or a cut "
            "(CAMPAIGN/LABEL)")
        .takes("MOMENT");
}

}  // namespace ferry
