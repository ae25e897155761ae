#pragma once
/// The topics a service takes commands from and gives results to: `PREFIX.<site>.commands` and
/// `.results`. Each result carries the offset of its command, so that whoever leads next takes
/// again what was decided and perhaps not published; the log makes the answer the same. One thread.
/// Errors: as events/kafka_reader.hpp and events/kafka_producer.hpp.
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"
#include "ferry/v1/command.pb.h"

namespace ferry {

/// Commands in the order of the topic, with the offset behind each.
struct TakenCommands {
    std::vector<v1::Command> commands;
    std::vector<Offset> offsets;
    Offset next;                ///< behind the last record looked at
    std::uint64_t garbage = 0;  ///< records that are no commands with an id; nobody can be answered
};

/// All results in the site's topic that call a command INVALID, in order: as all are that were
/// answered before there was a log. Empty where there is no topic.
Result<std::vector<v1::CommandResult>> published_refusals(const KafkaAddress& address,
                                                          const std::string& site);

class CommandTopic {
public:
    /// Begins where the last published result leaves off, but never behind `consumed`, which the
    /// log says. The topics must exist.
    static Result<CommandTopic> open(const KafkaAddress& address, const std::string& site,
                                     Offset consumed);

    /// What has come, at most `commands_max`; waits up to `wait` for the first. Errors also where a
    /// result was not delivered: whoever opens the topic again takes its command again.
    Result<TakenCommands> take(std::size_t commands_max, std::chrono::milliseconds wait);

    /// Hands the results over; they are delivered in order. What becomes of them `take` and
    /// `flush` say.
    Result<void> publish(const TakenCommands& taken, std::span<const v1::CommandResult> results);

    /// Waits until all that was published is delivered.
    Result<void> flush(std::chrono::milliseconds wait);

private:
    CommandTopic(KafkaReader commands, KafkaProducer results, std::string results_topic)
        : commands_(std::move(commands)),
          results_(std::move(results)),
          results_topic_(std::move(results_topic)) {}
    Result<void> check_deliveries() const;

    KafkaReader commands_;
    // Owned apart, because delivery reports write to it wherever this object moves.
    std::unique_ptr<KafkaDeliveries> deliveries_ = std::make_unique<KafkaDeliveries>();
    KafkaProducer results_;
    std::string results_topic_;
};

}  // namespace ferry
