#include "events/kafka_producer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void note_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    auto& deliveries = *static_cast<KafkaDeliveries*>(message->_private);
    ++deliveries.reported;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        deliveries.last = {static_cast<std::uint64_t>(message->offset)};
        return;
    }
    if (deliveries.good()) deliveries.first_error = message->err;
}

int whole_milliseconds(milliseconds wait) { return static_cast<int>(wait.count()); }

struct DestroyHeaders {
    void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};

rd_kafka_resp_err_t hand_over(rd_kafka_t* client, const std::string& topic,
                              const KafkaMessage& message, void* opaque) {
    std::unique_ptr<rd_kafka_headers_t, DestroyHeaders> headers;
    if (!message.headers.empty()) headers.reset(rd_kafka_headers_new(message.headers.size()));
    for (const KafkaHeader& header : message.headers)
        rd_kafka_header_add(headers.get(), header.name.data(),
                            static_cast<ssize_t>(header.name.size()), header.value.data(),
                            static_cast<ssize_t>(header.value.size()));
    const Bytes value = message.value.value_or(Bytes());
    // librdkafka takes a mutable pointer and, with COPY, does not write through it.
    void* const payload = message.value ? const_cast<Byte*>(value.data()) : nullptr;
    const void* const key = message.key.empty() ? nullptr : message.key.data();
    const auto error = rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, message.key.size()),
        RD_KAFKA_V_VALUE(payload, value.size()), RD_KAFKA_V_HEADERS(headers.get()),
        RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) (void)headers.release();  // the message owns them now
    return error;
}

}  // namespace

Result<KafkaProducer> KafkaProducer::open(const KafkaAddress& address, KafkaProperties extra) {
    KafkaProperties own{{"acks", "all"},
                        {"enable.idempotence", "true"},
                        {"linger.ms", "0"},
                        {"message.timeout.ms", "30000"},
                        {"socket.nagle.disable", "true"}};
    for (auto& property : extra) own.push_back(std::move(property));
    auto client = KafkaClient::open(address, KafkaRole::producer, own, note_report);
    if (!client) return std::unexpected(client.error());
    return KafkaProducer(std::move(*client));
}

Result<void> KafkaProducer::learn(const std::string& topic, milliseconds wait) {
    learned_.push_back(topic);
    return learn_topic(client_, topic, wait);
}

Result<void> KafkaProducer::produce(const KafkaMessage& message, KafkaDeliveries& deliveries,
                                    milliseconds wait) {
    auto topic = std::find(learned_.begin(), learned_.end(), message.topic);
    if (topic == learned_.end()) {
        if (auto learned = learn(std::string(message.topic), wait); !learned) return learned;
        topic = std::prev(learned_.end());
    }
    // Only who has to wait looks at the clock.
    for (std::optional<steady_clock::time_point> until;;) {
        const auto error = hand_over(client_.handle(), *topic, message, &deliveries);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            ++deliveries.handed_over;
            return {};
        }
        if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
            return fail(
                Errc::bad_input,
                fmt::format("{} takes no record of {} bytes: the most is `message.max.bytes`, "
                            "1,000,000 unless --kafka-config says otherwise",
                            message.topic, message.value.value_or(Bytes()).size()));
        if (!until) until = steady_clock::now() + wait;
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || steady_clock::now() >= *until)
            return std::unexpected(kafka_error(
                error, fmt::format("{} takes no record", message.topic), client_.trouble()));
        serve(milliseconds(100));
    }
}

void KafkaProducer::serve(milliseconds wait) {
    rd_kafka_poll(client_.handle(), whole_milliseconds(wait));
}

bool KafkaProducer::wait_for(const KafkaDeliveries& deliveries, milliseconds wait) {
    const auto until = steady_clock::now() + wait;
    auto left = wait;
    // Also who does not want to wait is told of the reports that have come.
    while (!deliveries.done()) {
        serve(std::clamp(left, milliseconds(0), milliseconds(100)));
        if (left.count() <= 0) break;
        left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    }
    return deliveries.done();
}

Result<Offset> KafkaProducer::deliver(const KafkaMessage& message, milliseconds wait) {
    KafkaDeliveries delivery;
    if (auto handed = produce(message, delivery, wait); !handed)
        return std::unexpected(handed.error());
    return report(delivery, message.topic, wait);
}

Result<Offset> KafkaProducer::report(KafkaDeliveries& delivery, std::string_view topic,
                                     milliseconds wait) {
    if (!wait_for(delivery, wait)) {
        // The report must not come after `delivery` is gone.
        rd_kafka_purge(client_.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        while (!delivery.done()) serve(milliseconds(10));
    }
    // A record that a broker calls a duplicate of one it has counts as delivered, and where it
    // stands is not said (RD_KAFKA_OFFSET_INVALID, which is negative).
    if (delivery.good() && static_cast<std::int64_t>(delivery.last.value) < 0)
        return fail(Errc::outcome_unknown,
                    fmt::format("{}: the record stands, and its offset was not reported", topic));
    if (delivery.good()) return delivery.last;
    Error error = kafka_error(delivery.first_error,
                              fmt::format("{}: no delivery report came", topic), client_.trouble());
    if (error.code != Errc::not_allowed) error.code = Errc::outcome_unknown;
    return std::unexpected(std::move(error));
}

std::optional<Error> KafkaProducer::fatal() const {
    char reason[256] = {};
    const auto code = rd_kafka_fatal_error(client_.handle(), reason, sizeof reason);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
    return Error{Errc::outcome_unknown,
                 fmt::format("the Kafka producer ended: {} ({})", to_text(code), reason)};
}

}  // namespace ferry
