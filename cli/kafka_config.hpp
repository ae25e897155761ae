#pragma once
/// The file of `--kafka-config`: librdkafka's properties by their own names, as TOML. It is where
/// secrets stand, so no message repeats a value.
///
///     security.protocol = "SASL_SSL"
///     sasl.password = "…"
///
/// Errors: bad_input with file:line:column, io.
#include "events/kafka_address.hpp"

namespace ferry {

Result<KafkaProperties> read_kafka_config(const std::string& path);

}  // namespace ferry
