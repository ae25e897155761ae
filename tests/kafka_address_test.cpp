// Where a Kafka log is, and what librdkafka is told besides.
#include "cli/kafka_config.hpp"
#include "events/kafka_client.hpp"
#include "events/kafka_topic.hpp"
#include "tests/answers.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {

TEST_CASE("a Kafka URL names brokers and a prefix, which is ferry where it names none") {
    const auto whole = parse_kafka_url("kafka://a:9092,b:9092/estate.eu");
    REQUIRE(whole.has_value());
    CHECK(whole->brokers == "a:9092,b:9092");
    CHECK(whole->prefix == "estate.eu");
    CHECK(to_text(*whole) == "kafka://a:9092,b:9092/estate.eu");
    for (const char* const url :
         {"kafka://a:9092", "kafka://a:9092/", "kafka://[::1]:9092", "kafka://a"}) {
        const auto bare = parse_kafka_url(url);
        REQUIRE(bare.has_value());
        CHECK(bare->prefix == "ferry");
    }
}

TEST_CASE("a Kafka URL that cannot be is refused with what would be right") {
    for (const char* const url :
         {"kafka:", "kafka://", "kafka:///ferry", "kafka://a:9092/a b", "kafka://a:9092/x/y",
          "kafka://user:secret@a:9092/ferry", "http://a:9092", "kafka://a:port/ferry",
          "kafka://a:99999/ferry", "kafka://a:0", "kafka://:9092", "kafka://a:9092,,b:9092",
          "kafka://a:9092,"}) {
        INFO(url);
        const auto refused = parse_kafka_url(url);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == Errc::configuration);
        CHECK(says(refused.error().message, "kafka://HOST:PORT"));
    }
}

TEST_CASE("the site is read back from a topic's name, and from no other topic's") {
    KafkaAddress address;
    CHECK(topic_name(address, "paris", "log") == "ferry.paris.log");
    CHECK(site_of_topic(address, "ferry.paris.log", "log") == "paris");
    for (const char* const other :
         {"ferry.paris.lease", "ferry.log", "ferry..log", "x.paris.log", "ferry.a.b.log"}) {
        INFO(other);
        CHECK_FALSE(site_of_topic(address, other, "log").has_value());
    }
}

TEST_CASE("properties are read by their own names, whatever type TOML gives them") {
    const ScratchDirectory scratch;
    const std::string path = scratch.path() + "/kafka.toml";
    std::ofstream(path) << "security.protocol = \"SSL\"\nsocket.timeout.ms = 9000\n"
                           "[ssl]\nca.location = \"/etc/ca.pem\"\n[enable]\nsparse = true\n";
    const auto read = read_kafka_config(path);
    REQUIRE_MESSAGE(read, read.error().message);
    CHECK(std::find(read->begin(), read->end(),
                    std::pair<std::string, std::string>("ssl.ca.location", "/etc/ca.pem")) !=
          read->end());
    CHECK(read->size() == 4);
}

TEST_CASE("a wrong file of properties is refused by place, and its secrets are not repeated") {
    const ScratchDirectory scratch;
    const std::string path = scratch.path() + "/kafka.toml";
    std::ofstream(path) << "sasl.username = \"u\"\nsasl.password = hunter2\n";
    const auto refused = read_kafka_config(path);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::bad_input);
    CHECK(says(refused.error().message, path + ":2:"));
    CHECK_FALSE(says(refused.error().message, "hunter2"));
    std::ofstream(path, std::ios::trunc) << "a = [1]\n";
    const auto listed = read_kafka_config(path);
    REQUIRE_FALSE(listed.has_value());
    CHECK(says(listed.error().message, "`a` is neither text"));
    CHECK(read_kafka_config(scratch.path() + "/none").error().code == Errc::io);
}

TEST_CASE("properties that a log's safety hangs on cannot be set, and unknown ones are named") {
    KafkaAddress address{"127.0.0.1:1", "ferry", {{"acks", "1"}}};
    const auto kept = KafkaClient::open(address, KafkaRole::producer, {});
    REQUIRE_FALSE(kept.has_value());
    CHECK(says(kept.error().message, "`acks` is not to be set"));
    address.properties = {{"sasl.pasword", "hunter2"}};
    const auto unknown = KafkaClient::open(address, KafkaRole::producer, {});
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().code == Errc::configuration);
    CHECK(says(unknown.error().message, "sasl.pasword"));
    CHECK_FALSE(says(unknown.error().message, "hunter2"));
}

TEST_CASE("what librdkafka does not start with is an error that says why") {
    const KafkaAddress address{
        "127.0.0.1:1",
        "ferry",
        {{"security.protocol", "ssl"}, {"ssl.ca.location", "/nonexistent/ca.pem"}}};
    for (const KafkaRole role : {KafkaRole::producer, KafkaRole::consumer}) {
        const auto refused = KafkaClient::open(address, role, {});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == Errc::configuration);
        CHECK(says(refused.error().message, "librdkafka does not start"));
        CHECK(says(refused.error().message, "ssl.ca.location"));
    }
}

TEST_CASE("a topic's drift is named setting by setting, replicas only where there are brokers") {
    const TopicSpec& spec = topic_spec("log");
    TopicFacts facts{1, 1, 1, spec.settings};
    CHECK(drift_of("ferry.paris.log", spec, facts).empty());
    facts.brokers = 3;
    facts.partitions = 2;
    facts.settings["retention.ms"] = "1000";
    facts.settings["min.insync.replicas"] = "1";
    const std::string text = to_text(drift_of("ferry.paris.log", spec, facts));
    for (const char* const part :
         {"partitions is 2 and ought to be 1", "retention.ms is 1000 and ought to be -1",
          "replicas is 1 and ought to be 3 or more",
          "min.insync.replicas is 1 and ought to be 2 or more"})
        CHECK(says(text, part));
}

TEST_CASE("what drifted is told with what mends it") {
    const auto mends = [](const char* setting, const char* what) {
        return remedy({"ferry.paris.log", setting, "3", "1"}, topic_spec(what));
    };
    CHECK(says(mends("retention.ms", "log"), "ferry topics --apply"));
    CHECK(says(mends("replicas", "log"), "kafka-reassign-partitions.sh"));
    CHECK(says(mends("partitions", "log"), "ferry copy --move"));
    CHECK(says(mends("partitions", "state"), "made anew from the log"));
    for (const char* const what : {"commands", "results", "lease"})
        CHECK(says(mends("partitions", what), "loses no history"));
}

}  // namespace ferry::test
