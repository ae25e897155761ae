#pragma once
/// Commands given to the `ferry serve` that leads a site's log, by the topics
/// `PREFIX.<site>.commands` and `.results`. One thread.
/// Errors: unavailable (no broker, no such service), as events/kafka_producer.hpp.
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"
#include "ferry/v1/command.pb.h"

#include <chrono>
#include <span>

namespace ferry {

/// Who asks one site's service. Connections are made when they are needed first and kept, because
/// making them takes longer than most answers; after an error they are made anew.
class ServiceClient {
public:
    ServiceClient(KafkaAddress address, std::string site)
        : address_(std::move(address)), site_(std::move(site)) {}

    /// One result a command, in order. Who is not answered within `wait` is answered UNKNOWN; asked
    /// again by its id it becomes known.
    Result<std::vector<v1::CommandResult>> ask(std::span<const v1::Command> commands,
                                               std::chrono::milliseconds wait);

private:
    /// Where results are read from the end as it is now, and commands can be given.
    Result<void> get_ready();
    Result<std::vector<v1::CommandResult>> give_and_collect(std::span<const v1::Command> commands,
                                                            std::chrono::milliseconds wait);

    KafkaAddress address_;
    std::string site_;
    std::optional<KafkaReader> results_;
    KafkaDeliveries given_;  ///< of what was asked last; outlives the producer, which writes to it
    std::optional<KafkaProducer> commands_;
    std::chrono::steady_clock::time_point read_last_;
};

}  // namespace ferry
