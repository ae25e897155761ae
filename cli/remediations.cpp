// `ferry remediations`: what rollbacks could not undo and a person must do; listed, exported,
// closed.
#include "cli/event_row.hpp"
#include "cli/program.hpp"
#include "cli/sites.hpp"
#include "cli/table.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct RemediationOptions {
    std::string close;
    std::string outcome = "done";
    bool csv = false;
};

constexpr std::string_view remediation_columns[] = {"remediation", "site",     "entity",  "kind",
                                                    "subject",     "rollback", "position"};

std::vector<std::string> fields_of(const Site& site, const RemediationState& open) {
    return {open.id,
            site.name,
            std::string(site.replica.fleet.id({open.entity})),
            open.kind,
            open.subject,
            open.rollback,
            std::to_string(open.position.value)};
}

template <class Fields>
void print_csv(std::ostream& out, const Fields& fields) {
    std::string line;
    for (const auto& field : fields) line += (line.empty() ? "" : ",") + csv_field(field);
    out << line << "\r\n";
}

ExitCode list(Session& session, Sites& sites, const RemediationOptions& options) {
    if (options.csv) print_csv(session.out, remediation_columns);
    Table table({"remediation", "entity", "what", "subject"});
    for (const Site& site : sites.all())
        for (const RemediationState& open : site.replica.fleet.remediations) {
            const std::vector<std::string> fields = fields_of(site, open);
            if (options.csv) print_csv(session.out, fields);
            else if (session.json) {
                boost::json::object object;
                for (std::size_t i = 0; i < fields.size(); ++i)
                    object[remediation_columns[i]] = fields[i];
                object["position"] = open.position.value;
                session.out << boost::json::serialize(object) << '\n';
            } else table.add({open.id, fields[2], open.kind, open.subject});
        }
    if (options.csv || session.json) return sites.warn_about_logs();
    if (table.empty()) session.err << "No remediation is open.\n";
    else table.print(session.out, session.colour);
    return sites.warn_about_logs();
}

ExitCode close(Session& session, Sites& sites, const RemediationOptions& options) {
    for (Site& site : sites.all())
        for (const RemediationState& open : site.replica.fleet.remediations) {
            if (open.id != options.close) continue;
            const std::string id = open.id;
            v1::StoredEvent event;
            event.set_entity(open.entity);
            event.set_command_id(sites.command("").command_id());
            event.set_actor(session.actor);
            event.set_reason(session.reason);
            event.mutable_remediation_closed()->set_remediation(id);
            event.mutable_remediation_closed()->set_outcome(options.outcome);
            if (session.dry_run) {
                session.out << fmt::format("would close {}\n", id);
                return session.exit;
            }
            std::vector<v1::StoredEvent> events{std::move(event)};
            auto leads = sites.lead(site);
            if (leads) leads = site.writer->append(events);
            if (leads) leads = sites.close();
            if (!leads) return session.report(leads.error());
            session.out << fmt::format("closed: {}\n", id);
            return session.exit;
        }
    return session.report(
        {Errc::bad_input, fmt::format("no remediation `{}` is open; `ferry remediations` lists "
                                      "those that are",
                                      options.close)});
}

ExitCode remediations(Session& session, const RemediationOptions& options) {
    auto sites = Sites::open(session, !options.close.empty());
    if (!sites) return session.report(sites.error());
    return options.close.empty() ? list(session, **sites, options)
                                 : close(session, **sites, options);
}

}  // namespace

void add_remediations(CLI::App& app, Session& session) {
    const auto options = std::make_shared<RemediationOptions>();
    Verb verb(app, "remediations",
              "List and close what a rollback left for people to do\n\n"
              "Examples:\n"
              "  ferry remediations --csv > to-do.csv\n"
              "  ferry remediations --close ID --outcome 'client "
              "reinstalled'");
    verb.add_option("--close", options->close, "Close this one");
    verb.add_option("--outcome", options->outcome, "What was done").with_default_shown();
    verb.add_flag("--csv", options->csv, "Export as CSV");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { remediations(session, *options); });
}

}  // namespace ferry
