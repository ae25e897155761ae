#pragma once
/// `--log URL`: which kind of log, and where.
#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"

#include <filesystem>

namespace ferry {

struct Session;

enum class LogKind { sqlite, memory, kafka };

struct LogUrl {
    LogKind kind = LogKind::sqlite;
    std::filesystem::path directory = {};  ///< of `sqlite:`
    KafkaAddress kafka = {};               ///< of `kafka://`
    bool take_over = false;                ///< does not wait for another leader's lease to end
    bool to_be_left = false;               ///< as KafkaLogOptions has it
};

/// Errc::configuration where the URL is none that this build knows.
Result<LogUrl> parse_log_url(std::string_view text);

/// With what --kafka-config and --take-over say besides. Errors: as above, and of the file.
Result<LogUrl> parse_log_url(std::string_view text, const Session& session);

/// The sites that have a log there, sorted by name. Errors: io, unavailable.
Result<std::vector<std::string>> sites_at(const LogUrl& url);

/// The campaigns that have a log there, by their own names, sorted. Errors: as above.
Result<std::vector<std::string>> campaigns_at(const LogUrl& url);
/// The same for who asks again and again: a connection to Kafka is made once and kept there.
Result<std::vector<std::string>> campaigns_at(const LogUrl& url,
                                              std::optional<KafkaTopics>& connection);

/// All of these logs, by the names that `open_log` takes: what looks after logs, whatever they
/// hold. Errors: as above.
Result<std::vector<std::string>> logs_at(const LogUrl& url);
Result<std::vector<std::string>> logs_at(const LogUrl& url, std::optional<KafkaTopics>& connection);

/// How a log on Kafka is opened by this process; `command` is what others are told leads it.
KafkaLogOptions kafka_log_options(const LogUrl& url, const std::string& command);

/// The log of one site; nothing is created before the first append.
std::unique_ptr<Log> open_log(const LogUrl& url, const std::string& site,
                              const std::string& command);

}  // namespace ferry
