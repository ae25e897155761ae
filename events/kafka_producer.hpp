#pragma once
/// Produces records and waits for their delivery reports: `acks=all`, idempotent, no lingering.
/// Whoever gets an error back does not know whether the record stands; only reading it back tells.
/// One thread. Errors: unavailable, not_allowed, configuration, outcome_unknown.
#include "events/kafka_client.hpp"

#include <chrono>
#include <span>

namespace ferry {

struct KafkaHeader {
    std::string name;
    std::string value;
};

/// One record on its way, to partition 0; librdkafka copies it. A record without a value is a
/// tombstone of a compacted topic.
struct KafkaMessage {
    std::string_view topic;
    Bytes key = {};
    std::optional<Bytes> value = {};
    std::span<const KafkaHeader> headers = {};
};

/// What became of the messages that were handed over with it. Outlives their delivery.
struct KafkaDeliveries {
    std::uint64_t handed_over = 0;
    std::uint64_t reported = 0;
    Offset last{};  ///< of the latest that was delivered
    rd_kafka_resp_err_t first_error = RD_KAFKA_RESP_ERR_NO_ERROR;
    bool done() const { return reported == handed_over; }
    bool good() const { return first_error == RD_KAFKA_RESP_ERR_NO_ERROR; }
};

class KafkaProducer {
public:
    /// `extra` goes before the address's own properties.
    static Result<KafkaProducer> open(const KafkaAddress& address, KafkaProperties extra = {});

    /// Learns who leads a topic, so that its first record need not wait for that.
    Result<void> learn(const std::string& topic, std::chrono::milliseconds wait);

    /// Waits, up to `wait`, while too many are under way. A failure to hand over leaves no trace.
    /// Errors: bad_input where it is too large for a record; else as kafka_error.
    Result<void> produce(const KafkaMessage& message, KafkaDeliveries& deliveries,
                         std::chrono::milliseconds wait = std::chrono::seconds(30));

    /// Serves delivery reports that came, waiting for the first of them.
    void serve(std::chrono::milliseconds wait);

    /// Serves until all of `deliveries` are reported or `wait` has passed. False: some are not.
    bool wait_for(const KafkaDeliveries& deliveries, std::chrono::milliseconds wait);

    /// Waits for the reports and says where the last record stands. After an error the producer is
    /// of no use, and nothing of `deliveries` is reported any more.
    Result<Offset> report(KafkaDeliveries& deliveries, std::string_view topic,
                          std::chrono::milliseconds wait);

    /// Produces one record and waits for its report.
    Result<Offset> deliver(const KafkaMessage& message, std::chrono::milliseconds wait);

    /// The error that ended this producer for good, if one did.
    std::optional<Error> fatal() const;

    const KafkaTrouble& trouble() const { return client_.trouble(); }
    rd_kafka_t* handle() const { return client_.handle(); }

private:
    explicit KafkaProducer(KafkaClient client) : client_(std::move(client)) {}
    KafkaClient client_;
    std::vector<std::string> learned_;  ///< topics whose leader was asked for
};

}  // namespace ferry
