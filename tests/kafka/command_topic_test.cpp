// What waits in a topic of commands is taken in parts, and the rest of it stays with the broker.
#include "cli/command_topic.hpp"
#include "events/hash.hpp"
#include "events/kafka_topic.hpp"
#include "tests/kafka/broker_address.hpp"

#include <fstream>
#include <thread>

namespace ferry::test {

namespace {

using std::chrono::seconds;

constexpr std::size_t waiting = 160;
constexpr std::size_t nearly_a_megabyte = 990'000;
constexpr std::size_t mebibyte = 1 << 20;

std::size_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word)
        if (word == "RssAnon:") break;
    std::size_t kibibytes = 0;
    status >> kibibytes;
    REQUIRE(kibibytes > 0);
    return kibibytes * 1024;
}

/// A site's topics, with large commands in the first of them.
KafkaAddress with_commands() {
    const KafkaAddress address = fresh_address();
    auto topics = KafkaTopics::open(address);
    REQUIRE(topics);
    for (const std::string suffix : {"commands", "results"})
        REQUIRE(topics->create(topic_name(address, "paris", suffix), topic_spec(suffix)));
    auto producer = KafkaProducer::open(address);
    REQUIRE(producer);
    v1::Command command;
    command.set_entity(std::string(nearly_a_megabyte, 'x'));
    const std::string topic = topic_name(address, "paris", "commands");
    for (std::size_t i = 0; i < waiting; ++i) {
        command.set_command_id(std::to_string(i));
        const std::string value = command.SerializeAsString();
        REQUIRE(producer->deliver({.topic = topic, .value = bytes_of(value)}, seconds(10)));
    }
    return address;
}

}  // namespace

TEST_CASE("of many large commands that wait no more is held than is soon decided") {
    const KafkaAddress address = with_commands();
    const std::size_t before = resident_bytes();
    auto topic = CommandTopic::open(address, "paris", Offset{0});
    REQUIRE(topic);
    // Time enough to fetch all of them, as where a leader waits for its log.
    std::this_thread::sleep_for(seconds(2));
    CHECK(resident_bytes() < before + 64 * mebibyte);
    std::vector<std::string> taken;
    while (taken.size() < waiting) {
        const auto some = topic->take(commit_events_max, seconds(5));
        REQUIRE(some);
        REQUIRE(!some->commands.empty());
        CHECK(some->commands.size() <= 5);
        CHECK(some->offsets.size() == some->commands.size());
        for (const v1::Command& command : some->commands) taken.push_back(command.command_id());
        CHECK(some->next == Offset{taken.size()});
    }
    for (std::size_t i = 0; i < waiting; ++i) CHECK(taken[i] == std::to_string(i));
}

}  // namespace ferry::test
