#include "cli/campaign_cut.hpp"

#include "engine/campaign_seen.hpp"
#include "engine/campaign_steps.hpp"
#include "engine/home_evidence.hpp"
#include "engine/request.hpp"
#include "events/hash.hpp"
#include "projections/owner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

/// Entities that no site goes on with: nobody's to command, so no cut may pass there.
std::string released_entities(const CampaignSites& sites) {
    const auto fleets = sites.fleets();
    std::string names;
    for (const Selected& each : between_sites(fleets))
        names += fmt::format("\n  {} is between sites: it was released by {} and not accepted yet",
                             fleets[each.site]->id(each.number), fleets[each.site]->site);
    return names;
}

/// The logs are read one after the other and nobody stops meanwhile, so one that was read late may
/// know of a release that lies after the place at which another was read.
std::string read_too_early(const CampaignSites& sites, const Fleet& fleet) {
    std::string names;
    const auto look = [&](std::string_view entity, const std::string& transfer) {
        const auto cause = parse_transfer(transfer);
        const CampaignSiteLog* from = cause ? sites.named(cause->site) : nullptr;
        if (!from || cause->position <= from->replica.acceptance.position) return;
        names += fmt::format("\n  {} was released by {} at {} while the logs were read, and {} "
                             "knows of it already; take the cut again",
                             entity, from->name, transfer, fleet.site);
    };
    for (const auto& [number, arrivals] : fleet.arrivals)
        for (const ArrivalState& each : arrivals) look(fleet.id({number}), each.transfer);
    for (const DeclinedTransfer& each : fleet.declined) look(each.entity, each.transfer);
    return names;
}

/// What keeps a cut from passing through this site.
std::string obstacle(const Replica& campaign, const CampaignSiteLog& log) {
    if (!log.cut_off.empty()) return fmt::format("{} is cut off: {}", log.name, log.cut_off);
    const Fleet& fleet = log.replica.fleet;
    if (!fleet.rollbacks.empty())
        return fmt::format("rollback {} of {} is partial; resume or abandon it first",
                           fleet.rollbacks.front().id, log.name);
    const auto seen = seen_by(campaign.fleet, campaign.acceptance, log.name);
    if (seen && is_news(fleet, *seen))
        return fmt::format("a gate of {0} is half open: it has moved in campaign_{1}, and {0} has "
                           "not seen it yet; any command given there, or its service, sees it",
                           log.name, campaign.fleet.campaign->plan.name);
    return {};
}

}  // namespace

Result<v1::StoredEvent> cut_now(const Replica& campaign, const CampaignSites& sites,
                                const std::string& label) {
    if (auto fine = check_label(label); !fine) return fail(Errc::bad_input, fine.error().message);
    const Campaign& state = *campaign.fleet.campaign;
    if (label.find('/') != label.npos)
        return fail(Errc::bad_input, fmt::format("label `{}` holds a `/`, which stands between a "
                                                 "campaign and its labels",
                                                 label));
    if (state.cut(label))
        return fail(Errc::not_allowed,
                    fmt::format("cut {}/{} was taken already, at position {}", state.plan.name,
                                label, state.cut(label)->position.value));
    std::string obstacles;
    if (has_half_open_gate(state))
        obstacles = fmt::format("\n  a gate is half open: `ferry coordinate {} --once` moves it",
                                state.plan.name);
    obstacles += released_entities(sites);
    v1::StoredEvent event;
    event.set_command_id(fmt::format("{}/cut/{}", state.plan.name, label));
    event.mutable_cut_taken()->set_label(label);
    for (const CampaignSite& site : state.plan.sites) {
        const CampaignSiteLog* log = sites.named(site.name);
        if (auto found = obstacle(campaign, *log); !found.empty()) obstacles += "\n  " + found;
        obstacles += read_too_early(sites, log->replica.fleet);
        const AcceptanceState& end = log->replica.acceptance;
        auto& place = *event.mutable_cut_taken()->add_places();
        place.set_site(site.name);
        place.set_position(end.position.value);
        place.set_head(end.head.data(), end.head.size());
        place.set_log_id(end.log_id.bytes.data(), end.log_id.bytes.size());
    }
    if (obstacles.empty()) return event;
    return fail(Errc::not_allowed, fmt::format("no cut passes through campaign {} now:{}",
                                               state.plan.name, obstacles));
}

Result<const Cut*> CutMoments::cut_of(const std::string& moment) {
    const auto slash = moment.find('/');
    if (slash == moment.npos) return nullptr;
    if (!read_) logs_.read();
    read_ = true;
    CampaignLog* campaign = logs_.named(std::string_view(moment).substr(0, slash));
    // A label of a mark may hold a slash, too.
    if (!campaign || !campaign->replica.fleet.campaign) return nullptr;
    const Campaign& state = *campaign->replica.fleet.campaign;
    if (const Cut* cut = state.cut(std::string_view(moment).substr(slash + 1))) return cut;
    std::vector<std::string> labels;
    labels.reserve(state.cuts.size());
    for (const Cut& each : state.cuts) labels.push_back(each.label);
    return fail(
        Errc::bad_input,
        fmt::format("campaign {} has no cut `{}`; {}", state.plan.name, moment.substr(slash + 1),
                    labels.empty()
                        ? fmt::format("`ferry campaign cut {} LABEL` takes one", state.plan.name)
                        : fmt::format("it has {}", fmt::join(labels, ", "))));
}

Result<std::string> CutMoments::in(const Replica& site, const std::string& moment) {
    const auto cut = cut_of(moment);
    if (!cut) return std::unexpected(cut.error());
    if (!*cut || site.fleet.label(moment)) return moment;
    for (const CutAt& place : (*cut)->places) {
        if (place.site != site.fleet.site) continue;
        if (place.log_id != text_of(site.acceptance.log_id.bytes))
            return fail(Errc::damaged, fmt::format("cut {} names another log of {} than {}", moment,
                                                   place.site, site.log->name()));
        return fmt::format("{}:{}", place.site, place.position.value);
    }
    return fail(Errc::usage, fmt::format("cut {} names no position in site {}, which is none of "
                                         "the campaign's; narrow the command to its sites",
                                         moment, site.fleet.site));
}

Result<Moment> CutMoments::resolve(const Replica& site, const std::string& moment) {
    const auto text = in(site, moment);
    if (!text) return std::unexpected(text.error());
    auto resolved = resolve_moment(site, *text);
    if (resolved && *text != moment) resolved->shown += fmt::format(" (cut {})", moment);
    return resolved;
}

bool CutMoments::leaves_out(const Replica& site, const std::string& moment) {
    const auto cut = cut_of(moment);
    if (!cut || !*cut || site.fleet.label(moment)) return false;
    for (const CutAt& place : (*cut)->places)
        if (place.site == site.fleet.site) return false;
    return true;
}

}  // namespace ferry
