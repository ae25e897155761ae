// `ferry campaign`: several sites in step, as people see and steer them. It writes to the
// campaign's own log alone.
#include "cli/campaign_cut.hpp"
#include "cli/campaign_text.hpp"
#include "cli/campaign_writer.hpp"
#include "cli/input_file.hpp"
#include "cli/program.hpp"
#include "engine/campaign_steps.hpp"
#include "engine/campaign_toml.hpp"
#include "engine/public_event.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

struct CampaignOptions {
    std::string what;
    std::vector<std::string> arguments;
};

/// The plan in a file, or nothing where that is wrong, with every complaint printed.
std::optional<CampaignPlan> right_plan(Session& session, const std::string& file,
                                       std::string& toml) {
    auto read = read_input_file(file);
    if (!read) {
        session.report(read.error());
        return std::nullopt;
    }
    toml = std::move(*read);
    CampaignReading reading = read_campaign(toml);
    for (const PackFinding& finding : reading.findings)
        session.err << to_text(finding, file) << '\n';
    if (!reading.plan) session.exit = ExitCode::bad_input;
    return std::move(reading.plan);
}

ExitCode check(Session& session, const std::string& file) {
    std::string toml;
    if (const auto plan = right_plan(session, file, toml))
        session.out << fmt::format("{}: campaign {} is right: {}, {}\n", file, plan->name,
                                   counted(plan->sites.size(), "site"),
                                   counted(plan->barriers.size(), "barrier"));
    return session.exit;
}

/// Says so where it was refused, which is another exit than not being allowed to.
ExitCode report(Session& session, const Error& error) {
    session.report(error);
    if (error.code == Errc::not_allowed) session.exit = ExitCode::refused;
    return session.exit;
}

ExitCode create(Session& session, const LogUrl& url, const std::string& file) {
    std::string toml;
    const auto plan = right_plan(session, file, toml);
    if (!plan) return session.exit;
    const auto sites = sites_at(url);
    if (!sites) return session.report(sites.error());
    for (const CampaignSite& site : plan->sites)
        if (std::find(sites->begin(), sites->end(), site.name) == sites->end())
            session.warn(fmt::format("site {} has no log at {} yet", site.name, session.log_url));
    if (session.dry_run) {
        session.out << fmt::format("campaign {} would be planned\n", plan->name);
        return session.exit;
    }
    auto writer = CampaignWriter::open(session, url, plan->name);
    if (!writer) return session.report(writer.error());
    if (auto planned = (*writer)->plan(toml); !planned) return report(session, planned.error());
    print_last_event(session, (*writer)->replica());
    if (auto closed = (*writer)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

Result<std::unique_ptr<CampaignWriter>> lead(Session& session, const LogUrl& url,
                                             const std::string& name) {
    // A name that is mistyped must not begin a log of its own.
    const auto names = campaigns_at(url);
    if (!names) return std::unexpected(names.error());
    if (std::find(names->begin(), names->end(), name) == names->end())
        return std::unexpected(no_campaign(session, name));
    auto writer = CampaignWriter::open(session, url, name);
    if (writer && !(*writer)->campaign()) return std::unexpected(no_campaign(session, name));
    return writer;
}

ExitCode finish(Session& session, CampaignWriter& writer, Result<v1::StoredEvent> event) {
    if (!event) return report(session, event.error());
    if (session.dry_run) {
        session.out << "it would be done\n";
        return session.exit;
    }
    if (auto appended = writer.append(std::move(*event)); !appended)
        return report(session, appended.error());
    print_last_event(session, writer.replica());
    if (auto closed = writer.close(); !closed) return session.report(closed.error());
    return session.exit;
}

ExitCode steer(Session& session, const LogUrl& url, const CampaignOptions& options) {
    auto writer = lead(session, url, options.arguments.front());
    if (!writer) return report(session, writer.error());
    const auto action = action_of_word(options.what);
    auto event = steered(*(*writer)->campaign(), *action);
    if (event && *action == v1::ACTION_HOLD_CAMPAIGN)
        event->mutable_campaign_moved()->set_cause(fmt::format(
            "held by {}{}{}", session.actor, session.reason.empty() ? "" : ": ", session.reason));
    // Several commands of one name may be given over time; each is one of its own.
    if (event) event->set_command_id(fmt::format("{}/{}", event->command_id(), options.what));
    return finish(session, **writer, std::move(event));
}

ExitCode cut(Session& session, const LogUrl& url, const CampaignOptions& options) {
    auto writer = lead(session, url, options.arguments.front());
    if (!writer) return report(session, writer.error());
    CampaignSites sites(url, (*writer)->campaign()->plan);
    sites.read();
    return finish(session, **writer,
                  cut_now((*writer)->replica(), sites, options.arguments.back()));
}

ExitCode status(Session& session, const LogUrl& url, const std::string& only) {
    CampaignLogs logs(url, [&](const std::string& line) { session.warn(line); });
    logs.read();
    if (!only.empty() && !logs.named(only)) return session.report(no_campaign(session, only));
    bool first = true;
    for (CampaignLog& log : logs.all()) {
        if ((!only.empty() && log.name != only) || !log.replica.fleet.campaign) continue;
        if (log.replica.damage) session.report(campaign_damaged(log.replica));
        CampaignSites sites(url, log.replica.fleet.campaign->plan);
        sites.read();
        const CampaignView view{log.replica, sites, SystemClock().now(), *session.pack};
        if (!first && !session.json) session.out << '\n';
        first = false;
        if (session.json) print_campaign_json(session, view);
        else print_campaign(session, view);
    }
    return session.exit;
}

/// Every event of the campaign's log, with what it stood on.
ExitCode history(Session& session, const LogUrl& url, const std::string& name) {
    CampaignLogs logs(url, [&](const std::string& line) { session.warn(line); });
    logs.read();
    CampaignLog* const log = logs.named(name);
    if (!log) return session.report(no_campaign(session, name));
    Replica& replica = log->replica;
    for (Position at{1}; at <= replica.fleet.position; at = at.next()) {
        const auto found = find_event(replica, at);
        if (!found) return session.report(found.error());
        if (*found)
            print_event(session, public_event(replica.fleet, at, (*found)->header.recorded,
                                              (*found)->event));
    }
    if (replica.damage) session.report(campaign_damaged(replica));
    return session.exit;
}

ExitCode list(Session& session, const LogUrl& url) {
    CampaignLogs logs(url, [&](const std::string& line) { session.warn(line); });
    logs.read();
    for (CampaignLog& log : logs.all()) {
        if (!log.replica.fleet.campaign) continue;
        const Campaign& campaign = *log.replica.fleet.campaign;
        if (session.json)
            session.out << boost::json::serialize(
                               boost::json::object{{"campaign", log.name},
                                                   {"state", std::string(word(campaign.state))},
                                                   {"sites", campaign.plan.sites.size()},
                                                   {"position", log.replica.fleet.position.value}})
                        << '\n';
        else
            session.out << fmt::format("{}: {}, {}\n", log.name, word(campaign.state),
                                       counted(campaign.plan.sites.size(), "site"));
    }
    return session.exit;
}

struct Form {
    std::string_view what;
    std::size_t least;
    std::size_t most;
    std::string_view takes;
};
constexpr Form forms[] = {{"check", 1, 1, "FILE"},       {"create", 1, 1, "FILE"},
                          {"start", 1, 1, "CAMPAIGN"},   {"hold", 1, 1, "CAMPAIGN"},
                          {"resume", 1, 1, "CAMPAIGN"},  {"cancel", 1, 1, "CAMPAIGN"},
                          {"status", 0, 1, "CAMPAIGN"},  {"list", 0, 0, "nothing"},
                          {"history", 1, 1, "CAMPAIGN"}, {"cut", 2, 2, "CAMPAIGN LABEL"}};

ExitCode campaign(Session& session, const CampaignOptions& options) {
    const auto& given = options.arguments;
    for (const Form& form : forms)
        if (form.what == options.what && (given.size() < form.least || given.size() > form.most))
            return session.report(
                {Errc::usage, fmt::format("campaign {} takes {}", form.what, form.takes)});
    if (options.what == "check") return check(session, given.front());
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    if (options.what == "create") return create(session, *url, given.front());
    if (options.what == "list") return list(session, *url);
    if (options.what == "status")
        return status(session, *url, given.empty() ? std::string() : given.front());
    if (options.what == "history") return history(session, *url, given.front());
    if (options.what == "cut") return cut(session, *url, options);
    return steer(session, *url, options);
}

}  // namespace

void add_campaign(CLI::App& app, Session& session) {
    const auto options = std::make_shared<CampaignOptions>();
    Verb verb(app, "campaign",
              "Move several sites in step\n\n"
              "Examples:\n"
              "  ferry campaign create emea.toml\n"
              "  ferry campaign start emea --reason 'as agreed on Monday'\n"
              "  ferry campaign status emea\n"
              "  ferry campaign cut emea before-production\n\n"
              "A campaign has a log of its own. `ferry coordinate` reads the sites' logs and "
              "decides what they may do; the sites read the campaign's and act. A cut names a "
              "position in every site's log, and CAMPAIGN/LABEL is a moment wherever one is "
              "taken.");
    verb.add_option("WHAT", options->what, "What to do")
        .required()
        .one_of({"check", "create", "start", "hold", "resume", "cancel", "status", "list",
                 "history", "cut"});
    verb.add_option("NAME", options->arguments,
                    "The campaign, and of a cut its label; of check and create a TOML file");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { campaign(session, *options); });
}

}  // namespace ferry
