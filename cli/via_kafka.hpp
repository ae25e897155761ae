#pragma once
/// Commands given to the `ferry serve` that leads a site's log, by the topics
/// `PREFIX.<site>.commands` and `.results`. One thread.
/// Errors: unavailable (no broker, no such service), as events/kafka_producer.hpp.
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"
#include "ferry/v1/command.pb.h"

#include <chrono>
#include <span>
#include <unordered_map>

namespace ferry {

/// By the id of what was given; empty while it is not answered.
using ServiceAnswers = std::unordered_map<std::string, std::optional<v1::CommandResult>>;

/// Who asks one site's service. Connections are made when they are needed first and kept, because
/// making them takes longer than most answers; after an error they are made anew.
class ServiceClient {
public:
    ServiceClient(KafkaAddress address, std::string site)
        : address_(std::move(address)), site_(std::move(site)) {}

    /// One result a command, in order. Who is not answered within `wait`, or before an error, is
    /// answered UNKNOWN; asked again by its id it becomes known. A command that fits no record is
    /// INVALID, and the others are given all the same.
    Result<std::vector<v1::CommandResult>> ask(std::span<const v1::Command> commands,
                                               std::chrono::milliseconds wait);

private:
    /// Where results are read from the end as it is now, and commands can be given.
    Result<void> get_ready();
    /// Adds each that was given, and those that are too large with what is said of them.
    Result<void> give(std::span<const v1::Command> commands, ServiceAnswers& answers);
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
