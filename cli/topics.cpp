// `ferry topics`: what a site's topics on Kafka are set to, what they ought to be, and making it
// so.
#include "cli/kafka_verbs.hpp"
#include "cli/log_url.hpp"
#include "events/kafka_topic.hpp"
#include "events/sqlite_log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>
#include <thread>

namespace ferry {

namespace {

struct TopicsOptions {
    bool apply = false;
    bool check = false;
    bool dry_run = false;
    std::vector<std::string> sites;
    std::vector<std::string> only;
};

struct Topic {
    std::string name;
    const TopicSpec* spec = nullptr;
    std::optional<TopicFacts> facts;
    std::vector<TopicDrift> drift;
    std::string done;  ///< created, altered; with --dry-run what would be
};

std::vector<const TopicSpec*> asked_specs(const TopicsOptions& options) {
    std::vector<const TopicSpec*> specs;
    for (const TopicSpec& spec : topic_specs()) {
        const bool asked =
            options.only.empty() ||
            std::find(options.only.begin(), options.only.end(), spec.what) != options.only.end();
        if (asked) specs.push_back(&spec);
    }
    return specs;
}

/// Those given, else all that have any topic there: an embedded site that is published has no log.
Result<std::vector<std::string>> asked_sites(KafkaTopics& topics, const KafkaAddress& address,
                                             const TopicsOptions& options) {
    if (!options.sites.empty()) return options.sites;
    const auto names = topics.names();
    if (!names) return std::unexpected(names.error());
    std::set<std::string> sites;
    for (const std::string& name : *names)
        for (const TopicSpec& spec : topic_specs())
            if (auto site = site_of_topic(address, name, spec.what)) sites.insert(*site);
    if (sites.empty())
        return fail(Errc::unavailable, fmt::format("no site has topics at {}; name one, as in "
                                                   "`ferry topics --apply --site paris`",
                                                   to_text(address)));
    return std::vector<std::string>(sites.begin(), sites.end());
}

Result<void> look(KafkaTopics& topics, Topic& topic) {
    auto facts = topics.describe(topic.name);
    if (!facts) return std::unexpected(facts.error());
    topic.facts = std::move(*facts);
    topic.drift.clear();
    if (topic.facts) topic.drift = drift_of(topic.name, *topic.spec, *topic.facts);
    return {};
}

Result<void> mend(KafkaTopics& topics, Topic& topic, bool dry_run) {
    const bool can_alter = std::any_of(topic.drift.begin(), topic.drift.end(),
                                       [](const auto& one) { return !is_for_people(one); });
    if (topic.facts && !can_alter) return {};
    topic.done = topic.facts ? "altered" : "created";
    if (dry_run) return {};
    const auto done = topic.facts ? topics.alter(topic.name, *topic.spec)
                                  : topics.create(topic.name, *topic.spec);
    if (!done) return done;
    // Brokers learn of it a moment later than the controller.
    for (int tries = 0; tries < 100; ++tries) {
        if (auto looked = look(topics, topic); !looked) return looked;
        const bool as_it_ought =
            topic.facts && std::all_of(topic.drift.begin(), topic.drift.end(), is_for_people);
        if (as_it_ought) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return {};
}

std::string value_of(const TopicFacts& facts, const std::string& setting) {
    const auto found = facts.settings.find(setting);
    return found == facts.settings.end() ? "unknown" : found->second;
}

/// The settings that a site's safety hangs on, as they are.
std::vector<std::pair<std::string, std::string>> settings_shown(const Topic& topic) {
    std::vector<std::pair<std::string, std::string>> shown;
    shown.reserve(topic.spec->settings.size() + 1);
    for (const auto& [name, ought] : topic.spec->settings)
        shown.emplace_back(name, topic.facts ? value_of(*topic.facts, name) : ought);
    if (topic.facts && topic.spec->keeps_truth)
        shown.emplace_back("min.insync.replicas", value_of(*topic.facts, "min.insync.replicas"));
    return shown;
}

std::string verdict(const Topic& topic, bool dry_run) {
    const std::string would = dry_run ? "would be " : "";
    if (!topic.done.empty() && (dry_run || topic.drift.empty())) return would + topic.done;
    if (!topic.facts) return "absent; it ought to be";
    return topic.drift.empty() ? "as it ought to be" : "not as it ought to be";
}

void print_text(Session& session, const Topic& topic, bool dry_run) {
    session.out << fmt::format("{}: {}\n", topic.name, verdict(topic, dry_run));
    if (topic.facts)
        session.out << fmt::format("  partitions={}  replicas={}\n", topic.facts->partitions,
                                   topic.facts->replicas);
    for (const auto& [name, value] : settings_shown(topic))
        session.out << fmt::format("  {}={}\n", name, value);
    for (const TopicDrift& drift : topic.drift)
        session.out << fmt::format("  ! {} is {} and ought to be {}: {}\n", drift.setting, drift.is,
                                   drift.ought, remedy(drift, *topic.spec));
}

void print_json(Session& session, const Topic& topic) {
    boost::json::object settings;
    for (const auto& [name, value] : settings_shown(topic)) settings[name] = value;
    boost::json::array drift;
    for (const TopicDrift& one : topic.drift)
        drift.push_back({{"setting", one.setting}, {"is", one.is}, {"ought", one.ought}});
    boost::json::object json{{"topic", topic.name}, {"exists", topic.facts.has_value()}};
    if (topic.facts) {
        json["partitions"] = topic.facts->partitions;
        json["replicas"] = topic.facts->replicas;
    }
    json["settings"] = std::move(settings);
    json["drift"] = std::move(drift);
    if (!topic.done.empty()) json["done"] = topic.done;
    session.out << boost::json::serialize(json) << '\n';
}

/// With what to set by hand, where the broker does not let this client.
Error by_hand(const Error& error, const Topic& topic) {
    std::vector<std::string> settings;
    settings.reserve(topic.spec->settings.size());
    for (const auto& [name, value] : topic.spec->settings)
        settings.push_back(fmt::format("{}={}", name, value));
    return {error.code,
            fmt::format("{}. By hand: kafka-configs.sh --bootstrap-server … --alter --topic {} "
                        "--add-config {}",
                        error.message, topic.name, fmt::join(settings, ","))};
}

ExitCode topics(Session& session, const TopicsOptions& options) {
    if (options.apply == options.check)
        return session.report({Errc::usage, "say --check to look, or --apply to set"});
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    if (url->kind != LogKind::kafka)
        return session.report({Errc::usage, "topics are on Kafka: say where, as in `ferry topics "
                                            "--check --log kafka://localhost:9092/ferry`"});
    for (const std::string& site : options.sites)
        if (!is_site_name(site))
            return session.report({Errc::usage, fmt::format("`{}` is no site's name: lower case "
                                                            "letters, digits and hyphens",
                                                            site)});
    auto broker = KafkaTopics::open(url->kafka);
    if (!broker) return session.report(broker.error());
    const auto sites = asked_sites(*broker, url->kafka, options);
    if (!sites) return session.report(sites.error());
    bool drifted = false;
    for (const std::string& site : *sites) {
        for (const TopicSpec* spec : asked_specs(options)) {
            Topic topic{topic_name(url->kafka, site, spec->what), spec, {}, {}, {}};
            if (auto looked = look(*broker, topic); !looked) return session.report(looked.error());
            if (options.apply)
                if (auto mended = mend(*broker, topic, options.dry_run); !mended)
                    return session.report(by_hand(mended.error(), topic));
            if (session.json) print_json(session, topic);
            else print_text(session, topic, options.dry_run);
            const bool would_be_right = options.dry_run && !topic.done.empty();
            drifted = drifted || (!would_be_right && (!topic.facts || !topic.drift.empty()));
        }
    }
    if (drifted) session.exit = ExitCode::refused;
    return session.exit;
}

}  // namespace

void add_topics(CLI::App& app, Session& session) {
    const auto options = std::make_shared<TopicsOptions>();
    Verb verb(
        app, "topics",
        "Show or set how a site's topics on Kafka are set\n"
        "\n"
        "Examples:\n"
        "  ferry topics --check --log kafka://localhost:9092/ferry\n"
        "  ferry topics --apply --site paris --site lyon\n"
        "  ferry topics --apply --site paris --only events --only state --dry-run\n"
        "\n"
        "A topic that is absent or set otherwise than it ought to be is named, and the exit code\n"
        "is 1. --apply creates and sets; partitions and replicas of a topic that exists stay.");
    verb.add_flag("--check", options->check, "Look, and change nothing");
    verb.add_flag("--apply", options->apply, "Create what is absent, and set what differs");
    verb.add_option("--site", options->sites, "Of this site (default: all that have topics)")
        .one_value_each();
    std::vector<std::string> whats;
    for (const TopicSpec& spec : topic_specs()) whats.emplace_back(spec.what);
    verb.add_option("--only", options->only, "This topic of a site alone")
        .one_value_each()
        .one_of(whats);
    verb.add_flag("--dry-run", options->dry_run, "Show what --apply would do and do nothing");
    add_read_options(verb, session);
    verb.callback([&session, options] { topics(session, *options); });
}

}  // namespace ferry
