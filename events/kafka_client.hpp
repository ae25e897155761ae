#pragma once
/// librdkafka's handles as values that clean up after themselves: what its log, its lease and the
/// publisher share. Settings are those measured for librdkafka 2.0.2 on Kafka 4.1 (docs/kafka.md).
/// Errors: Errc::configuration for a property that librdkafka does not take.
#include "events/ids.hpp"
#include "events/kafka_address.hpp"

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace ferry {

/// What librdkafka said last about its connections. Written by its threads.
class KafkaTrouble {
public:
    void note(std::string_view said);
    /// ` (the broker said: …)`, or nothing: the end of an error message.
    std::string diagnosis() const;
    /// Whether that was that the user or the password is wrong.
    bool refused() const;
    /// Whether a connection was lost since it was last asked.
    bool take_disconnected() { return disconnected_.exchange(false); }
    void note_disconnected() { disconnected_ = true; }
    /// Whether librdkafka missed a topic since it was last asked. It says so nowhere else: who
    /// reads a topic that was deleted is given nothing, and no error.
    bool take_topic_missed() { return topic_missed_.exchange(false); }
    void note_topic_missed() { topic_missed_ = true; }

private:
    mutable std::mutex mutex_;
    std::string last_;
    std::atomic<bool> disconnected_{false};
    std::atomic<bool> topic_missed_{false};
};

/// How long an answer of a broker that can be reached is waited for.
constexpr std::chrono::milliseconds broker_answer_wait{10'000};
/// So soon who waits for one notices that its address was told to stop.
constexpr std::chrono::milliseconds stop_looked_at_every{100};

enum class KafkaRole { producer, consumer };

/// One client; copies share it, and the last one ends it. Created with the address's own properties
/// last, so that they win, but for those a log's safety hangs on: they are refused by name.
class KafkaClient {
public:
    using DeliveryReport = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

    /// `opaque` is what librdkafka hands to `delivered`; it must outlive the client.
    static Result<KafkaClient> open(const KafkaAddress& address, KafkaRole role,
                                    const KafkaProperties& own, DeliveryReport delivered = nullptr);

    rd_kafka_t* handle() const { return handle_.get(); }
    KafkaTrouble& trouble() const { return *trouble_; }
    /// Whether its address was told to wait for nothing more.
    bool is_stopped() const { return stop_.stop_requested(); }

private:
    /// Waits until librdkafka has ended the client, but not for ever.
    struct Destroy {
        /// Its threads write to it until the client is gone, which may be later.
        std::shared_ptr<KafkaTrouble> trouble;
        void operator()(rd_kafka_t* client) const;
    };
    std::shared_ptr<KafkaTrouble> trouble_ = std::make_shared<KafkaTrouble>();
    std::shared_ptr<rd_kafka_t> handle_;
    std::stop_token stop_;
};

struct DestroyKafkaMetadata {
    void operator()(const rd_kafka_metadata_t* metadata) const {
        rd_kafka_metadata_destroy(metadata);
    }
};
using KafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, DestroyKafkaMetadata>;

/// The cluster's brokers, with all topics or with that one `only`; `what` begins the error.
Result<KafkaMetadata> ask_metadata(const KafkaClient& client,
                                   const std::optional<std::string>& only,
                                   std::chrono::milliseconds wait, std::string_view what);

/// Learns who leads the topic. Without it librdkafka finds out by a timer, up to a second later.
Result<void> learn_topic(const KafkaClient& client, const std::string& topic,
                         std::chrono::milliseconds wait);

/// Whether it says that a topic is not there.
bool is_absent(rd_kafka_resp_err_t code);

/// The code's name and what librdkafka says about it.
std::string to_text(rd_kafka_resp_err_t code);

/// As an error of ours: not allowed, unavailable, or what else the code means.
Error kafka_error(rd_kafka_resp_err_t code, std::string_view what, const KafkaTrouble& trouble);

}  // namespace ferry
