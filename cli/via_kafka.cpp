#include "cli/via_kafka.hpp"

#include "engine/command_result.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long a broker holds a fetch at the end of the results, which a new place has to wait out.
constexpr milliseconds fetch_wait{20};
constexpr std::chrono::seconds read_on_within{1};
/// What others are answered while nobody reads here is fetched ahead by no more than this. It has
/// to be more than the answers to one batch: librdkafka, once it has fetched as much, looks a
/// second later whether somebody has read.
KafkaProperties little_ahead() {
    return {{"queued.min.messages", "100000"}, {"queued.max.messages.kbytes", "16384"}};
}

Result<void> collect(KafkaReader& reader, ServiceAnswers& answers, steady_clock::time_point until) {
    auto open = std::ranges::count_if(answers, [](const auto& each) { return !each.second; });
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
            return fail(
                Errc::unavailable,
                fmt::format("there is no topic {}: `ferry serve --site {}` makes it when it "
                            "starts, and where that is running `ferry topics --apply` "
                            "does; or leave out --via",
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

Result<void> ServiceClient::give(std::span<const v1::Command> commands, ServiceAnswers& answers) {
    const std::string topic = topic_name(address_, site_, "commands");
    given_ = {};
    for (const v1::Command& command : commands) {
        const std::string value = command.SerializeAsString();
        const KafkaMessage message{
            .topic = topic, .key = bytes_of(command.entity()), .value = bytes_of(value)};
        const auto sent = commands_->produce(message, given_);
        if (!sent && sent.error().code != Errc::bad_input) return sent;
        const auto [answer, is_new] = answers.try_emplace(command.command_id());
        if (!sent && is_new)
            answer->second = answer_of(command, "INVALID",
                                       sent.error().message + "; give less at once, of a wave with "
                                                              "many members several waves");
    }
    return {};
}

Result<std::vector<v1::CommandResult>> ServiceClient::give_and_collect(
    std::span<const v1::Command> commands, milliseconds wait) {
    const auto until = steady_clock::now() + wait;
    if (auto ready = get_ready(); !ready) return std::unexpected(ready.error());
    ServiceAnswers answers;
    auto asked = give(commands, answers);
    if (!asked && answers.empty()) return std::unexpected(asked.error());
    commands_->wait_for(given_, wait);
    if (auto collected = collect(*results_, answers, until); !collected && asked) asked = collected;
    // What was answered is told, whatever became of the others.
    const std::string why =
        asked ? fmt::format("no answer came within {} ms; is `ferry serve` running for this site?",
                            wait.count())
              : asked.error().message + ".";
    std::vector<v1::CommandResult> results;
    for (const v1::Command& command : commands) {
        const auto known = answers.find(command.command_id());
        results.push_back(known != answers.end() && known->second
                              ? *known->second
                              : answer_of(command, "UNKNOWN",
                                          why + " Ask again with the same commandId: it becomes "
                                                "known"));
    }
    return results;
}

}  // namespace ferry
