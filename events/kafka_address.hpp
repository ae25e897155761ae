#pragma once
/// Where a Kafka log is: `kafka://BROKERS[/PREFIX]`, and what librdkafka is told besides. Plain
/// values; any thread. Errors: Errc::configuration.
#include "events/error.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

/// Properties as librdkafka names them. They may hold secrets: they are never printed.
using KafkaProperties = std::vector<std::pair<std::string, std::string>>;

struct KafkaAddress {
    std::string brokers;  ///< `host:port`, more behind commas
    std::string prefix = "ferry";
    KafkaProperties properties;
    /// Once it is asked for, whoever asks brokers by this address waits for no answer any more, and
    /// is told that they are unavailable.
    std::stop_token stop = {};
};

Result<KafkaAddress> parse_kafka_url(std::string_view url);

/// `kafka://host:9092/ferry`.
std::string to_text(const KafkaAddress& address);

/// `ferry.paris.log`; `what` is log, lease, events, state, commands or results.
std::string topic_name(const KafkaAddress& address, std::string_view site, std::string_view what);

/// The site whose topic this is; nothing where the topic is not one of these.
std::optional<std::string> site_of_topic(const KafkaAddress& address, std::string_view topic,
                                         std::string_view what);

}  // namespace ferry
