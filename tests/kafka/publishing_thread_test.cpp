// Whoever leads a log on Kafka for long publishes it meanwhile.
#include "cli/publishing_thread.hpp"

#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/kafka/published_topics.hpp"

#include <mutex>

namespace ferry::test {

namespace {

/// What was said, by whichever thread.
struct Said {
    void operator()(const std::string& line) {
        const std::scoped_lock lock(mutex);
        lines += line + "\n";
    }
    bool has(std::string_view part) {
        const std::scoped_lock lock(mutex);
        return lines.find(part) != std::string::npos;
    }
    std::mutex mutex;
    std::string lines;
};

/// False after a minute.
bool comes_true(const std::function<bool()>& what) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!what()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

LogUrl url_of(const KafkaAddress& address) {
    LogUrl url;
    url.kind = LogKind::kafka;
    url.kafka = address;
    return url;
}

}  // namespace

TEST_CASE("what a leader appends is published while it leads, and the rest when it ends") {
    const KafkaAddress address = fresh_address();
    Said said;
    Estate estate(std::make_unique<KafkaLog>(address, "paris"));
    {
        const PublishingThread publishing(url_of(address), "paris", std::ref(said));
        estate.with_pool("ocs01", 3);
        CHECK(comes_true([&] {
            const auto end = published_end(address, "paris");
            return end && end->events == estate.position();
        }));
        estate.done(withdraw("user:user1@contoso.com"));
    }
    CHECK(said.lines.empty());
    check_published(address, "paris", std::make_unique<KafkaLog>(address, "paris"));
}

TEST_CASE("publishing that fails is said once, and goes on once it can") {
    const KafkaAddress address = fresh_address();
    const std::string topic = topic_name(address, "paris", "state");
    auto topics = KafkaTopics::open(address);
    REQUIRE(topics);
    TopicSpec wrong = topic_spec("state");
    wrong.settings["cleanup.policy"] = "delete";
    REQUIRE(topics->create(topic, wrong));
    Said said;
    Estate estate(std::make_unique<KafkaLog>(address, "paris"));
    estate.with_pool("ocs01", 3);
    {
        const PublishingThread publishing(url_of(address), "paris", std::ref(said));
        CHECK(comes_true([&] { return said.has("cleanup.policy is delete"); }));
        REQUIRE(topics->alter(topic, topic_spec("state")));
        CHECK(comes_true([&] { return said.has("publishing goes on"); }));
    }
    check_published(address, "paris", std::make_unique<KafkaLog>(address, "paris"));
}

}  // namespace ferry::test
