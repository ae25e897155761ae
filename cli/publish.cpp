// `ferry publish`: makes of any log what the world reads on Kafka, once or on and on.
#include "cli/kafka_verbs.hpp"
#include "cli/published_site.hpp"
#include "cli/site_names.hpp"
#include "cli/stop_signal.hpp"
#include "engine/words.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <deque>

namespace ferry {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds back_off_first{250};

struct PublishOptions {
    std::string to;
    std::string site;
    bool follow = false;
    bool check = false;
};

Result<KafkaAddress> destination(const Session& session, const PublishOptions& options) {
    // A log on Kafka is published beside itself unless something else is said.
    const std::string& text = options.to.empty() ? session.log_url : options.to;
    auto url = parse_log_url(text, session);
    if (!url) return std::unexpected(url.error());
    if (url->kind == LogKind::kafka) return std::move(url->kafka);
    return fail(Errc::usage, "say where to publish to, as in --to kafka://localhost:9092/ferry");
}

Result<PublishedTo> look(const LogUrl& log, const KafkaAddress& to, const std::string& site) {
    Replica replica(open_log(log, site, "ferry publish"));
    replica.keeps_index = false;
    const auto end = published_end(to, site);
    if (!end) return std::unexpected(end.error());
    if (auto opened = open_replica(replica); !opened) return std::unexpected(opened.error());
    return PublishedTo{site, 0, end->events, replica.acceptance.position};
}

/// One round of one site. False: it has met something that waiting does not mend.
bool follow_once(Session& session, PublishedSite& site) {
    if (auto done = site.publisher.catch_up(site.replica); !done) {
        if (!may_pass(done.error().code)) {
            session.report(done.error());
            return false;
        }
        if (site.trouble != done.error().message)
            session.warn(fmt::format("{}: {}; it is tried again until it succeeds", site.name,
                                     done.error().message));
        site.trouble = done.error().message;
        site.back_off = std::clamp(site.back_off * 2, back_off_first, publisher_back_off_max);
        return true;
    }
    if (!site.trouble.empty())
        session.err << fmt::format("ferry: {}: publishing goes on\n", site.name);
    site.trouble.clear();
    site.back_off = {};
    const PublishedTo reached = site.reached();
    if (site.said != reached.published) {
        print_published(session, reached);
        session.out.flush();
    }
    site.said = reached.published;
    return true;
}

void follow(Session& session, std::deque<PublishedSite>& sites) {
    while (!StopSignal::asked() && session.out) {
        milliseconds wait = published_every;
        for (PublishedSite& site : sites) {
            if (StopSignal::asked()) break;
            if (!follow_once(session, site)) return;
            wait = std::max(wait, site.back_off);
        }
        StopSignal::wait(wait);
    }
}

void publish_once(Session& session, std::deque<PublishedSite>& sites) {
    for (PublishedSite& site : sites) {
        const auto done = site.publisher.catch_up(site.replica);
        print_published(session, site.reached());
        if (!done) session.report(done.error());
    }
}

PublisherOptions publisher_options(Session& session, const std::string& site) {
    PublisherOptions options;
    options.mends_states = true;
    options.stopping = [] { return StopSignal::asked().load(); };
    options.progress = [&session, site](Position published, Position read) {
        session.err << fmt::format("{}: published to {}, read to {}, lag {}\n", site,
                                   published.value, read.value,
                                   read > published ? read.value - published.value : 0);
    };
    return options;
}

ExitCode publish(Session& session, const PublishOptions& options) {
    const auto to = destination(session, options);
    if (!to) return session.report(to.error());
    const auto names = site_names(session, options.site);
    if (!names) return session.report(names.error());
    if (options.check) {
        for (const std::string& site : names->names) {
            const auto reached = look(names->url, *to, site);
            if (reached) print_published(session, *reached);
            else session.report(reached.error());
        }
        return session.exit;
    }
    const StopSignal stop;
    std::deque<PublishedSite> sites;
    for (const std::string& site : names->names)
        sites.emplace_back(names->url, *to, site, publisher_options(session, site));
    if (options.follow) follow(session, sites);
    else publish_once(session, sites);
    return session.exit;
}

}  // namespace

void print_published(Session& session, const PublishedTo& reached) {
    if (session.json) {
        const boost::json::object json{{"site", reached.site},
                                       {"count", reached.count},
                                       {"published", reached.published.value},
                                       {"position", reached.position.value},
                                       {"lag", reached.lag()}};
        session.out << boost::json::serialize(json) << '\n';
        return;
    }
    session.out << fmt::format("{}: {} published, to {} of {}, lag {}\n", reached.site,
                               counted(reached.count, "event"), reached.published.value,
                               reached.position.value, reached.lag());
}

void add_publish(CLI::App& app, Session& session) {
    const auto options = std::make_shared<PublishOptions>();
    Verb verb(
        app, "publish",
        "Publish a log's events and states on Kafka, for the world to read\n"
        "\n"
        "Examples:\n"
        "  ferry publish --to kafka://localhost:9092/ferry\n"
        "  ferry publish --to kafka://localhost:9092 --site paris --follow\n"
        "  ferry publish --to kafka://localhost:9092 --check --json\n"
        "\n"
        "It goes on from what it finds at the ends of its topics, so it may be stopped, killed\n"
        "and run twice. The topics are described in docs/kafka.md.");
    verb.add_option("--to", options->to,
                    "Where to: kafka://BROKERS/PREFIX (default: where --log is, on Kafka)");
    verb.add_option("--site", options->site, "Only this site");
    verb.add_flag("--follow", options->follow, "Go on with what is appended, until stopped");
    verb.add_flag("--check,--dry-run", options->check, "Show the lag and publish nothing");
    add_read_options(verb, session);
    verb.callback([&session, options] { publish(session, *options); });
}

}  // namespace ferry
