// Who is told to stop waits for no broker. Each wait here is longer than a test may take, so that
// one that is waited out shows.
#include "events/kafka_log.hpp"
#include "events/kafka_producer.hpp"
#include "events/kafka_topic.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace ferry::test {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::hours for_ever{1};

/// Nobody listens there.
KafkaAddress nobody(const std::stop_source& stop) {
    KafkaAddress address;
    address.brokers = "127.0.0.1:1";
    address.stop = stop.get_token();
    return address;
}

/// The code of the error that the question ends with, which is put before it is told to stop.
template <class Question>
std::optional<Errc> stopped_while_asking(const Question& question) {
    std::stop_source stop;
    const KafkaAddress address = nobody(stop);
    const std::jthread stops([&] {
        std::this_thread::sleep_for(milliseconds(300));
        stop.request_stop();
    });
    return question(address);
}

template <class Value>
std::optional<Errc> code_of(const Result<Value>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace

TEST_CASE("who waits for brokers that are not there ends when told to") {
    CHECK(stopped_while_asking([](const KafkaAddress& address) {
              auto topics = KafkaTopics::open(address, for_ever);
              REQUIRE(topics);
              return code_of(topics->names());
          }) == Errc::unavailable);
    CHECK(stopped_while_asking([](const KafkaAddress& address) {
              auto reader = KafkaReader::open(address, "log", milliseconds(5));
              REQUIRE(reader);
              return code_of(reader->watermarks(for_ever));
          }) == Errc::unavailable);
    CHECK(stopped_while_asking([](const KafkaAddress& address) {
              auto producer = KafkaProducer::open(address);
              REQUIRE(producer);
              return code_of(producer->learn("log", for_ever));
          }) == Errc::unavailable);
    CHECK(stopped_while_asking([](const KafkaAddress& address) {
              KafkaLogOptions options;
              options.stall_max = for_ever;
              KafkaLog log(address, "paris", std::move(options));
              return code_of(log.read({}, [](const Record&) { return true; }));
          }) == Errc::unavailable);
}

TEST_CASE("who was told to stop before asks once and waits for nothing") {
    std::stop_source stop;
    stop.request_stop();
    auto topics = KafkaTopics::open(nobody(stop), for_ever);
    REQUIRE(topics);
    CHECK(code_of(topics->names()) == Errc::unavailable);
    CHECK(code_of(topics->create("log", topic_spec("log"))) == Errc::unavailable);
}

}  // namespace ferry::test
