// `ferry diff`: what changed between two moments, per entity and summed.
#include "cli/program.hpp"
#include "cli/selection.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "engine/words.hpp"
#include "projections/as_of.hpp"
#include "projections/difference.hpp"
#include "projections/moment.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>

namespace ferry {

namespace {

struct DiffOptions {
    std::string from;
    std::string to;
    std::vector<std::string> selectors;
    std::string site;
};

using Scopes = std::map<Site*, std::vector<EntityNumber>>;

boost::json::object change_json(const FieldChange& change) {
    return {{"field", change.field},
            {"before", change.before},
            {"after", change.after},
            {"decided", change.decided}};
}

void print_json(Session& session, const std::string& site, const Difference& found) {
    for (const EntityDifference& each : found.entities) {
        boost::json::array changes;
        for (const FieldChange& change : each.changes) changes.push_back(change_json(change));
        session.out << boost::json::serialize(
                           boost::json::object{{"site", site},
                                               {"entity", each.entity},
                                               {"registered", each.registered_between},
                                               {"events", each.events},
                                               {"changes", std::move(changes)}})
                    << '\n';
    }
    boost::json::array sums;
    for (const auto& [kind, count] : found.sums) {
        boost::json::object sum = change_json({kind.field, kind.before, kind.after, kind.decided});
        sum["count"] = count;
        sums.push_back(std::move(sum));
    }
    session.out << boost::json::serialize(boost::json::object{{"site", site},
                                                              {"from", found.from.value},
                                                              {"to", found.to.value},
                                                              {"entities", found.entities.size()},
                                                              {"registered", found.registered},
                                                              {"sums", std::move(sums)}})
                << '\n';
}

std::string change_text(const FieldChange& change) {
    const std::string before = change.before.empty() ? "–" : change.before;
    const std::string after = change.after.empty() ? "–" : change.after;
    return fmt::format("{} {} → {}", change.field, before, after);
}

/// One line a kind of change, so that a wave of thousands reads as one.
void print_sums(Session& session, const Difference& found) {
    Table table({"", "field", "from", "to", "entities"}, 2);
    table.align_right(4);
    for (const auto& [kind, count] : found.sums)
        table.add({kind.decided ? "decided" : "observed", kind.field,
                   kind.before.empty() ? "–" : kind.before, kind.after.empty() ? "–" : kind.after,
                   std::to_string(count)});
    if (!table.empty()) table.print(session.out, session.colour);
}

void print_text(Session& session, const std::string& site, const Difference& found) {
    session.out << fmt::format("{}: from position {} to {}: {}, {} of them registered between\n",
                               site, found.from.value, found.to.value,
                               counted(found.entities.size(), "entity differs", "entities differ"),
                               found.registered);
    print_sums(session, found);
    for (const EntityDifference& each : found.entities) {
        session.out << fmt::format("{}{}, {}\n", each.entity,
                                   each.registered_between ? " (registered)" : "",
                                   counted(each.events, "event"));
        for (const bool decided : {true, false}) {
            std::string line;
            for (const FieldChange& change : each.changes)
                if (change.decided == decided)
                    line += (line.empty() ? "" : "; ") + change_text(change);
            if (!line.empty())
                session.out << fmt::format("  {}: {}\n", decided ? "decided " : "observed", line);
        }
    }
}

/// The fleet as of the moment; `now` is the end of the log, where no label has that name.
Result<Fleet> fleet_at(Session& session, CutMoments& cuts, const Site& site,
                       const std::string& text) {
    const Replica& replica = site.replica;
    if (text == "now" && !replica.fleet.label(text))
        return fleet_as_of(*replica.log, replica.fleet.position);
    const auto moment = cuts.resolve(replica, text);
    if (!moment) return std::unexpected(moment.error());
    auto fleet = fleet_as_of(*replica.log, moment->position);
    if (fleet)
        session.err << fmt::format("{} is {}, {}\n", text, moment->shown,
                                   to_rfc3339(fleet->recorded));
    return fleet;
}

Result<void> diff_site(Session& session, CutMoments& cuts, const Site& site,
                       const DiffOptions& options, const std::vector<EntityNumber>& scope) {
    const auto before = fleet_at(session, cuts, site, options.from);
    if (!before) return std::unexpected(before.error());
    const auto after = fleet_at(session, cuts, site, options.to);
    if (!after) return std::unexpected(after.error());
    const Difference found = difference(*before, *after, scope);
    if (session.json) print_json(session, site.name, found);
    else print_text(session, site.name, found);
    return {};
}

/// Sites without a selected entity are left out; without selectors, none is.
Result<Scopes> scopes_of(Sites& sites, const DiffOptions& options) {
    Scopes scopes;
    for (Site& site : sites.all())
        if (options.selectors.empty() && (options.site.empty() || options.site == site.name))
            scopes[&site];
    if (options.selectors.empty()) return scopes;
    SelectionOptions selection;
    selection.selectors = options.selectors;
    selection.with_withdrawn = true;
    const auto places = select_entities(sites, selection);
    if (!places) return std::unexpected(places.error());
    for (const Sites::Place& place : *places)
        if (options.site.empty() || options.site == place.site->name)
            scopes[place.site].push_back(place.number);
    return scopes;
}

/// `paris:120` is a moment of one site; the others have nothing to do with it.
std::string site_of_moments(Sites& sites, const DiffOptions& options) {
    for (const std::string& text : {options.from, options.to})
        if (const auto colon = text.find(':'); colon != text.npos)
            if (sites.named(std::string_view(text).substr(0, colon))) return text.substr(0, colon);
    return options.site;
}

/// A cut has nothing to say of a site that is none of its campaign's.
bool is_left_out(CutMoments& cuts, const Site& site, const DiffOptions& options) {
    if (!options.selectors.empty() || !options.site.empty()) return false;
    return cuts.leaves_out(site.replica, options.from) || cuts.leaves_out(site.replica, options.to);
}

ExitCode diff(Session& session, DiffOptions options) {
    auto sites = Sites::open(session, false);
    if (!sites) return session.report(sites.error());
    if ((*sites)->all().empty()) return session.report(no_log_at(session));
    if (!options.site.empty() && !(*sites)->named(options.site))
        return session.report({Errc::bad_input, fmt::format("there is no site `{}`; `ferry status` "
                                                            "lists the sites",
                                                            options.site)});
    if (options.site.empty()) options.site = site_of_moments(**sites, options);
    const auto scopes = scopes_of(**sites, options);
    if (!scopes) return session.report(scopes.error());
    for (const std::string& moment : {options.from, options.to})
        if (const auto one = check_moment(**sites, moment, scopes->size()); !one)
            return session.report(one.error());
    CutMoments cuts((*sites)->url());
    for (Site& site : (*sites)->all()) {
        const auto scope = scopes->find(&site);
        if (scope == scopes->end() || is_left_out(cuts, site, options)) continue;
        if (auto printed = diff_site(session, cuts, site, options, scope->second); !printed)
            return session.report(printed.error());
    }
    return (*sites)->warn_about_logs();
}

}  // namespace

void add_diff(CLI::App& app, Session& session) {
    const auto options = std::make_shared<DiffOptions>();
    Verb verb(app, "diff",
              "Show what changed between two moments, per entity and summed\n\n"
              "Examples:\n"
              "  ferry diff before-pilot now\n"
              "  ferry diff paris:120 paris:4711 pool:ocs01.contoso.com/*\n"
              "  ferry diff 2026-11-23T08:00:00Z after-wave-1 --json\n\n"
              "Decided is what a rollback sets back; what was observed stays as it is.");
    verb.add_option("A", options->from,
                    "The moment to begin with: a position (paris:120), a "
                    "time (RFC 3339), a label or a cut (CAMPAIGN/LABEL)")
        .required();
    verb.add_option("B", options->to, "The moment to compare with; `now` is the end of the log")
        .required();
    verb.add_option("SELECTOR", options->selectors,
                    "These entities alone: an entity; pool:NAME/*; site:NAME/*; @FILE");
    verb.add_option("--site", options->site, "This site alone");
    add_read_options(verb, session);
    verb.callback([&session, options] { diff(session, *options); });
}

}  // namespace ferry
