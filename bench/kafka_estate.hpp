#pragma once
/// Estates whose log is on Kafka. Each address has a prefix of its own, so that no row sees
/// another's topics. One thread.
#include "bench/estate.hpp"
#include "bench/rows.hpp"
#include "events/kafka_log.hpp"

namespace ferry::bench {

KafkaAddress fresh_address(const Bench& bench);
/// A topic of its own, set as the log's or the events' is, for the references.
std::string fresh_topic(const Bench& bench, std::string_view what);

/// `take_over`: leads although another leader's lease has not ended.
std::unique_ptr<Log> open_kafka(const KafkaAddress& address, bool take_over = false);

}  // namespace ferry::bench
