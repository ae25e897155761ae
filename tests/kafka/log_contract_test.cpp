// The log contract, on the real broker.
#include "tests/log_contract.hpp"
#include "events/kafka_log.hpp"
#include "tests/kafka/broker_address.hpp"

namespace ferry::test {

namespace {

struct KafkaFixture {
    KafkaAddress address = fresh_address();
    std::unique_ptr<Log> open() const { return std::make_unique<KafkaLog>(address, "paris"); }
};

FERRY_LOG_CONTRACT(KafkaFixture);

}  // namespace

}  // namespace ferry::test
