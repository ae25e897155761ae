#include "cli/via_kafka.hpp"

#include "events/hash.hpp"
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

v1::CommandResult unknown(const v1::Command& command, milliseconds wait) {
    v1::CommandResult result;
    result.set_command_id(command.command_id());
    result.set_outcome("UNKNOWN");
    result.set_message(fmt::format("no answer came within {} ms; is `ferry serve` running for this "
                                   "site? Ask again with the same commandId: it becomes known",
                                   wait.count()));
    return result;
}

/// The topic of results, at its end as it is now.
Result<KafkaReader> at_end(const KafkaAddress& address, const std::string& site) {
    const std::string topic = topic_name(address, site, "results");
    auto reader = KafkaReader::open(address, topic, milliseconds(500));
    if (!reader) return reader;
    const auto marks = reader->watermarks(milliseconds(10'000));
    if (!marks) return std::unexpected(marks.error());
    if (!*marks)
        return fail(Errc::unavailable,
                    fmt::format("there is no topic {}: start `ferry serve --site {}`, which makes "
                                "it, or leave out --via",
                                topic, site));
    if (auto placed = reader->place((*marks)->high); !placed)
        return std::unexpected(placed.error());
    return reader;
}

using Answers = std::unordered_map<std::string, std::optional<v1::CommandResult>>;

Result<void> collect(KafkaReader& reader, Answers& answers, steady_clock::time_point until) {
    std::size_t open = answers.size();
    while (open > 0 && steady_clock::now() < until) {
        const auto record = reader.read(milliseconds(100));
        if (!record) return std::unexpected(record.error());
        if (!*record) continue;
        const auto answer = answers.find(std::string(text_of((*record)->key)));
        if (answer == answers.end() || answer->second) continue;
        v1::CommandResult result;
        const Bytes value = (*record)->value;
        if (!result.ParseFromArray(value.data(), static_cast<int>(value.size()))) continue;
        answer->second = std::move(result);
        --open;
    }
    return {};
}

}  // namespace

Result<std::vector<v1::CommandResult>> ask_service(const KafkaAddress& address,
                                                   const std::string& site,
                                                   std::span<const v1::Command> commands,
                                                   milliseconds wait) {
    const auto until = steady_clock::now() + wait;
    auto reader = at_end(address, site);
    if (!reader) return std::unexpected(reader.error());
    auto producer = KafkaProducer::open(address);
    if (!producer) return std::unexpected(producer.error());
    const std::string topic = topic_name(address, site, "commands");
    KafkaDeliveries deliveries;
    Answers answers;
    for (const v1::Command& command : commands) {
        const std::string value = command.SerializeAsString();
        const KafkaMessage message{
            .topic = topic, .key = bytes_of(command.entity()), .value = bytes_of(value)};
        if (auto sent = producer->produce(message, deliveries); !sent)
            return std::unexpected(sent.error());
        answers.emplace(command.command_id(), std::nullopt);
    }
    producer->wait_for(deliveries, wait);
    if (auto collected = collect(*reader, answers, until); !collected)
        return std::unexpected(collected.error());
    std::vector<v1::CommandResult> results;
    for (const v1::Command& command : commands) {
        const auto& answer = answers[command.command_id()];
        results.push_back(answer ? *answer : unknown(command, wait));
    }
    return results;
}

}  // namespace ferry
