#pragma once
/// The references on Kafka: librdkafka used as it is, with the settings that Ferry gives it
/// (docs/kafka.md) and the same bytes. Each stops the process with a message where it fails.
#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ferry::bench {

struct BareRecord {
    std::string key;
    std::string value;
    std::vector<std::pair<std::string, std::string>> headers;
    std::size_t events = 1;  ///< how many of those in flight it stands for
};

/// One topic, which must exist; produced to and read back.
class BareKafka {
public:
    BareKafka(const std::string& brokers, std::string topic);
    ~BareKafka();
    BareKafka(const BareKafka&) = delete;
    BareKafka& operator=(const BareKafka&) = delete;

    void hand_over(const BareRecord& record);
    /// Waits a while for what comes back.
    void take_back(const std::function<void(const rd_kafka_message_t&)>& visit);
    /// Produces all, and reads each back while at most `in_flight` events are neither.
    void produce_and_read_back(const std::vector<BareRecord>& records, std::size_t in_flight);
    /// Produces all and waits for the reports.
    void produce(const std::vector<BareRecord>& records);
    /// Reads from the beginning to the end as it is now.
    void read(const std::function<void(const rd_kafka_message_t&)>& visit);

private:
    void begin_reading(std::int64_t from);

    std::string topic_;
    rd_kafka_t* producer_ = nullptr;
    rd_kafka_t* consumer_ = nullptr;
    std::int64_t produced_ = 0;
    bool reading_ = false;
};

}  // namespace ferry::bench
