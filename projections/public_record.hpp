#pragma once
/// One event as a record of the topic `PREFIX.<site>.events`: the entity as its key, the plain
/// protobuf `ferry.v1.Event` as its value, and CloudEvents 1.0 headers in binary mode
/// (docs/kafka.md lists them). Pure; one thread per object.
#include "engine/public_event.hpp"
#include "events/kafka_producer.hpp"

namespace ferry {

/// A record's value stays below the broker's and librdkafka's own limit of a message: details too
/// long to fit are replaced by their length and SHA-256, and stand in the log alone.
inline constexpr std::size_t public_value_bytes_max = 900'000;

/// Filled again and again: the buffers are kept from one event to the next.
class PublicRecord {
public:
    void fill(const Fleet& fleet, const CommitHeader& commit, Position position,
              const v1::StoredEvent& stored);
    /// Of an event that is complete already.
    void fill(const v1::Event& event);

    /// Valid until the next `fill`.
    KafkaMessage message(std::string_view topic) const;
    std::span<const KafkaHeader> headers() const { return {headers_.data(), headers_count_}; }
    const std::string& key() const { return key_; }
    const std::string& value() const { return value_; }

private:
    void write_headers(const v1::Event& event);

    v1::Event event_;
    std::string key_;
    std::string value_;
    std::vector<KafkaHeader> headers_;
    std::size_t headers_count_ = 0;
    Time time_{};  ///< whose text is kept: events of one commit share it
};

/// The message's type URL with the digest of its schema.
const std::string& event_schema();

}  // namespace ferry
