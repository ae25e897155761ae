// `ferry events`: what happened, in log order, as far as a filter lets it through.
#include "cli/event_filter.hpp"
#include "cli/event_text.hpp"
#include "cli/program.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// Lines are printed as they are found, so their columns are of fixed width and may overflow.
void print_line(Session& session, const v1::Event& event) {
    if (session.json) session.out << event_json(event) << '\n';
    else
        session.out << fmt::format("{}  {:<14}  {:<36}  {}  ({})\n", event_time(event),
                                   event_place(event), event.entity(), event_text(event),
                                   event_cause(event));
}

ExitCode events(Session& session, const EventFilterOptions& options) {
    const auto view = View::open(session);
    if (!view) return session.report(view.error());
    const auto scanned = scan_sites(**view, options, [&](const SiteView&, const v1::Event& event) {
        print_line(session, event);
        return session.out.good();
    });
    if (!scanned) return session.report(scanned.error());
    return (*view)->finish();
}

}  // namespace

void add_events(CLI::App& app, Session& session) {
    const auto options = std::make_shared<EventFilterOptions>();
    Verb verb(app, "events",
              "Show what happened, in the order of the log\n\n"
              "Examples:\n"
              "  ferry events --site paris --from 100 --to 120\n"
              "  ferry events --actor dana --since 2026-11-23T00:00:00Z --json\n"
              "  ferry events --type CheckRecorded");
    add_filter_options(verb, *options);
    add_read_options(verb, session);
    verb.callback([&session, options] { events(session, *options); });
}

}  // namespace ferry
