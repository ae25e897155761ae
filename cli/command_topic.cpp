#include "cli/command_topic.hpp"

#include "engine/request.hpp"
#include "events/hash.hpp"
#include "events/whole_number.hpp"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace ferry {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds answer_wait{10'000};
/// An error leaves no gap behind it: the next leader begins after the last result that is there.
const KafkaProperties without_gaps{{"enable.gapless.guarantee", "true"}};
constexpr const char* offset_header = "ferry-command-offset";
/// One idle second at the end of a topic at most, while the service looks at other things.
constexpr milliseconds fetch_wait{500};
/// What is fetched ahead of the deciding. Commands may be a megabyte each, and a topic may hold as
/// many as somebody likes.
const KafkaProperties little_ahead{{"queued.max.messages.kbytes", "32768"}};
/// A service's own is never longer, and what somebody else put there has to fit the log too.
constexpr std::size_t refusal_bytes_max = 8'192;
/// A batch takes no further command once it has as much.
constexpr std::size_t bytes_taken_max = 4'000'000;

std::optional<Offset> offset_in(const std::optional<std::string>& text) {
    const auto number = text ? whole_number<std::uint64_t>(*text) : std::nullopt;
    return number ? std::optional(Offset{*number}) : std::nullopt;
}

/// The same bytes each time, also after a way through the log: maps of no order are sorted.
std::string same_bytes(const v1::CommandResult& result) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    result.SerializeToCodedStream(&coded);
    coded.Trim();
    return bytes;
}

/// Visits the results from there to an end that was asked for before, with the offset of the
/// command that each answers. Records of others have no such header and are passed over.
using ResultVisitor = std::function<void(Offset command, Bytes result)>;
Result<void> visit_results(KafkaReader& results, Offset from, Offset end,
                           const ResultVisitor& visit) {
    if (auto placed = results.place(from); !placed) return placed;
    auto came = std::chrono::steady_clock::now();
    while (*results.next() < end) {
        const auto record = results.read(milliseconds(100));
        if (!record) return std::unexpected(record.error());
        const auto now = std::chrono::steady_clock::now();
        if (*record) came = now;
        else if (now - came > answer_wait) return std::unexpected(results.stalled());
        if (!*record) continue;
        if (const auto answered = offset_in(results.header(offset_header)))
            visit(*answered, (*record)->value);
    }
    return {};
}

/// The offset of the command that the last published result answered, as far back as a few fetches
/// reach.
Result<std::optional<Offset>> last_answered(const KafkaAddress& address, const std::string& topic) {
    constexpr std::uint64_t records_looked_at_max = 10'000;
    auto reader = KafkaReader::open(address, topic, milliseconds(5));
    if (!reader) return std::unexpected(reader.error());
    const auto marks = reader->watermarks(answer_wait);
    if (!marks) return std::unexpected(marks.error());
    std::optional<Offset> last;
    if (!*marks || (*marks)->high == (*marks)->low) return last;
    const Watermarks at = **marks;
    for (std::uint64_t back = 1; !last && back <= records_looked_at_max; back *= 100) {
        const Offset from{at.high.value - std::min(back, at.high.value - at.low.value)};
        const auto visited =
            visit_results(*reader, from, at.high, [&](Offset command, Bytes) { last = command; });
        if (!visited) return std::unexpected(visited.error());
        if (from == at.low) break;
    }
    return last;
}

}  // namespace

Result<std::vector<v1::CommandResult>> published_refusals(const KafkaAddress& address,
                                                          const std::string& site) {
    auto reader = KafkaReader::open(address, topic_name(address, site, "results"), milliseconds(5));
    if (!reader) return std::unexpected(reader.error());
    const auto marks = reader->watermarks(answer_wait);
    if (!marks) return std::unexpected(marks.error());
    std::vector<v1::CommandResult> refusals;
    if (!*marks) return refusals;
    const auto visited =
        visit_results(*reader, (*marks)->low, (*marks)->high, [&](Offset, Bytes value) {
            v1::CommandResult result;
            if (value.size() > refusal_bytes_max ||
                !result.ParseFromArray(value.data(), static_cast<int>(value.size())))
                return;
            if (result.outcome() == "INVALID") refusals.push_back(std::move(result));
        });
    if (!visited) return std::unexpected(visited.error());
    return refusals;
}

Result<CommandTopic> CommandTopic::open(const KafkaAddress& address, const std::string& site,
                                        Offset consumed) {
    const std::string results_topic = topic_name(address, site, "results");
    const auto answered = last_answered(address, results_topic);
    if (!answered) return std::unexpected(answered.error());
    auto commands =
        KafkaReader::open(address, topic_name(address, site, "commands"), fetch_wait, little_ahead);
    if (!commands) return std::unexpected(commands.error());
    const auto marks = commands->watermarks(answer_wait);
    if (!marks) return std::unexpected(marks.error());
    if (!*marks)
        return fail(Errc::unavailable, fmt::format("there is no topic {}", commands->topic()));
    Offset from = *answered ? std::min((*answered)->next(), consumed) : Offset{0};
    // Old commands expire; they were answered long ago.
    from = std::max(from, (*marks)->low);
    // A topic that was deleted and made anew is read from its beginning: what was answered already
    // is known by its id.
    if (from > (*marks)->high) from = (*marks)->low;
    if (auto placed = commands->place(from); !placed) return std::unexpected(placed.error());
    auto results = KafkaProducer::open(address, without_gaps);
    if (!results) return std::unexpected(results.error());
    return CommandTopic(std::move(*commands), std::move(*results), results_topic);
}

Result<TakenCommands> CommandTopic::take(std::size_t commands_max, milliseconds wait) {
    // Here and not where they are handed over: the last one may be followed by none.
    results_.serve(milliseconds(0));
    if (auto good = check_deliveries(); !good) return std::unexpected(good.error());
    TakenCommands taken;
    std::size_t bytes = 0;
    while (taken.commands.size() < commands_max && bytes < bytes_taken_max) {
        const auto record = commands_.read(wait);
        if (!record) return std::unexpected(commands_.passing(record.error()));
        taken.next = *commands_.next();
        if (!*record) break;
        wait = milliseconds(0);
        v1::Command command;
        const Bytes value = (*record)->value;
        bytes += value.size();
        if (!command.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
            command.command_id().empty() || command.command_id().size() > id_bytes_max) {
            ++taken.garbage;
            continue;
        }
        taken.commands.push_back(std::move(command));
        taken.offsets.push_back((*record)->offset);
    }
    return taken;
}

Result<void> CommandTopic::check_deliveries() const {
    if (deliveries_->good()) return {};
    return std::unexpected(kafka_error(
        deliveries_->first_error, fmt::format("{}: a result was not delivered", results_topic_),
        results_.trouble()));
}

Result<void> CommandTopic::publish(const TakenCommands& taken,
                                   std::span<const v1::CommandResult> results) {
    for (std::size_t i = 0; i < results.size(); ++i) {
        const std::string value = same_bytes(results[i]);
        const std::array headers{
            KafkaHeader{"content-type", "application/protobuf"},
            KafkaHeader{offset_header, std::to_string(taken.offsets[i].value)}};
        const KafkaMessage message{.topic = results_topic_,
                                   .key = bytes_of(results[i].command_id()),
                                   .value = bytes_of(value),
                                   .headers = headers};
        if (auto sent = results_.produce(message, *deliveries_); !sent) return sent;
    }
    return {};
}

Result<void> CommandTopic::flush(milliseconds wait) {
    if (!results_.wait_for(*deliveries_, wait))
        return fail(Errc::unavailable,
                    fmt::format("{}: not all results are delivered yet; the next leader publishes "
                                "them again",
                                results_topic_));
    return check_deliveries();
}

}  // namespace ferry
