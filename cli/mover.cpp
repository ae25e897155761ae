// `ferry mover`: has a command make the real moves that are open, and reports what came of them.
#include "cli/duration.hpp"
#include "cli/move_verbs.hpp"
#include "cli/mover_loop.hpp"
#include "cli/stop_signal.hpp"
#include "cli/view.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>

namespace ferry {

namespace {

struct MoverArguments {
    MoverOptions options;
    std::string timeout = "10m";
    std::string back_off = "5s";
    std::string grace = "30s";
    std::string run_dir;
    double concurrency = 4;
    double retries = 3;
};

/// Beside an embedded log; what is on Kafka has no directory, so it is this user's cache.
std::filesystem::path run_directory(const Session& session, const LogUrl& url) {
    if (url.kind == LogKind::sqlite) return url.directory / "mover";
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    std::filesystem::path base = cache && *cache ? std::filesystem::path(cache)
                                 : home && *home ? std::filesystem::path(home) / ".cache"
                                                 : std::filesystem::temp_directory_path();
    return base / "ferry" / ("mover-" + to_hex(sha256(bytes_of(session.log_url))).substr(0, 16));
}

ExitCode list_open(Session& session, const MoverOptions& options) {
    auto view = View::open(session);
    if (!view) return session.report(view.error());
    const auto sites = (*view)->sites(options.site);
    if (!sites) return session.report(sites.error());
    for (const SiteView& site : *sites)
        for (const MoveOrder& order : open_moves(*site.fleet))
            session.out << boost::json::serialize(move_json(order, 1)) << '\n';
    return (*view)->finish();
}

ExitCode mover(Session& session, MoverArguments& arguments) {
    MoverOptions& options = arguments.options;
    options.timeout = *duration_of(arguments.timeout);
    options.back_off = *duration_of(arguments.back_off);
    options.grace = *duration_of(arguments.grace);
    options.concurrency = static_cast<std::size_t>(arguments.concurrency);
    options.retries = static_cast<std::size_t>(arguments.retries);
    if (session.dry_run) return list_open(session, options);
    if (options.command.empty())
        return session.report({Errc::usage, "say what makes a move, as in --exec ./move-user.ps1; "
                                            "--dry-run lists what is open"});
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    const auto names = sites_at(*url);
    if (!names) return session.report(names.error());
    if (names->empty()) return session.report(no_log_at(session));
    if (!options.site.empty() && std::ranges::find(*names, options.site) == names->end())
        return session.report({Errc::bad_input, fmt::format("there is no site `{}` at {}",
                                                            options.site, session.log_url)});
    const StopSignal signal;
    auto runs =
        MoveRuns::open(arguments.run_dir.empty() ? run_directory(session, *url)
                                                 : std::filesystem::path(arguments.run_dir));
    if (!runs) return session.report(runs.error());
    if (runs->ended() > 0)
        session.warn(counted(runs->ended(),
                             "command that an earlier mover had started was ended; its move begins "
                             "anew",
                             "commands that an earlier mover had started were ended; their moves "
                             "begin anew"));
    MoverLoop loop(session, options, std::move(*runs));
    const auto ran = loop.run();
    if (!session.json)
        session.err << fmt::format("{} succeeded, {} failed\n", counted(loop.succeeded(), "move"),
                                   loop.failed());
    if (!ran) return session.report(ran.error());
    if (options.once && loop.failed() > 0) session.exit = ExitCode::refused;
    return session.exit;
}

std::string refused_duration(const std::string& text) {
    return duration_of(text) ? "" : "give a duration, such as 500ms, 30s, 5m or 2h";
}

}  // namespace

void add_mover(CLI::App& app, Session& session) {
    const auto arguments = std::make_shared<MoverArguments>();
    Verb verb(
        app, "mover",
        "Have a command make the real moves that are open\n\n"
        "Examples:\n"
        "  ferry mover --exec ./move-user.ps1 --concurrency 8 --timeout 15m\n"
        "  ferry mover --exec 'pwsh -File move.ps1' --once --retry-failed\n"
        "  ferry mover --dry-run\n\n"
        "The command is run by /bin/sh once for each move, with the move as a line of JSON on "
        "its standard input and in FERRY_MOVE_… variables. Exit code 0 says moved, 3 moved "
        "and not to be undone by going back, 75 try again later, anything else failed.");
    verb.add_option("--exec", arguments->options.command, "The command that makes one move");
    verb.add_option("--site", arguments->options.site, "Moves of this site alone");
    verb.add_option("--concurrency", arguments->concurrency, "How many moves are made at once")
        .between(1, 1000)
        .with_default_shown();
    verb.add_option("--timeout", arguments->timeout, "A command that takes longer is ended")
        .accepts(refused_duration)
        .with_default_shown();
    verb.add_option("--retries", arguments->retries,
                    "How often a move is tried again whose failure may pass")
        .between(0, 1000)
        .with_default_shown();
    verb.add_option("--back-off", arguments->back_off,
                    "How long before the first retry; it doubles, up to 10 minutes")
        .accepts(refused_duration)
        .with_default_shown();
    verb.add_option("--grace", arguments->grace,
                    "Asked to stop: how long running commands may take to end")
        .accepts(refused_duration)
        .with_default_shown();
    verb.add_option("--run-dir", arguments->run_dir,
                    "Where running commands are noted (default: beside the log)")
        .takes("DIR");
    verb.add_flag("--once", arguments->options.once, "End when no move is open any more");
    verb.add_flag("--retry-failed", arguments->options.retry_failed,
                  "First open the moves back again that have failed");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, arguments] { mover(session, *arguments); });
}

}  // namespace ferry
