// `ferry repair`: sets the damaged tail of an embedded log aside, so that it can be written again.
#include "cli/log_url.hpp"
#include "cli/program.hpp"
#include "cli/repair_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

struct RepairChoice {
    std::string site;
    bool yes = false;
};

struct Damaged {
    std::string site;
    RepairReport report;
};

RepairOptions repair_options(const Session& session, bool dry_run) {
    RepairOptions options;
    options.dry_run = dry_run;
    options.actor = session.actor;
    options.reason = session.reason;
    options.derived_suffixes = {"snapshot", "ids"};
    options.sqlite.command = "ferry repair";
    return options;
}

std::string done_text(const Damaged& damaged) {
    const RepairReport& report = damaged.report;
    std::string text =
        fmt::format("{}: repaired, kept up to position {}", damaged.site, report.kept_to.value);
    if (!report.tail_file.empty())
        text += fmt::format("; {} row(s) of {} bytes stand in {} now", report.rows_set_aside,
                            report.bytes_set_aside, report.tail_file.string());
    if (report.taken_over_at.value != 0)
        text += fmt::format("; goes on in term {} from position {}", report.term.value,
                            report.taken_over_at.value);
    return text;
}

class Repairing {
public:
    Repairing(Session& session, const RepairChoice& choice, std::filesystem::path directory)
        : session_(session), choice_(choice), directory_(std::move(directory)) {}

    ExitCode run(const std::vector<std::string>& sites) {
        std::vector<Damaged> damaged;
        for (const std::string& site : sites) {
            auto report = repair(site, true);
            if (!report) return session_.report(report.error());
            if (report->damage.empty())
                session_.out << fmt::format("{}: nothing to repair\n", site);
            else damaged.push_back({site, std::move(*report)});
        }
        for (const Damaged& each : damaged)
            (session_.dry_run ? session_.out : session_.err)
                << repair_plan_text(each.site, each.report) << '\n';
        if (session_.dry_run || damaged.empty()) return session_.exit;
        if (!choice_.yes && !agreed()) return session_.exit;
        for (const Damaged& each : damaged) {
            auto report = repair(each.site, false);
            if (!report) return session_.report(report.error());
            session_.out << done_text({each.site, std::move(*report)}) << '\n';
        }
        return session_.exit;
    }

private:
    Result<RepairReport> repair(const std::string& site, bool dry_run) {
        return repair_sqlite(directory_, site, randomness_, clock_,
                             repair_options(session_, dry_run));
    }

    bool agreed() {
        if (!session_.err_is_terminal) {
            session_.report({Errc::usage, "repair asks before it sets anything aside, and there is "
                                          "no terminal to ask on; add --yes"});
            return false;
        }
        session_.err << "Set this aside and go on without it? Type yes: " << std::flush;
        std::string answer;
        std::getline(session_.in, answer);
        if (answer == "yes") return true;
        session_.err << "Nothing was changed.\n";
        session_.exit = ExitCode::refused;
        return false;
    }

    Session& session_;
    const RepairChoice& choice_;
    std::filesystem::path directory_;
    SystemRandomness randomness_;
    SystemClock clock_;
};

ExitCode repair(Session& session, const RepairChoice& choice) {
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    if (url->kind != LogKind::sqlite)
        return session.report(
            {Errc::usage, fmt::format("{} needs no repair; only an embedded log, sqlite:DIRECTORY, "
                                      "can be repaired",
                                      session.log_url)});
    auto sites = logs_at(*url);
    if (!sites) return session.report(sites.error());
    if (!choice.site.empty()) {
        if (std::find(sites->begin(), sites->end(), choice.site) == sites->end())
            return session.report(
                {Errc::bad_input, fmt::format("there is no log of site `{}` in "
                                              "{}",
                                              choice.site, url->directory.string())});
        *sites = {choice.site};
    }
    if (sites->empty())
        return session.report(
            {Errc::unavailable, fmt::format("there is no log in {}; name the right directory with "
                                            "--log",
                                            url->directory.string())});
    return Repairing(session, choice, url->directory).run(*sites);
}

}  // namespace

void add_repair(CLI::App& app, Session& session) {
    const auto choice = std::make_shared<RepairChoice>();
    Verb verb(app, "repair",
              "Set the damaged tail of a log aside, so that it can be written again\n\n"
              "Examples:\n"
              "  ferry repair --dry-run\n"
              "  ferry repair --site paris --reason 'disk replaced'\n\n"
              "What is set aside is kept, byte for byte, in a file beside the log. Events in it no "
              "longer count.");
    verb.add_option("--site", choice->site, "Repair the log of this site alone");
    verb.add_flag("--yes", choice->yes, "Do not ask first");
    add_write_options(verb, session);
    verb.callback([&session, choice] { repair(session, *choice); });
}

}  // namespace ferry
