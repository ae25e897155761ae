#pragma once
/// Reads partition 0 of one topic from an offset on, keeping its own place: no group is joined, no
/// offset committed, and an offset that is not there is an error, never a new beginning. Reads
/// uncommitted records: what counts is judged by acceptance, not by the broker.
/// One thread. Errors: unavailable, not_allowed, damaged (the place asked for is not there).
#include "events/kafka_end.hpp"

#include <chrono>

namespace ferry {

/// One record; the bytes live until the reader's next call.
struct KafkaRecord {
    Offset offset;
    Bytes key;
    Bytes value;
    bool tombstone = false;
};

class KafkaReader {
public:
    /// `fetch_wait`: how long the broker may hold a fetch at the end of the topic. A new `place`
    /// has to wait that out, so who jumps about keeps it short; who follows the end need not.
    /// `extra` goes before the address's own properties.
    static Result<KafkaReader> open(const KafkaAddress& address, std::string topic,
                                    std::chrono::milliseconds fetch_wait,
                                    const KafkaProperties& extra = {});

    /// What is there as the broker says now; nothing where the topic is not.
    Result<std::optional<Watermarks>> watermarks(std::chrono::milliseconds wait) {
        return end_.ask(wait);
    }

    /// The end as the last answer to a fetch said; no round trip. 0 where none came yet.
    Offset known_high() const;

    /// The next record will be that of `from`. Does nothing where that is so already.
    Result<void> place(Offset from);
    /// Of the next record; nothing before the first `place`.
    std::optional<Offset> next() const { return next_; }

    /// The next record, or nothing where none came within `wait`. Unavailable where somebody
    /// deleted the topic.
    Result<std::optional<KafkaRecord>> read(std::chrono::milliseconds wait);

    /// What such an error is to whoever reads a topic that carries no history: where its records
    /// are gone nothing is lost that counts, and it is read anew.
    Error passing(Error error) const;

    /// A header of the record that `read` gave last; nothing where it has none of that name.
    std::optional<std::string> header(const std::string& name) const;

    /// For who waited long enough: the broker has more than it gives.
    Error stalled() const;
    /// For who was told that the topic is not there, and read it before.
    Error gone() const;

    KafkaTrouble& trouble() const { return client_.trouble(); }
    const std::string& topic() const { return topic_; }
    rd_kafka_t* handle() const { return client_.handle(); }

private:
    /// Asks the broker, if librdkafka has missed the topic.
    Result<void> check_topic_is_there();

    struct DestroyMessage {
        void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
    };
    KafkaReader(const KafkaAddress& address, KafkaClient client, std::string topic)
        : client_(std::move(client)), end_(address, client_, topic), topic_(std::move(topic)) {}

    KafkaClient client_;
    KafkaEnd end_;
    std::string topic_;
    std::optional<Offset> next_;
    std::unique_ptr<rd_kafka_message_t, DestroyMessage> message_;
};

}  // namespace ferry
