#include "cli/log_url.hpp"

#include "cli/kafka_config.hpp"
#include "cli/session.hpp"
#include "events/log_name.hpp"
#include "events/memory_log.hpp"
#include "events/sqlite_log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace ferry {

Result<LogUrl> parse_log_url(std::string_view text) {
    if (text == "memory:") return LogUrl{LogKind::memory};
    if (text.starts_with("kafka:")) {
        auto address = parse_kafka_url(text);
        if (!address) return std::unexpected(address.error());
        return LogUrl{LogKind::kafka, {}, std::move(*address)};
    }
    constexpr std::string_view scheme = "sqlite:";
    if (text.starts_with(scheme) && text.size() > scheme.size())
        return LogUrl{LogKind::sqlite, std::filesystem::path(text.substr(scheme.size()))};
    if (std::error_code error; std::filesystem::is_directory(text, error))
        return fail(
            Errc::configuration,
            fmt::format("`{0}` is a directory and not a log; did you mean `sqlite:{0}`?", text));
    return fail(Errc::configuration,
                fmt::format("`{}` is not a log this build knows; give sqlite:DIRECTORY, "
                            "kafka://HOST:PORT/PREFIX, or memory: to try something out, with "
                            "--log or in FERRY_LOG",
                            text));
}

Result<LogUrl> parse_log_url(std::string_view text, const Session& session) {
    auto url = parse_log_url(text);
    if (!url) return url;
    url->take_over = session.take_over;
    if (session.kafka_config.empty() || url->kind != LogKind::kafka) return url;
    auto properties = read_kafka_config(session.kafka_config);
    if (!properties) return std::unexpected(properties.error());
    url->kafka.properties = std::move(*properties);
    return url;
}

namespace {

Result<std::vector<std::string>> logs_on(const KafkaAddress& address,
                                         std::optional<KafkaTopics>& connection) {
    if (!connection) {
        auto topics = KafkaTopics::open(address);
        if (!topics) return std::unexpected(topics.error());
        connection.emplace(std::move(*topics));
    }
    const auto names = connection->names();
    if (!names) return std::unexpected(names.error());
    std::vector<std::string> sites;
    for (const std::string& topic : *names)
        if (auto site = site_of_topic(address, topic, "log")) sites.push_back(std::move(*site));
    return sites;
}

/// What others are told about who leads: `ferry apply on host7, process 4711`.
std::string holder(const std::string& command) {
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    return fmt::format("{} on {}, process {}", command, host, getpid());
}

}  // namespace

Result<std::vector<std::string>> logs_at(const LogUrl& url) {
    std::optional<KafkaTopics> for_once;
    return logs_at(url, for_once);
}

Result<std::vector<std::string>> logs_at(const LogUrl& url,
                                         std::optional<KafkaTopics>& connection) {
    std::vector<std::string> sites;
    if (url.kind == LogKind::memory) return sites;
    if (url.kind == LogKind::kafka) return logs_on(url.kafka, connection);
    std::error_code error;
    if (!std::filesystem::exists(url.directory, error) && !error) return sites;
    for (const auto& entry : std::filesystem::directory_iterator(url.directory, error)) {
        const std::string stem = entry.path().stem().string();
        // Tails that a repair set aside are named with a dot inside, which no site's name has.
        if (entry.path().extension() == ".db" && is_log_name(stem)) sites.push_back(stem);
    }
    if (error)
        return fail(Errc::io, fmt::format("{} cannot be listed: {}", url.directory.string(),
                                          error.message()));
    std::sort(sites.begin(), sites.end());
    return sites;
}

Result<std::vector<std::string>> sites_at(const LogUrl& url) {
    auto logs = logs_at(url);
    if (logs) std::erase_if(*logs, is_campaign_log);
    return logs;
}

Result<std::vector<std::string>> campaigns_at(const LogUrl& url) {
    std::optional<KafkaTopics> for_once;
    return campaigns_at(url, for_once);
}

Result<std::vector<std::string>> campaigns_at(const LogUrl& url,
                                              std::optional<KafkaTopics>& connection) {
    auto logs = logs_at(url, connection);
    if (!logs) return logs;
    std::erase_if(*logs, [](const std::string& log) { return !is_campaign_log(log); });
    for (std::string& log : *logs) log.erase(0, campaign_log_prefix.size());
    return logs;
}

namespace {

/// Brokers keep no files for us: what is made from a log on them stands in this user's cache, and
/// nowhere where there is none. Two clusters may have topics of one name; a snapshot knows its log.
std::string cache_directory() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    std::filesystem::path directory;
    if (cache && *cache == '/') directory = cache;
    else if (home && *home == '/') directory = std::filesystem::path(home) / ".cache";
    else return {};
    directory /= "ferry";
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    return error ? std::string() : directory.string();
}

}  // namespace

KafkaLogOptions kafka_log_options(const LogUrl& url, const std::string& command) {
    KafkaLogOptions options;
    options.lease.holder = holder(command);
    options.lease.take_over = url.take_over;
    options.to_be_left = url.to_be_left;
    options.derived_directory = cache_directory();
    return options;
}

std::unique_ptr<Log> open_log(const LogUrl& url, const std::string& site,
                              const std::string& command) {
    if (url.kind == LogKind::memory)
        return std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), site);
    if (url.kind == LogKind::kafka) {
        return std::make_unique<KafkaLog>(url.kafka, site, kafka_log_options(url, command));
    }
    SqliteOptions options;
    options.command = command;
    return std::make_unique<SqliteLog>(url.directory, site, options);
}

}  // namespace ferry
