// Leases on the real broker: who gets one that several wait for, and whose release counts.
#include "events/hash.hpp"
#include "events/kafka_lease.hpp"
#include "events/kafka_topic.hpp"
#include "tests/kafka/broker_address.hpp"

#include <atomic>

namespace ferry::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

KafkaAddress with_topic() {
    const KafkaAddress address = fresh_address();
    auto topics = KafkaTopics::open(address);
    REQUIRE(topics.has_value());
    REQUIRE(topics->create(topic_name(address, "paris", "lease"), topic_spec("lease")));
    return address;
}

void put(const KafkaAddress& address, const std::string& holder, bool released,
         bool after_silence = false) {
    auto producer = KafkaProducer::open(address);
    REQUIRE(producer.has_value());
    v1::Lease lease;
    lease.set_holder_id(holder);
    lease.set_holder(holder);
    lease.set_lease_milliseconds(2000);
    lease.set_released(released);
    lease.set_after_silence(after_silence);
    const std::string value = lease.SerializeAsString();
    const std::string topic = topic_name(address, "paris", "lease");
    REQUIRE(
        producer->deliver({.topic = topic, .value = bytes_of(value)}, std::chrono::seconds(10)));
}

/// By somebody who waits for nobody.
bool is_got_at_once(const KafkaAddress& address) {
    LeaseOptions options;
    options.while_waiting = [] { return false; };
    return KafkaLease(address, "paris", options).acquire().has_value();
}

}  // namespace

TEST_CASE("of several that claim a lease at once one gets it, and the others go on waiting") {
    const KafkaAddress address = with_topic();
    std::atomic<bool> over{false};
    std::atomic<int> leading{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            LeaseOptions options;
            options.while_waiting = [&] { return !over; };
            KafkaLease lease(address, "paris", options);
            if (!lease.acquire()) return;
            ++leading;
            while (!over) std::this_thread::sleep_for(milliseconds(20));
            CHECK(lease.check().has_value());
            (void)lease.release();
        });
    const auto until = steady_clock::now() + std::chrono::seconds(20);
    while (leading == 0 && steady_clock::now() < until)
        std::this_thread::sleep_for(milliseconds(20));
    std::this_thread::sleep_for(std::chrono::seconds(4));
    // Once the leader releases it another may have it, which is no business of this test.
    const int led = leading;
    over = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(led == 1);
}

TEST_CASE("who steps down does not release the lease of who took over") {
    const KafkaAddress address = with_topic();
    put(address, "before", false);
    put(address, "after", false);
    // Stopped and continued, it beats once more before it notices.
    SUBCASE("after a last beat") { put(address, "before", false); }
    SUBCASE("at once") {}
    put(address, "before", true);
    const auto began = steady_clock::now();
    KafkaLease lease(address, "paris", {});
    REQUIRE(lease.acquire().has_value());
    CHECK(steady_clock::now() - began >= milliseconds(2000));
    REQUIRE(lease.release().has_value());
}

TEST_CASE("a release of the holder ends the waiting at once") {
    const KafkaAddress address = with_topic();
    put(address, "before", false);
    put(address, "before", true);
    CHECK(is_got_at_once(address));
}

TEST_CASE("who died before the holder waited for its silence is not waited for again") {
    const KafkaAddress address = with_topic();
    put(address, "died", false);
    put(address, "before", false, true);
    put(address, "before", true);
    CHECK(is_got_at_once(address));
}

TEST_CASE("who died after the holder waited for silence is waited for") {
    const KafkaAddress address = with_topic();
    put(address, "before", false, true);
    put(address, "died", false);
    put(address, "before", true);
    CHECK_FALSE(is_got_at_once(address));
}

}  // namespace ferry::test
