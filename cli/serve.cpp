// `ferry serve`: the engine as a service, one thread a site. Several may run for one site: one
// leads and the others follow, ready to take over.
#include "cli/program.hpp"
#include "cli/site_service.hpp"
#include "cli/stop_signal.hpp"
#include "events/sqlite_log.hpp"

#include <fmt/format.h>

#include <mutex>
#include <thread>

namespace ferry {

namespace {

/// How long what is under way is waited for once the service is asked to stop. After that nobody
/// waits for a broker: what is not done by then is done by whoever leads next.
constexpr std::chrono::seconds drain_max{5};
constexpr std::chrono::milliseconds looked_every{20};

struct ServeOptions {
    std::vector<std::string> sites;
    double lease_seconds = 3;
};

/// Returns once all have ended, or have had their time to.
void wait_for_end(const std::atomic<std::size_t>& running) {
    while (running > 0 && !StopSignal::asked()) StopSignal::wait(looked_every);
    const auto until = std::chrono::steady_clock::now() + drain_max;
    while (running > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(looked_every);
}

ExitCode serve(Session& session, const ServeOptions& options) {
    auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    if (url->kind != LogKind::kafka)
        return session.report({Errc::usage,
                               "serve leads logs on Kafka: give --log kafka://HOST:PORT/PREFIX; an "
                               "embedded log is written by each command itself"});
    for (const std::string& site : options.sites)
        if (!is_site_name(site))
            return session.report({Errc::usage, fmt::format("`{}` is no site's name (lower case "
                                                            "letters, digits, hyphens)",
                                                            site)});
    const StopSignal signals;
    std::stop_source out_of_patience;
    url->kafka.stop = out_of_patience.get_token();
    std::atomic<std::size_t> running = options.sites.size();
    std::mutex mutex;
    ExitCode worst = ExitCode::done;
    const auto run_site = [&](const std::string& site) {
        ServiceOptions service{*url, site, session.confirm_clock, {}, {}};
        service.lease = std::chrono::milliseconds(static_cast<int>(options.lease_seconds * 1000));
        service.say = [&](const std::string& line) {
            const std::scoped_lock lock(mutex);
            session.err << fmt::format("{} {}: {}", to_rfc3339(SystemClock().now()), site, line)
                        << std::endl;
        };
        const ExitCode ended = SiteService(std::move(service), StopSignal::asked()).run();
        --running;
        const std::scoped_lock lock(mutex);
        if (ended != ExitCode::done) worst = ended;
    };
    {
        std::vector<std::jthread> threads;
        threads.reserve(options.sites.size());
        for (const std::string& site : options.sites) threads.emplace_back(run_site, site);
        wait_for_end(running);
        out_of_patience.request_stop();
    }
    return session.exit = worst;
}

}  // namespace

void add_serve(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ServeOptions>();
    Verb verb(app, "serve",
              "Lead the logs of one or more sites on Kafka and answer commands from topics\n\n"
              "Examples:\n"
              "  ferry serve --log kafka://127.0.0.1:9092/ferry --site paris\n"
              "  ferry apply commands.json --via kafka\n\n"
              "Start it twice: one leads, the other follows and takes over.");
    verb.add_option("--site", options->sites, "The site to serve; may be given again").required();
    verb.add_option("--lease", options->lease_seconds,
                    "Seconds of silence after which another may take over")
        .between(0.3, 600.0)
        .with_default_shown();
    verb.add_flag("--confirm-clock", session.confirm_clock,
                  "Write although the clock jumped: somebody has looked and it is right");
    verb.callback([&session, options] { serve(session, *options); });
}

}  // namespace ferry
