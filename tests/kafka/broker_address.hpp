#pragma once
/// Where the broker of the tests is: `tests/kafka_test` starts one and says so in
/// FERRY_TEST_BROKERS. Each fixture has a prefix of its own, so that no test sees another's topics.
#include "events/kafka_address.hpp"
#include "events/randomness.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace ferry::test {

inline KafkaAddress fresh_address() {
    const char* const brokers = std::getenv("FERRY_TEST_BROKERS");
    REQUIRE_MESSAGE(brokers != nullptr, "run tests/kafka_test, which starts a broker");
    SystemRandomness randomness;
    KafkaAddress address;
    address.brokers = brokers;
    address.prefix = "t" + to_hex(randomness.id<CommitId>().bytes).substr(0, 12);
    return address;
}

}  // namespace ferry::test
