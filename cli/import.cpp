// `ferry import`: what people really have, users, pools and applications as their systems export
// them, becomes the estate.
#include "cli/import_commands.hpp"
#include "cli/input_file.hpp"
#include "cli/program.hpp"

#include <iterator>

namespace ferry {

namespace {

struct ImportOptions {
    std::vector<std::string> files;
    std::vector<std::string> mappings;
    bool accept_drift = false;
};

/// All files, read; what was wrong with them stands in the report.
struct Intake {
    std::vector<intake::Reading> readings;
    Evidence evidence;
};

template <class Value>
void move_to(std::vector<Value>& to, std::vector<Value>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
}

void read_file(const std::string& name, Intake& into, ImportReport& report) {
    ImportedFile& file = report.files.emplace_back();
    file.name = name;
    auto bytes = read_input_file(name);
    if (!bytes) {
        file.refused = bytes.error().message;
        return;
    }
    into.evidence.emplace(name, content_digest(*bytes));
    auto reading = intake::read_export(name, std::move(*bytes));
    if (!reading) {
        file.refused = reading.error().message;
        return;
    }
    file.kind = reading->kind;
    file.encoding = reading->encoding;
    file.records = reading->users.size() + reading->pools.size() + reading->applications.size();
    file.rejects = reading->rejects.size();
    file.not_users = reading->not_users;
    move_to(report.rejects, reading->rejects);
    move_to(report.warnings, reading->warnings);
    into.readings.push_back(std::move(*reading));
}

void take_over(intake::Resolution& resolution, ImportReport& report) {
    move_to(report.rejects, resolution.rejects);
    move_to(report.warnings, resolution.warnings);
    move_to(report.ambiguous, resolution.ambiguous);
    move_to(report.moving, resolution.moving);
    move_to(report.unassigned, resolution.unassigned);
    for (intake::Drift& drift : resolution.drifts)
        report.drifts.push_back({std::move(drift), false, {}});
    report.unchanged = resolution.unchanged;
}

Result<void> give(Session& session, Sites& sites, const intake::Resolution& resolution,
                  const Evidence& evidence, ImportReport& report) {
    ImportGiving giving(session, sites, report);
    if (auto given = giving.register_all(resolution.registrations); !given) return given;
    if (!report.accepting) return {};
    return giving.correct_all(evidence);
}

ExitCode import(Session& session, const ImportOptions& options) {
    const auto mapping = intake::Mapping::read(options.mappings);
    if (!mapping) return session.report(mapping.error());
    ImportReport report;
    report.accepting = options.accept_drift;
    Intake intake;
    for (const std::string& file : options.files) read_file(file, intake, report);
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const intake::Known known = known_to(**sites, options.accept_drift);
    intake::Resolution resolution = intake::resolve(intake.readings, known, *mapping);
    take_over(resolution, report);
    const auto given = give(session, **sites, resolution, intake.evidence, report);
    print_findings(session, report);
    if (session.json) print_json(session, report);
    else print_text(session, report);
    if (!given) return session.report(given.error());
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    if (!report.whole()) session.exit = ExitCode::bad_input;
    return session.exit;
}

}  // namespace

void add_import(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ImportOptions>();
    Verb verb(
        app, "import",
        "Register what your systems export: pools, users, applications\n\n"
        "Examples:\n"
        "  ferry import pools.csv users.csv applications.csv\n"
        "  ferry import users.ldf --dry-run\n"
        "  ferry import users.csv --map alice@contoso.com=ocs01.contoso.com\n\n"
        "Reads `Get-CsUser | Export-Csv`, LDIF, and lists of pools and applications as CSV; the "
        "kind of a file is known by its header. Importing again registers what is new and lists "
        "what differs from what Ferry knows.");
    verb.add_option("FILE", options->files, "Exported files, in any order").required();
    verb.add_option("--map", options->mappings,
                    "FROM=POOL: the legacy pool meant by an address, a pool's name or a cluster, "
                    "where an export cannot tell")
        .one_value_each();
    verb.add_flag("--accept-drift", options->accept_drift,
                  "Record what differs, with the file's digest as evidence");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { import(session, *options); });
}

}  // namespace ferry
