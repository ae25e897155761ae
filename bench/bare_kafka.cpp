#include "bench/bare_kafka.hpp"

#include "bench/give_up.hpp"

#include <fmt/format.h>

namespace ferry::bench {

namespace {

void need(bool fine, std::string_view what, std::string_view why = "") {
    if (!fine) give_up(fmt::format("the reference on Kafka could not {} {}", what, why));
}

rd_kafka_t* client(rd_kafka_type_t type,
                   const std::vector<std::pair<const char*, std::string>>& properties) {
    char why[512];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [name, value] : properties)
        need(rd_kafka_conf_set(conf, name, value.c_str(), why, sizeof why) == RD_KAFKA_CONF_OK,
             "set", why);
    rd_kafka_t* made = rd_kafka_new(type, conf, why, sizeof why);
    need(made != nullptr, "make a client:", why);
    return made;
}

}  // namespace

BareKafka::BareKafka(const std::string& brokers, std::string topic)
    : topic_(std::move(topic)),
      producer_(client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers},
                                           {"acks", "all"},
                                           {"enable.idempotence", "true"},
                                           {"linger.ms", "0"},
                                           {"socket.nagle.disable", "true"},
                                           {"queue.buffering.max.messages", "1000000"}})),
      consumer_(client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                           {"group.id", "bench"},
                                           {"enable.auto.commit", "false"},
                                           {"enable.auto.offset.store", "false"},
                                           {"isolation.level", "read_uncommitted"},
                                           {"fetch.wait.max.ms", "20"},
                                           {"fetch.error.backoff.ms", "50"},
                                           {"queued.min.messages", "10000000"},
                                           {"queued.max.messages.kbytes", "262144"},
                                           {"socket.nagle.disable", "true"}})) {
    rd_kafka_poll_set_consumer(consumer_);
}

BareKafka::~BareKafka() {
    rd_kafka_destroy_flags(consumer_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    rd_kafka_flush(producer_, 10'000);  // the last reports come after the records
    rd_kafka_destroy(producer_);
}

void BareKafka::hand_over(const BareRecord& record) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers)
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    for (;;) {
        const auto error = rd_kafka_producev(
            producer_, RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(record.key.empty() ? nullptr : record.key.data(), record.key.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
        need(error == RD_KAFKA_RESP_ERR__QUEUE_FULL, "produce:", rd_kafka_err2str(error));
        rd_kafka_poll(producer_, 10);
    }
    ++produced_;
    rd_kafka_poll(producer_, 0);
}

void BareKafka::begin_reading(std::int64_t from) {
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic_.c_str(), 0)->offset = from;
    need(rd_kafka_assign(consumer_, list) == RD_KAFKA_RESP_ERR_NO_ERROR, "read");
    rd_kafka_topic_partition_list_destroy(list);
    reading_ = true;
}

void BareKafka::take_back(const std::function<void(const rd_kafka_message_t&)>& visit) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer_, 100);
    if (!message) return;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) visit(*message);
    rd_kafka_message_destroy(message);
}

void BareKafka::produce_and_read_back(const std::vector<BareRecord>& records,
                                      std::size_t in_flight) {
    if (!reading_) begin_reading(produced_);
    std::size_t flying = 0;
    std::size_t back = 0;
    for (std::size_t next = 0; back < records.size();) {
        const bool room =
            next < records.size() && (flying == 0 || flying + records[next].events <= in_flight);
        if (room) {
            hand_over(records[next]);
            flying += records[next++].events;
            continue;
        }
        rd_kafka_poll(producer_, 0);
        take_back([&](const rd_kafka_message_t&) { flying -= records[back++].events; });
    }
}

void BareKafka::produce(const std::vector<BareRecord>& records) {
    for (const BareRecord& record : records) hand_over(record);
    need(rd_kafka_flush(producer_, 60'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "deliver all");
}

void BareKafka::read(const std::function<void(const rd_kafka_message_t&)>& visit) {
    std::int64_t low = 0;
    std::int64_t end = 0;
    need(rd_kafka_query_watermark_offsets(consumer_, topic_.c_str(), 0, &low, &end, 10'000) ==
             RD_KAFKA_RESP_ERR_NO_ERROR,
         "ask where a topic ends");
    begin_reading(0);
    for (bool more = end > 0; more;)
        take_back([&](const rd_kafka_message_t& message) {
            visit(message);
            more = message.offset + 1 < end;
        });
}

}  // namespace ferry::bench
