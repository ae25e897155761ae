// Writers on the real broker: how one leads, how another takes over, and what the world may throw
// into the topic meanwhile.
#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"
#include "projections/digest.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/log_sample.hpp"

#include <fmt/format.h>

namespace ferry::test {

namespace {

std::unique_ptr<Log> log_at(const KafkaAddress& address, bool take_over = false,
                            std::chrono::milliseconds lease = std::chrono::seconds(3)) {
    KafkaLogOptions options;
    options.lease.take_over = take_over;
    options.lease.length = lease;
    return std::make_unique<KafkaLog>(address, "paris", options);
}

Replica read_from(const KafkaAddress& address) {
    Replica replica(log_at(address));
    const auto read = replica.catch_up();
    REQUIRE_MESSAGE(read, read.error().message);
    return replica;
}

void produce(const KafkaAddress& address, Bytes value) {
    auto producer = KafkaProducer::open(address);
    REQUIRE(producer.has_value());
    const std::string topic = topic_name(address, "paris", "log");
    REQUIRE(producer->deliver({.topic = topic, .value = value}, std::chrono::seconds(10)));
}

const std::string pool = "pool:ocs01.contoso.com";

/// Two estates on one log would both begin to number their commands at 1.
v1::Command named(v1::Command command, const std::string& id) {
    command.set_command_id(id);
    return command;
}

}  // namespace

TEST_CASE("a writer on Kafka creates the log, and a fresh reader finds what was answered") {
    const KafkaAddress address = fresh_address();
    Estate estate(log_at(address));
    estate.with_pool("ocs01.contoso.com", 50);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    for (int i = 1; i <= 10; ++i)
        estate.done(enter_coexistence(fmt::format("user:user{}@contoso.com", i)));
    const Replica replica = read_from(address);
    CHECK(replica.acceptance.head == estate.replica.acceptance.head);
    CHECK(fleet_digest(replica.fleet) == fleet_digest(estate.replica.fleet));
    CHECK(replica.voids.empty());
}

TEST_CASE("who asks to take over does, at once, and the leader before steps down") {
    const KafkaAddress address = fresh_address();
    Estate before(log_at(address));
    before.with_pool("ocs01.contoso.com", 5);
    Estate after(log_at(address, true), 2);
    after.done(named(check(pool, "services-started"), "after-1"));
    CHECK(after.replica.acceptance.term.value == 2);

    v1::Command late = check(pool, "site-administrable");
    late.set_command_id("late-1");
    const auto refused = before.writer.execute(std::span(&late, 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::unavailable);
    const Replica replica = read_from(address);
    CHECK(replica.acceptance.head == after.replica.acceptance.head);
}

TEST_CASE("a leader's lease keeps others away and names it; a released one is not waited for") {
    const KafkaAddress address = fresh_address();
    {
        Estate leader(log_at(address));
        leader.with_pool("ocs01.contoso.com", 1);
        const auto rival = log_at(address);
        const auto refused = rival->lead();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == Errc::unavailable);
        CHECK(says(refused.error().message, "leads this log"));
        REQUIRE(leader.replica.log->stop().has_value());
    }
    const auto started = std::chrono::steady_clock::now();
    Estate next(log_at(address, false, std::chrono::seconds(60)), 2);
    next.done(named(check(pool, "services-started"), "next-1"));
    // The lease is sixty seconds long: who waited for it would not be here yet.
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(60));
    REQUIRE(next.replica.log->stop().has_value());
}

TEST_CASE("a lease that nobody released is waited out, and no longer") {
    const KafkaAddress address = fresh_address();
    const std::chrono::milliseconds lease(1500);
    {
        Estate(log_at(address, false, lease)).with_pool("ocs01.contoso.com", 1);
    }
    const auto started = std::chrono::steady_clock::now();
    Estate next(log_at(address), 2);
    CHECK(std::chrono::steady_clock::now() - started >= lease);
    next.done(named(check(pool, "services-started"), "next-1"));
}

TEST_CASE("what a rogue puts into the topic is void, counted by reason, and nothing is lost") {
    const KafkaAddress address = fresh_address();
    Estate estate(log_at(address));
    estate.with_pool("ocs01.contoso.com", 3);
    const auto records = all_records(*log_at(address));
    REQUIRE(records.size() >= 2);
    auto flipped = records.back();
    flipped[flipped.size() / 2] ^= Byte{1};
    const std::string text = "hello";
    produce(address, std::as_bytes(std::span(text)));
    produce(address, flipped);
    produce(address, records.back());
    produce(address, records.front());
    CommitHeader foreign = Chain(9).next();
    foreign.log_id = id_of<LogId>(9);
    foreign.first = {2};
    produce(address, commit_of(foreign));
    produce(address, stored_fence({estate.replica.acceptance.log_id, {1}, id_of<WriterId>(7)}));
    produce(address, stored_fence({estate.replica.acceptance.log_id, {9}, id_of<WriterId>(7)}));
    estate.done(check(pool, "services-started"));

    const Replica replica = read_from(address);
    CHECK(replica.acceptance.head == estate.replica.acceptance.head);
    for (const VoidReason reason :
         {VoidReason::not_a_record, VoidReason::wrong_hash, VoidReason::duplicate,
          VoidReason::second_first, VoidReason::other_log, VoidReason::fence_of_seen_term,
          VoidReason::fence_skips_terms}) {
        INFO(name_of(reason));
        CHECK(replica.voids.contains(reason));
    }
}

TEST_CASE("a topic of a log that would forget is refused by the name of its setting") {
    const KafkaAddress address = fresh_address();
    auto topics = KafkaTopics::open(address);
    REQUIRE(topics.has_value());
    TopicSpec wrong = topic_spec("log");
    wrong.settings["retention.ms"] = "604800000";
    const std::string topic = topic_name(address, "paris", "log");
    REQUIRE(topics->create(topic, wrong).has_value());
    const auto refused = log_at(address)->lead();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::configuration);
    CHECK(says(refused.error().message, "retention.ms is 604800000 and ought to be -1"));
    REQUIRE(topics->alter(topic, topic_spec("log")).has_value());
    CHECK(log_at(address)->lead().has_value());
}

TEST_CASE("a broker that is not there is said to be so") {
    KafkaAddress address = fresh_address();
    address.brokers = "127.0.0.1:1";
    Replica replica(std::make_unique<KafkaLog>(address, "paris"));
    const auto read = replica.catch_up();
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::unavailable);
    CHECK(says(read.error().message, "Check that the brokers are up"));
}

}  // namespace ferry::test
