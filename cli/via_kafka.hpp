#pragma once
/// Commands given to the `ferry serve` that leads a site's log, by the topics
/// `PREFIX.<site>.commands` and `.results`. One thread.
/// Errors: unavailable (no broker, no such service), as events/kafka_producer.hpp.
#include "events/kafka_address.hpp"
#include "ferry/v1/command.pb.h"

#include <chrono>
#include <span>

namespace ferry {

/// One result a command, in order. Who is not answered within `wait` is answered UNKNOWN; asked
/// again by its id it becomes known.
Result<std::vector<v1::CommandResult>> ask_service(const KafkaAddress& address,
                                                   const std::string& site,
                                                   std::span<const v1::Command> commands,
                                                   std::chrono::milliseconds wait);

}  // namespace ferry
