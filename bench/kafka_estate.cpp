#include "bench/kafka_estate.hpp"

#include "bench/give_up.hpp"
#include "events/kafka_topic.hpp"

namespace ferry::bench {

KafkaAddress fresh_address(const Bench& bench) {
    SystemRandomness randomness;
    const std::string drawn = to_hex(randomness.id<CommitId>().bytes).substr(0, 12);
    return {.brokers = bench.brokers, .prefix = "bench" + drawn, .properties = {}};
}

std::string fresh_topic(const Bench& bench, std::string_view what) {
    const KafkaAddress address = fresh_address(bench);
    const std::string topic = topic_name(address, site, what);
    auto topics = KafkaTopics::open(address);
    need_done(topics);
    need_done(topics->create(topic, topic_spec(what)));
    return topic;
}

std::unique_ptr<Log> open_kafka(const KafkaAddress& address, bool take_over) {
    KafkaLogOptions options;
    options.lease.take_over = take_over;
    return std::make_unique<KafkaLog>(address, std::string(site), options);
}

}  // namespace ferry::bench
