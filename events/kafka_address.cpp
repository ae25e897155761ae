#include "events/kafka_address.hpp"

#include "events/whole_number.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::string_view scheme = "kafka://";

/// Of what a topic's name may be made (Kafka's own rule), but shorter, so that a site fits behind.
bool is_prefix(std::string_view text) {
    constexpr std::size_t prefix_letters_max = 120;
    const auto allowed = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    };
    return !text.empty() && text.size() <= prefix_letters_max && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), allowed);
}

/// `host`, `host:9092`, `[::1]:9092`. What a host may be called is the resolver's to judge.
bool is_broker(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.ends_with(']')) return !text.empty();
    return colon > 0 && whole_number<std::uint16_t>(text.substr(colon + 1)).value_or(0) > 0;
}

bool are_brokers(std::string_view list) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (!is_broker(list.substr(0, comma))) return false;
        if (comma == std::string_view::npos) return true;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

Result<KafkaAddress> parse_kafka_url(std::string_view url) {
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::configuration,
                    fmt::format("`{}` {}; give kafka://HOST:PORT[,HOST:PORT…][/PREFIX]", url, why));
    };
    if (!url.starts_with(scheme)) return refuse("does not begin with kafka://");
    std::string_view rest = url.substr(scheme.size());
    KafkaAddress address;
    const std::size_t slash = rest.find('/');
    address.brokers = rest.substr(0, slash);
    if (address.brokers.empty()) return refuse("names no broker");
    if (address.brokers.find('@') != std::string::npos)
        return refuse("holds `@`: secrets never stand in a URL, but in --kafka-config FILE");
    if (!are_brokers(address.brokers)) return refuse("has a broker without a host or a port");
    if (slash == std::string_view::npos) return address;
    rest.remove_prefix(slash + 1);
    if (rest.empty()) return address;
    if (!is_prefix(rest))
        return refuse("has a prefix that no topic's name may begin with (letters, digits, `.`, "
                      "`_`, `-`)");
    address.prefix = rest;
    return address;
}

std::string to_text(const KafkaAddress& address) {
    return fmt::format("{}{}/{}", scheme, address.brokers, address.prefix);
}

std::string topic_name(const KafkaAddress& address, std::string_view site, std::string_view what) {
    return fmt::format("{}.{}.{}", address.prefix, site, what);
}

std::optional<std::string> site_of_topic(const KafkaAddress& address, std::string_view topic,
                                         std::string_view what) {
    const std::string before = address.prefix + ".";
    const std::string after = "." + std::string(what);
    if (!topic.starts_with(before) || !topic.ends_with(after)) return std::nullopt;
    if (topic.size() <= before.size() + after.size()) return std::nullopt;
    topic.remove_prefix(before.size());
    topic.remove_suffix(after.size());
    if (topic.find('.') != std::string_view::npos) return std::nullopt;
    return std::string(topic);
}

}  // namespace ferry
