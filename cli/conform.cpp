// `ferry conform`: would the machines of this build have made the transitions that the logs hold?
#include "cli/entity_json.hpp"
#include "cli/program.hpp"
#include "cli/site_names.hpp"
#include "engine/words.hpp"
#include "projections/conformance.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

void print_json(Session& session, const std::string& site, const Nonconformity& found) {
    boost::json::array failures;
    for (const FailedGuard& failed : found.failures)
        failures.push_back(boost::json::object{{"guard", json_text(name_of(failed.guard))},
                                               {"reason", failed.reason}});
    session.out << boost::json::serialize(
                       boost::json::object{{"site", site},
                                           {"position", found.position.value},
                                           {"recordedTime", to_rfc3339(found.recorded)},
                                           {"entity", found.entity},
                                           {"region", json_text(word(found.region))},
                                           {"from", json_text(word(found.from))},
                                           {"to", json_text(word(found.to))},
                                           {"trigger", found.trigger},
                                           {"why", found.why},
                                           {"failedGuards", std::move(failures)}})
                << '\n';
}

void print_text(Session& session, const std::string& site, const Nonconformity& found) {
    session.out << fmt::format("{}:{}  {}  {} → {} ({}): {}\n", site, found.position.value,
                               found.entity, word(found.from), word(found.to), found.trigger,
                               found.why);
    for (const FailedGuard& failed : found.failures)
        session.out << fmt::format("  {}: {}\n", name_of(failed.guard), failed.reason);
}

void print_sum(Session& session, const std::string& site, const Conformance& sum) {
    session.err << fmt::format(
        "{}: {} transitions up to position {} judged, {} would be refused by "
        "this build\n",
        site, sum.judged, sum.judged_to.value, sum.refused);
    if (sum.commits_of_other_tables > 0)
        session.err << fmt::format(
            "{}: {} with other transition tables than this build's\n", site,
            counted(sum.commits_of_other_tables, "commit was decided", "commits were decided"));
}

ExitCode conform(Session& session, const std::string& only) {
    const auto sites = site_names(session, only);
    if (!sites) return session.report(sites.error());
    bool refused = false;
    for (const std::string& site : sites->names) {
        const auto log = open_log(sites->url, site, "ferry conform");
        const auto sum = check_conformance(*log, *session.pack, [&](const Nonconformity& found) {
            session.json ? print_json(session, site, found) : print_text(session, site, found);
        });
        if (!sum) {
            session.report(sum.error());
            continue;
        }
        refused = refused || sum->refused > 0;
        print_sum(session, site, *sum);
    }
    if (refused && session.exit == ExitCode::done) session.exit = ExitCode::refused;
    return session.exit;
}

}  // namespace

void add_conform(CLI::App& app, Session& session) {
    const auto only = std::make_shared<std::string>();
    Verb verb(
        app, "conform",
        "Name the recorded transitions that the machines of this build would refuse\n\n"
        "Examples:\n"
        "  ferry conform\n"
        "  ferry --log sqlite:/mnt/copy conform --site paris --json\n\n"
        "Tries a change of the machines on what really happened, before it ships. Each transition "
        "is judged on the state just before it. Exit 0 where none would be refused, 1 where any "
        "would.");
    verb.add_option("--site", *only, "The log of this site alone");
    add_read_options(verb, session);
    verb.callback([&session, only] { conform(session, *only); });
}

}  // namespace ferry
