// Snapshots of a log on the real broker: a file of this machine's beside a topic of the cluster's.
#include "projections/snapshot.hpp"

#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"
#include "projections/digest.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/log_sample.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace ferry::test {

namespace {

std::unique_ptr<Log> log_at(const KafkaAddress& address, const std::string& derived) {
    KafkaLogOptions options;
    options.lease.take_over = true;
    options.derived_directory = derived;
    return std::make_unique<KafkaLog>(address, "paris", options);
}

void grow(Estate& estate, int from, int to) {
    for (int i = from; i <= to; ++i)
        estate.done(observe_client(fmt::format("user:user{}@contoso.com", i), "lync-2013"));
}

}  // namespace

TEST_CASE("a reader of a log on Kafka begins at its snapshot, and what it has is the rebuild") {
    const KafkaAddress address = fresh_address();
    const ScratchDirectory scratch;
    Estate estate(log_at(address, scratch.path()));
    estate.with_pool("ocs01.contoso.com", 30);
    grow(estate, 1, 10);
    const auto stored = store_snapshot(estate.replica);
    REQUIRE_MESSAGE(stored, stored.error().message);
    const Position at = estate.replica.acceptance.position;
    grow(estate, 11, 20);

    Replica from_snapshot(log_at(address, scratch.path()));
    const auto opened = open_replica(from_snapshot);
    REQUIRE_MESSAGE(opened, opened.error().message);
    CHECK(opened->position == at);
    Replica from_beginning(log_at(address, ""));
    REQUIRE(from_beginning.catch_up().has_value());
    CHECK(from_snapshot.acceptance.head == estate.replica.acceptance.head);
    CHECK(from_snapshot.next == from_beginning.next);
    CHECK(fleet_digest(from_snapshot.fleet) == fleet_digest(from_beginning.fleet));
}

TEST_CASE("a snapshot of another log under the same name is not used") {
    const ScratchDirectory scratch;
    const KafkaAddress address = fresh_address();
    {
        Estate estate(log_at(address, scratch.path()));
        estate.with_pool("ocs01.contoso.com", 30);
        REQUIRE(store_snapshot(estate.replica).has_value());
    }
    const KafkaAddress other = fresh_address();
    Estate estate(log_at(other, scratch.path()), 2);
    estate.with_pool("ocs01.contoso.com", 30);
    for (const std::string suffix : {"snapshot", "ids"}) {
        const auto theirs =
            fmt::format("{}/{}.{}", scratch.path(), topic_name(address, "paris", "log"), suffix);
        std::filesystem::copy_file(theirs, estate.replica.log->derived_path(suffix));
    }

    Replica replica(log_at(other, scratch.path()));
    const auto opened = open_replica(replica);
    REQUIRE_MESSAGE(opened, opened.error().message);
    CHECK_FALSE(opened->loaded());
    CHECK(opened->refusal == "the log holds another commit where it ends");
    CHECK(fleet_digest(replica.fleet) == fleet_digest(estate.replica.fleet));
}

}  // namespace ferry::test
