// `ferry history`: everything that happened to one entity.
#include "projections/history.hpp"
#include "cli/event_text.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "projections/owner.hpp"

#include <algorithm>
#include <iterator>

namespace ferry {

namespace {

struct HistoryOptions {
    std::string entity;
    std::string at;
};

void print_events(Session& session, const std::vector<v1::Event>& events) {
    Table table({"recorded", "position", "version", "what", "by whom, why"});
    table.align_right(2);
    for (const v1::Event& event : events) {
        if (session.json) session.out << event_json(event) << '\n';
        else
            table.add({event_time(event), event_place(event), std::to_string(event.version()),
                       event_text(event), event_cause(event)});
    }
    if (!session.json) table.print(session.out, session.colour);
}

/// What a lost site wrote after it was taken over is part of nothing, and says so.
void mark_orphaned(const std::vector<const Fleet*>& fleets, std::string_view site,
                   std::vector<v1::Event>& events) {
    for (const LostSite& lost : lost_sites(fleets))
        for (v1::Event& event : events)
            if (lost.taken.site == site && event.position() > lost.taken.known.value)
                (*event.mutable_details())["orphaned"] = "true";
}

/// What happened in its other homes, as far as their logs are here. Versions go on through all of
/// them, so they say what comes after what.
Result<void> add_other_homes(View& view, const EntityView& at, std::vector<v1::Event>& events) {
    for (Site& site : view.all().all()) {
        if (&site == at.at.site || !site.replica.fleet.find(at.id())) continue;
        auto there = history_of(site.replica, at.id(), site.replica.fleet.position);
        if (!there) return std::unexpected(there.error());
        mark_orphaned(view.all().fleets(), site.name, *there);
        std::ranges::move(*there, std::back_inserter(events));
    }
    std::ranges::stable_sort(events, {}, &v1::Event::version);
    return {};
}

ExitCode history(Session& session, const HistoryOptions& options) {
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto found = (*view)->find(options.entity);
    if (!found) return session.report(found.error());
    auto events = history_of(found->at.site->replica, found->id(), found->fleet().position);
    if (!events) return session.report(events.error());
    if (options.at.empty() && found->number.value != 0)
        if (auto added = add_other_homes(**view, *found, *events); !added)
            return session.report(added.error());
    print_events(session, *events);
    return (*view)->finish();
}

}  // namespace

void add_history(CLI::App& app, Session& session) {
    const auto options = std::make_shared<HistoryOptions>();
    Verb verb(app, "history",
              "Show everything that happened to one entity\n\n"
              "Examples:\n"
              "  ferry history user:alice@contoso.com\n"
              "  ferry history pool:ocs01.contoso.com --json");
    verb.add_option("ENTITY", options->entity,
                    "Entity id; a bare address means a user; site:NAME is the site's own stream")
        .required();
    add_moment_option(verb, options->at);
    add_read_options(verb, session);
    verb.callback([&session, options] { history(session, *options); });
}

}  // namespace ferry
