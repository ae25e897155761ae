#include "cli/campaign_text.hpp"

#include "cli/elapsed.hpp"
#include "cli/event_text.hpp"
#include "cli/printable.hpp"
#include "cli/table.hpp"
#include "engine/campaign_rules.hpp"
#include "engine/campaign_seen.hpp"
#include "engine/public_event.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

/// One site as it is shown: as it is now where it can be read, else as it reported last.
struct SiteLine {
    std::string name;
    SiteStanding standing;
    bool known = false;
    std::string cut_off;
    std::uint64_t unreported = 0;  ///< positions of its log that the coordinator has not read
    bool in_step = false;          ///< it has seen what the campaign says to it
    const CampaignSiteLog* log = nullptr;
};

bool sees_campaign(const CampaignView& view, const CampaignSiteLog& log) {
    const Fleet& fleet = log.replica.fleet;
    const auto seen = seen_by(view.log.fleet, view.log.acceptance, fleet.site);
    return seen && !is_news(fleet, *seen);
}

SiteLine line_of(const CampaignView& view, const CampaignSite& site) {
    SiteLine line;
    line.name = site.name;
    const SiteStanding* reported = view.campaign().standing(site.name);
    const CampaignSiteLog* log = view.sites.named(site.name);
    if (log && log->cut_off.empty()) {
        const Pack& pack = pack_in_force(log->replica.fleet, view.pack);
        line.standing =
            standing_of(log->replica, pack, view.campaign().plan.name, view.now, site.waves);
        line.known = true;
        line.log = log;
        line.unreported =
            line.standing.position.value -
            std::min(reported ? reported->position.value : 0, line.standing.position.value);
        line.in_step = sees_campaign(view, *log);
        return line;
    }
    if (log) line.cut_off = log->cut_off;
    if (reported) line.standing = *reported;
    line.known = reported != nullptr;
    return line;
}

std::vector<SiteLine> lines_of(const CampaignView& view) {
    std::vector<SiteLine> lines;
    for (const CampaignSite& site : view.campaign().plan.sites)
        lines.push_back(line_of(view, site));
    return lines;
}

std::string gates_text(const Campaign& campaign, std::string_view site) {
    std::string text;
    for (const GateState& gate : campaign.gates)
        if (gate.site == site)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", word(gate.phase),
                                word(gate.state));
    return text.empty() ? "–" : text;
}

std::string rolling_back_text(const SiteLine& line) {
    return line.standing.rolling_back ? " (rollback is partial)" : "";
}

void print_barriers(Session& session, const Campaign& campaign) {
    Table table({"barrier", "state", "finished", "missing", "before"}, 2);
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        const BarrierRule& rule = campaign.plan.barriers[i];
        const auto missing = missing_sites(campaign, rule);
        table.add(
            {rule.name,
             fmt::format("{}{}", word(campaign.barriers[i].state),
                         campaign.barriers[i].by_quorum ? " by quorum" : ""),
             fmt::format("{} of {} {}", arrived(campaign, rule), rule.of.size(), word(rule.after)),
             missing.empty() ? "–" : fmt::format("{}", fmt::join(missing, ", ")),
             std::string(word(rule.before))});
    }
    if (!table.empty()) table.print(session.out, session.colour);
}

void print_sites(Session& session, const CampaignView& view, const std::vector<SiteLine>& lines) {
    Table table({"site", "begun", "finished", "members", "pilot", "moved", "failed", "gates",
                 "behind", "last contact"},
                2);
    for (std::size_t column = 3; column <= 6; ++column) table.align_right(column);
    for (const SiteLine& line : lines) {
        if (!line.known) {
            table.add({line.name, "–", "–", "–", "–", "–", "–",
                       gates_text(view.campaign(), line.name), "–", "never"});
            continue;
        }
        const SiteStanding& at = line.standing;
        const std::string behind = line.log
                                       ? fmt::format("{}{}", counted(line.unreported, "position"),
                                                     line.in_step ? "" : ", gates not seen yet")
                                       : "cut off";
        table.add({line.name, std::string(word(at.begun)) + rolling_back_text(line),
                   std::string(word(at.finished)), std::to_string(at.members),
                   std::to_string(at.in_pilot), std::to_string(at.moved), std::to_string(at.failed),
                   gates_text(view.campaign(), line.name), behind,
                   elapsed(at.last_contact, view.now)});
    }
    table.print(session.out, session.colour);
    for (const SiteLine& line : lines)
        if (!line.cut_off.empty())
            session.out << fmt::format("  {} is cut off: {}\n", line.name, line.cut_off);
}

/// The rollback that the budget proposes: to the last cut, else to before the site's last gate.
std::string proposed_rollback(const Campaign& campaign) {
    const std::string& site = campaign.rollback_proposed;
    std::string target;
    if (!campaign.cuts.empty())
        target = fmt::format("{}/{}", campaign.plan.name, campaign.cuts.back().label);
    else
        for (const GateState& gate : campaign.gates)
            for (const Premise& premise : gate.premises)
                if (gate.site == site && premise.site == site && gate.state == v1::STATE_GATE_OPEN)
                    target = fmt::format("{}:{}", site, premise.position.value);
    if (target.empty()) target = "MOMENT";
    return fmt::format("ferry rollback --to {} 'site:{}/*'", target, site);
}

/// What moved, from what to what, and what it stood on.
std::string campaign_event_text(const v1::Event& event) {
    std::string what;
    if (event.type() == "BarrierMoved") what = "barrier " + event_detail(event, "barrier");
    else if (event.type() == "GateMoved")
        what = fmt::format("gate of {} to {}", event_detail(event, "site"),
                           event_detail(event, "phase"));
    else if (event.type() == "CampaignMoved") what = "campaign";
    else if (event.type() == "SiteReported")
        return fmt::format(
            "{}:{} has begun {} and finished {}, {} of {} moved, {} failed",
            event_detail(event, "site"), event_detail(event, "position"),
            event_detail(event, "begun"), event_detail(event, "finished"),
            event.details().contains("moved") ? event_detail(event, "moved") : "0",
            event.details().contains("members") ? event_detail(event, "members") : "0",
            event.details().contains("failed") ? event_detail(event, "failed") : "0");
    else if (event.type() == "CutTaken")
        return fmt::format("cut {} at {}", event_detail(event, "label"),
                           event_detail(event, "places"));
    else if (event.type() == "CampaignPlanned") return "planned";
    else return event_text(event);
    std::string text = fmt::format("{}: {} → {}", what, event.from(), event.to());
    if (const auto cause = event_detail(event, "cause"); !cause.empty()) text += ", " + cause;
    if (event_detail(event, "byQuorum") == "true") text += " by quorum";
    if (const auto premises = event_detail(event, "premises"); !premises.empty())
        text += ", as of " + premises;
    return printable(text);
}

boost::json::object site_json(const CampaignView& view, const SiteLine& line) {
    const SiteStanding& at = line.standing;
    boost::json::object json{{"site", line.name}, {"reachable", line.log != nullptr}};
    if (!line.cut_off.empty()) json["cutOff"] = line.cut_off;
    boost::json::object gates;
    for (const GateState& gate : view.campaign().gates)
        if (gate.site == line.name)
            gates[std::string(word(gate.phase))] = std::string(word(gate.state));
    json["gates"] = std::move(gates);
    if (!line.known) return json;
    json["position"] = at.position.value;
    json["begun"] = std::string(word(at.begun));
    json["finished"] = std::string(word(at.finished));
    json["members"] = at.members;
    json["inPilot"] = at.in_pilot;
    json["moved"] = at.moved;
    json["failed"] = at.failed;
    json["partialRollback"] = at.rolling_back;
    json["behind"] = line.unreported;
    json["inStep"] = line.in_step;
    json["seen"] = at.seen.value;
    json["lastContact"] = to_rfc3339(at.last_contact);
    return json;
}

}  // namespace

void print_campaign(Session& session, const CampaignView& view) {
    const Campaign& campaign = view.campaign();
    session.out << fmt::format("{}: {} since {}, at position {}{}{}\n", campaign.plan.name,
                               word(campaign.state), short_time(campaign.since),
                               view.log.fleet.position.value, campaign.cause.empty() ? "" : ": ",
                               campaign.cause);
    if (!campaign.plan.about.empty()) session.out << "  " << campaign.plan.about << '\n';
    if (!campaign.rollback_proposed.empty() && campaign.state == v1::STATE_CAMPAIGN_HELD)
        session.out << fmt::format("  its budget proposes: {}\n", proposed_rollback(campaign));
    if (campaign.plan.at_most)
        session.out << fmt::format("  {} of at most {} sites are under way\n",
                                   sites_under_way(campaign), *campaign.plan.at_most);
    print_barriers(session, campaign);
    print_sites(session, view, lines_of(view));
    for (const Cut& cut : campaign.cuts) {
        std::string places;
        for (const CutAt& each : cut.places)
            places += fmt::format(" {}:{}", each.site, each.position.value);
        session.out << fmt::format("  cut {}/{} {}:{}\n", campaign.plan.name, cut.label,
                                   short_time(cut.recorded), places);
    }
}

void print_campaign_json(Session& session, const CampaignView& view) {
    const Campaign& campaign = view.campaign();
    boost::json::object json{{"campaign", campaign.plan.name},
                             {"state", std::string(word(campaign.state))},
                             {"position", view.log.fleet.position.value},
                             {"since", to_rfc3339(campaign.since)}};
    if (!campaign.cause.empty()) json["cause"] = campaign.cause;
    if (!campaign.rollback_proposed.empty() && campaign.state == v1::STATE_CAMPAIGN_HELD)
        json["proposed"] = proposed_rollback(campaign);
    boost::json::array& barriers = json["barriers"].emplace_array();
    for (std::size_t i = 0; i < campaign.barriers.size(); ++i) {
        const BarrierRule& rule = campaign.plan.barriers[i];
        boost::json::array missing;
        for (const std::string& site : missing_sites(campaign, rule)) missing.emplace_back(site);
        barriers.push_back(
            boost::json::object{{"barrier", rule.name},
                                {"state", std::string(word(campaign.barriers[i].state))},
                                {"byQuorum", campaign.barriers[i].by_quorum},
                                {"missing", std::move(missing)}});
    }
    boost::json::array& sites = json["sites"].emplace_array();
    for (const SiteLine& line : lines_of(view)) sites.push_back(site_json(view, line));
    boost::json::array& cuts = json["cuts"].emplace_array();
    for (const Cut& cut : campaign.cuts) {
        boost::json::object places;
        for (const CutAt& each : cut.places) places[each.site] = each.position.value;
        cuts.push_back(boost::json::object{
            {"label", cut.label}, {"position", cut.position.value}, {"places", std::move(places)}});
    }
    session.out << boost::json::serialize(json) << '\n';
}

void print_event(Session& session, const v1::Event& event) {
    if (session.json) session.out << event_json(event) << '\n';
    else
        session.out << fmt::format("{}  {}  {}  ({})\n", event_place(event), event_time(event),
                                   campaign_event_text(event), event_cause(event));
}

void print_last_event(Session& session, const Replica& campaign) {
    const Position last = campaign.fleet.position;
    const auto found = find_event(campaign, last);
    if (!found || !*found) return;
    print_event(session,
                public_event(campaign.fleet, last, (*found)->header.recorded, (*found)->event));
}

Error no_campaign(const Session& session, const std::string& name) {
    return {Errc::bad_input,
            fmt::format("there is no campaign `{}` at {}; `ferry campaign list` shows those there "
                        "are, and `ferry campaign create FILE` begins one",
                        name, session.log_url)};
}

Error campaign_damaged(const Replica& campaign) {
    return {
        Errc::damaged,
        fmt::format("{} is damaged after position {} ({}); nothing is decided until `ferry "
                    "repair` has set the tail aside",
                    campaign.log->name(), campaign.damage->after.value, campaign.damage->reason)};
}

}  // namespace ferry
