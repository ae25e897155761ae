#include "cli/via_kafka.hpp"

#include "events/hash.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long a broker holds a fetch at the end of the results, which a new place has to wait out.
constexpr milliseconds fetch_wait{20};
constexpr std::chrono::seconds read_on_within{1};
/// What others are answered while nobody reads here is fetched ahead by no more than this.
KafkaProperties little_ahead() {
    return {{"queued.min.messages", "1000"}, {"queued.max.messages.kbytes", "1024"}};
}

v1::CommandResult unknown(const v1::Command& command, milliseconds wait) {
    v1::CommandResult result;
    result.set_command_id(command.command_id());
    result.set_outcome("UNKNOWN");
    result.set_message(fmt::format("no answer came within {} ms; is `ferry serve` running for this "
                                   "site? Ask again with the same commandId: it becomes known",
                                   wait.count()));
    return result;
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

Result<void> ServiceClient::get_ready() {
    if (!results_) {
        auto reader = KafkaReader::open(address_, topic_name(address_, site_, "results"),
                                        fetch_wait, little_ahead());
        if (!reader) return std::unexpected(reader.error());
        results_.emplace(std::move(*reader));
    }
    // Who goes on asking reads on; what others were answered in a longer pause is passed over.
    if (!results_->next() || steady_clock::now() - read_last_ > read_on_within) {
        const auto marks = results_->watermarks(broker_answer_wait);
        if (!marks) return std::unexpected(marks.error());
        if (!*marks)
            return fail(Errc::unavailable,
                        fmt::format("there is no topic {}: start `ferry serve --site {}`, which "
                                    "makes it, or leave out --via",
                                    results_->topic(), site_));
        if (auto placed = results_->place((*marks)->high); !placed) return placed;
    }
    if (commands_) return {};
    auto producer = KafkaProducer::open(address_);
    if (!producer) return std::unexpected(producer.error());
    commands_.emplace(std::move(*producer));
    return {};
}

Result<std::vector<v1::CommandResult>> ServiceClient::ask(std::span<const v1::Command> commands,
                                                          milliseconds wait) {
    auto results = give_and_collect(commands, wait);
    read_last_ = steady_clock::now();
    if (results && given_.done() && given_.good()) return results;
    commands_.reset();
    results_.reset();
    return results;
}

Result<std::vector<v1::CommandResult>> ServiceClient::give_and_collect(
    std::span<const v1::Command> commands, milliseconds wait) {
    const auto until = steady_clock::now() + wait;
    if (auto ready = get_ready(); !ready) return std::unexpected(ready.error());
    const std::string topic = topic_name(address_, site_, "commands");
    given_ = {};
    Answers answers;
    for (const v1::Command& command : commands) {
        const std::string value = command.SerializeAsString();
        const KafkaMessage message{
            .topic = topic, .key = bytes_of(command.entity()), .value = bytes_of(value)};
        if (auto sent = commands_->produce(message, given_); !sent)
            return std::unexpected(sent.error());
        answers.emplace(command.command_id(), std::nullopt);
    }
    commands_->wait_for(given_, wait);
    if (auto collected = collect(*results_, answers, until); !collected)
        return std::unexpected(collected.error());
    std::vector<v1::CommandResult> results;
    for (const v1::Command& command : commands) {
        const auto& answer = answers[command.command_id()];
        results.push_back(answer ? *answer : unknown(command, wait));
    }
    return results;
}

}  // namespace ferry
