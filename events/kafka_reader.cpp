#include "events/kafka_reader.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

using std::chrono::milliseconds;

/// How long a broker is asked about a topic that librdkafka has missed.
constexpr milliseconds missed_topic_wait{1'000};

struct DestroyPartitions {
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        rd_kafka_topic_partition_list_destroy(list);
    }
};

Bytes view(const void* data, std::size_t size) {
    return data ? Bytes(static_cast<const Byte*>(data), size) : Bytes();
}

}  // namespace

Result<KafkaReader> KafkaReader::open(const KafkaAddress& address, std::string topic,
                                      milliseconds fetch_wait, const KafkaProperties& extra) {
    // Measured (docs/kafka.md): the two queue limits keep a fold that is slower than the wire from
    // stalling a second at a time; the group is named because librdkafka asks for one.
    KafkaProperties own{{"group.id", "ferry"},
                        {"enable.auto.commit", "false"},
                        {"enable.auto.offset.store", "false"},
                        {"auto.offset.reset", "error"},
                        {"isolation.level", "read_uncommitted"},
                        {"enable.partition.eof", "true"},
                        {"fetch.min.bytes", "1"},
                        {"fetch.wait.max.ms", std::to_string(fetch_wait.count())},
                        {"fetch.error.backoff.ms", "50"},
                        {"queued.min.messages", "10000000"},
                        {"queued.max.messages.kbytes", "262144"},
                        {"socket.nagle.disable", "true"},
                        {"check.crcs", "true"}};
    own.insert(own.end(), extra.begin(), extra.end());
    auto client = KafkaClient::open(address, KafkaRole::consumer, own);
    if (!client) return std::unexpected(client.error());
    rd_kafka_poll_set_consumer(client->handle());
    return KafkaReader(address, std::move(*client), std::move(topic));
}

Offset KafkaReader::known_high() const {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const auto error =
        rd_kafka_get_watermark_offsets(client_.handle(), topic_.c_str(), 0, &low, &high);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return {};
    return {static_cast<std::uint64_t>(high)};
}

Result<void> KafkaReader::place(Offset from) {
    if (next_ == from) return {};
    message_.reset();
    if (!next_)
        if (auto learned = learn_topic(client_, topic_, broker_answer_wait); !learned)
            return learned;
    const std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions> list(
        rd_kafka_topic_partition_list_new(1));
    // An absolute offset: librdkafka waits half a second before it resolves a logical one.
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), 0)->offset =
        static_cast<std::int64_t>(from.value);
    const auto error = rd_kafka_assign(client_.handle(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(kafka_error(
            error, fmt::format("{}: reading cannot begin at offset {}", topic_, from.value),
            client_.trouble()));
    next_ = from;
    return {};
}

Error KafkaReader::stalled() const {
    return {Errc::unavailable,
            fmt::format("{}: nothing comes after offset {} although the broker has more{}. Look at "
                        "the broker",
                        topic_, next_->value, trouble().diagnosis())};
}

Error KafkaReader::gone() const {
    return {Errc::unavailable, fmt::format("the topic {} is gone: somebody deleted it", topic_)};
}

Result<void> KafkaReader::check_topic_is_there() {
    if (!trouble().take_topic_missed()) return {};
    const auto marks = watermarks(missed_topic_wait);
    if (!marks) trouble().note_topic_missed();  // and is asked again
    if (!marks || *marks) return {};
    return std::unexpected(gone());
}

Result<std::optional<KafkaRecord>> KafkaReader::read(milliseconds wait) {
    FERRY_ASSERT(next_.has_value(), "a Kafka reader was asked before it was placed");
    message_.reset(rd_kafka_consumer_poll(client_.handle(), static_cast<int>(wait.count())));
    if (!message_) {
        if (client_.is_stopped())
            return fail(Errc::unavailable, fmt::format("{}: nobody waits for it any more", topic_));
        if (auto there = check_topic_is_there(); !there) return std::unexpected(there.error());
        return std::optional<KafkaRecord>();
    }
    switch (message_->err) {
        case RD_KAFKA_RESP_ERR_NO_ERROR: break;
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            // Control records of somebody's transaction take offsets and are never delivered; the
            // end is where they have been passed too.
            next_ = Offset{static_cast<std::uint64_t>(message_->offset)};
            return std::optional<KafkaRecord>();
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return fail(Errc::damaged,
                        fmt::format("{}: log truncated after offset {}: the broker no longer has "
                                    "what was read there. Nothing is taken over; find out what "
                                    "removed it",
                                    topic_, next_->value == 0 ? 0 : next_->value - 1));
        default:
            return std::unexpected(kafka_error(
                message_->err, fmt::format("{}: reading stopped", topic_), client_.trouble()));
    }
    const Offset offset{static_cast<std::uint64_t>(message_->offset)};
    next_ = offset.next();
    return KafkaRecord{offset, view(message_->key, message_->key_len),
                       view(message_->payload, message_->len), message_->payload == nullptr};
}

Error KafkaReader::passing(Error error) const {
    if (error.code != Errc::damaged) return error;
    return {Errc::unavailable, fmt::format("{} was deleted and made anew, or cut", topic_)};
}

std::optional<std::string> KafkaReader::header(const std::string& name) const {
    rd_kafka_headers_t* headers = nullptr;
    if (!message_ || rd_kafka_message_headers(message_.get(), &headers) != 0) return std::nullopt;
    const void* value = nullptr;
    std::size_t size = 0;
    if (rd_kafka_header_get_last(headers, name.c_str(), &value, &size) != 0) return std::nullopt;
    return std::string(static_cast<const char*>(value), value ? size : 0);
}

}  // namespace ferry
