// The publisher on the real broker: in order, without a gap, from wherever it finds its topics.
#include "projections/publisher.hpp"

#include "events/hash.hpp"
#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/kafka/published_topics.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <thread>

namespace ferry::test {

namespace {

const std::string paris = "paris";

std::unique_ptr<Log> reading(const Estate& estate) {
    return std::make_unique<MemoryLog>(estate.store, paris);
}

/// Publishes what is in the log now, by a publisher that knows nothing.
Result<std::uint64_t> publish(const KafkaAddress& address, std::unique_ptr<Log> log,
                              PublisherOptions options = {}) {
    Replica replica(std::move(log));
    Publisher publisher(address, paris, std::move(options));
    if (auto done = publisher.catch_up(replica); !done) return std::unexpected(done.error());
    return publisher.count();
}

void must_publish(const KafkaAddress& address, std::unique_ptr<Log> log,
                  PublisherOptions options = {}) {
    const auto done = publish(address, std::move(log), std::move(options));
    REQUIRE_MESSAGE(done, done.error().message);
}

/// A stranger with write rights.
struct Stranger {
    explicit Stranger(KafkaAddress to) : address(std::move(to)), producer(opened(address)) {}
    static KafkaProducer opened(const KafkaAddress& address) {
        auto made = KafkaProducer::open(address);
        REQUIRE(made);
        return std::move(*made);
    }
    void write(std::string_view what, std::string_view key, std::string_view value) {
        const std::string topic = topic_name(address, paris, what);
        REQUIRE(producer.deliver({.topic = topic, .key = bytes_of(key), .value = bytes_of(value)},
                                 std::chrono::seconds(10)));
    }
    KafkaAddress address;
    KafkaProducer producer;
};

}  // namespace

TEST_CASE("a random history is published as it happened, with the states it leads to") {
    for (const std::uint64_t seed : seeds(3)) {
        CAPTURE(seed);
        const KafkaAddress address = fresh_address();
        Estate estate(seed);
        RandomHistory history(seed);
        history.play(estate, 300);
        must_publish(address, reading(estate));
        check_published(address, paris, reading(estate));
    }
}

TEST_CASE("a publisher that is run again publishes what is new and nothing twice") {
    const KafkaAddress address = fresh_address();
    Estate estate;
    estate.with_pool("ocs01", 5);
    must_publish(address, reading(estate));
    const std::size_t before = events_in_topic(address, paris).size();
    CHECK(publish(address, reading(estate)) == 0U);
    CHECK(events_in_topic(address, paris).size() == before);
    estate.done(withdraw("user:user1@contoso.com"));
    CHECK(publish(address, reading(estate)) == 1U);
    CHECK(events_in_topic(address, paris).size() == before + 1);
    check_published(address, paris, reading(estate));
}

TEST_CASE("a publisher that goes on with the same replica keeps up with the log") {
    const KafkaAddress address = fresh_address();
    Estate estate;
    Replica replica(reading(estate));
    Publisher publisher(address, paris);
    REQUIRE(publisher.catch_up(replica));
    CHECK(publisher.published() == Position{0});
    RandomHistory history(7);
    for (int round = 0; round < 10; ++round) {
        history.play(estate, 20);
        REQUIRE(publisher.catch_up(replica));
        CHECK(publisher.published() == estate.position());
    }
    CHECK(events_in_topic(address, paris).size() == estate.position().value);
    check_published(address, paris, reading(estate));
}

TEST_CASE("a publisher that was stopped half-way leaves no gap to the one after it") {
    for (const std::uint64_t seed : seeds(3)) {
        CAPTURE(seed);
        const KafkaAddress address = fresh_address();
        Estate estate(seed);
        RandomHistory history(seed);
        history.play(estate, 200);
        for (int lives = 0; lives < 4; ++lives) {
            std::uint64_t commits_left = history.below(20);
            PublisherOptions options;
            options.stopping = [&] { return commits_left == 0 || commits_left-- == 0; };
            must_publish(address, reading(estate), options);
        }
        must_publish(address, reading(estate));
        check_published(address, paris, reading(estate));
    }
}

TEST_CASE("two publishers at once only repeat each other") {
    const KafkaAddress address = fresh_address();
    Estate estate(3);
    RandomHistory(3).play(estate, 600);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 3; ++round) (void)publish(address, reading(estate));
        });
    for (std::thread& thread : threads) thread.join();
    must_publish(address, reading(estate), {.mends_states = true});
    check_published(address, paris, reading(estate));
}

TEST_CASE("what others put at the end of the topics is passed over") {
    const KafkaAddress address = fresh_address();
    Estate estate;
    estate.with_pool("ocs01", 3);
    must_publish(address, reading(estate));
    Stranger stranger(address);
    for (int i = 0; i < 100; ++i) {
        stranger.write("events", "junk", "\xff\xfe no event");
        stranger.write("state", "junk", "");
    }
    estate.done(withdraw("user:user2@contoso.com"));
    CHECK(publish(address, reading(estate)) == 1U);
    const auto events = events_in_topic(address, paris);
    CHECK(events.size() == estate.position().value);
    check_published(address, paris, reading(estate));
}

TEST_CASE("an older state left behind a newer one is mended") {
    const KafkaAddress address = fresh_address();
    Estate estate;
    estate.with_pool("ocs01", 3);
    must_publish(address, reading(estate));
    const auto old = states_in_topic(address, paris).at("user:user1@contoso.com");
    estate.done(withdraw("user:user1@contoso.com"));
    must_publish(address, reading(estate));
    Stranger(address).write("state", old.entity(), old.SerializeAsString());
    must_publish(address, reading(estate));
    CHECK(states_in_topic(address, paris).at(old.entity()).presence() == "present");
    must_publish(address, reading(estate), {.mends_states = true});
    check_published(address, paris, reading(estate));
}

TEST_CASE("topics that were made from another log are refused") {
    const KafkaAddress address = fresh_address();
    Estate one(1);
    one.with_pool("ocs01", 3);
    must_publish(address, reading(one));
    Estate other(2);
    other.with_pool("ocs01", 5);
    const auto differs = publish(address, reading(other));
    REQUIRE_FALSE(differs);
    CHECK(differs.error().code == Errc::configuration);
    CHECK(differs.error().message.find("published from another log") != std::string::npos);
    Estate shorter(3);
    shorter.with_pool("ocs01", 1);
    const auto ends = publish(address, reading(shorter));
    REQUIRE_FALSE(ends);
    CHECK(ends.error().message.find("goes to position 6") != std::string::npos);
    CHECK(consumed(address, paris).size() == one.position().value);
}

TEST_CASE("a topic with wrong settings is refused by name and nothing is published") {
    const KafkaAddress address = fresh_address();
    TopicSpec wrong = topic_spec("events");
    wrong.settings["retention.ms"] = "60000";
    auto topics = KafkaTopics::open(address);
    REQUIRE(topics);
    REQUIRE(topics->create(topic_name(address, paris, "events"), wrong));
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto refused = publish(address, reading(estate));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::configuration);
    CHECK(refused.error().message.find("retention.ms is 60000 and ought to be -1") !=
          std::string::npos);
    CHECK(events_in_topic(address, paris).empty());
}

TEST_CASE("events that this build does not know are not published, nor what follows them") {
    const KafkaAddress address = fresh_address();
    const auto store = std::make_shared<MemoryStore>();
    Chain chain;  // its commits name no transition tables
    store->append(chain.first());
    store->append(chain.plain());
    const auto refused = publish(address, std::make_unique<MemoryLog>(store, paris));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::configuration);
    CHECK(refused.error().message.find("Use a newer ferry") != std::string::npos);
    CHECK(events_in_topic(address, paris).empty());
}

TEST_CASE("a log on Kafka is published beside itself, void records left out") {
    const KafkaAddress address = fresh_address();
    const auto open = [&] { return std::make_unique<KafkaLog>(address, paris); };
    Estate estate(open(), 5);
    RandomHistory(5).play(estate, 60);
    Stranger stranger(address);
    for (int i = 0; i < 5; ++i) stranger.write("log", "", "rubbish");
    must_publish(address, open());
    check_published(address, paris, open());
    CHECK(events_in_topic(address, paris).size() == estate.position().value);
}

TEST_CASE("a broker that cannot be reached is said to be, by name") {
    KafkaAddress address = fresh_address();
    address.brokers = "127.0.0.1:1";
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto refused = publish(address, reading(estate));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::unavailable);
}

}  // namespace ferry::test
