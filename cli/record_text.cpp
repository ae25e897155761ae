#include "cli/record_text.hpp"

#include "cli/event_text.hpp"
#include "cli/log_record_text.hpp"
#include "cli/printable.hpp"
#include "events/hash.hpp"
#include "events/sqlite_log.hpp"
#include "ferry/v1/command.pb.h"
#include "ferry/v1/lease.pb.h"
#include "projections/published_end.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>

namespace ferry {

namespace {

using Read = std::optional<RecordText>;

template <class Message>
std::optional<Message> parsed(Bytes value) {
    Message message;
    if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
    return message;
}

std::string json_of(const google::protobuf::Message& message) {
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json);
    return status.ok() ? json : "{}";
}

Read read_event(Bytes value) {
    const auto event = event_of(value);
    if (!event || !is_site_name(event->site())) return std::nullopt;
    return RecordText{"event",
                      fmt::format("{}  {}  {}  {}  ({})", event_time(*event), event_place(*event),
                                  event->entity(), event_text(*event), event_cause(*event)),
                      json_of(*event)};
}

Read read_state(Bytes value) {
    const auto state = state_of(value);
    if (!state || !is_site_name(state->site())) return std::nullopt;
    std::string text = fmt::format("{}:{}  {}  version {}", state->site(), state->position(),
                                   state->entity(), state->version());
    const auto add = [&](std::string_view name, const std::string& word) {
        if (!word.empty()) text += fmt::format("  {}{}", name, word);
    };
    add("", state->lifecycle());
    if (state->presence() == "withdrawn" || state->presence() == "released")
        add("", state->presence());
    add("home ", state->home());
    add("successor ", state->successor());
    add("coexistence ", state->coexistence());
    add("", state->client());
    add("class ", state->application_class());
    add("compatibility ", state->compatibility());
    if (state->transfer() != "settled") add("transfer ", state->transfer());
    return RecordText{"state", text, json_of(*state)};
}

Read read_result(Bytes value) {
    constexpr std::array outcomes{"DONE",     "REFUSED", "NO_TRANSITION",
                                  "CONFLICT", "INVALID", "UNKNOWN"};
    const auto result = parsed<v1::CommandResult>(value);
    if (!result || std::find(outcomes.begin(), outcomes.end(), result->outcome()) == outcomes.end())
        return std::nullopt;
    std::string text = fmt::format("result of {}: {}", result->command_id(), result->outcome());
    if (result->position() != 0)
        text += fmt::format("  position {}  version {}", result->position(), result->version());
    for (const auto& guard : result->failed_guards())
        text += fmt::format("  {}: {}", guard.guard(), guard.reason());
    if (!result->message().empty()) text += "  " + result->message();
    return RecordText{"result", text, json_of(*result)};
}

Read read_command(Bytes value) {
    const auto command = parsed<v1::Command>(value);
    if (!command || command->entity().empty() ||
        command->action_case() == v1::Command::ACTION_NOT_SET)
        return std::nullopt;
    const auto* action =
        v1::Command::descriptor()->FindFieldByNumber(static_cast<int>(command->action_case()));
    return RecordText{"command",
                      fmt::format("command {}: {} {} by {}{}{}", command->command_id(),
                                  action->json_name(), command->entity(), command->actor(),
                                  command->reason().empty() ? "" : ": ", command->reason()),
                      json_of(*command)};
}

Read read_lease(Bytes value) {
    constexpr std::size_t holder_id_bytes = 16;
    const auto lease = parsed<v1::Lease>(value);
    if (!lease || lease->holder_id().size() != holder_id_bytes || lease->beat() == 0)
        return std::nullopt;
    return RecordText{
        "lease",
        fmt::format("lease of {}: beat {}, {}", lease->holder(), lease->beat(),
                    lease->released() ? std::string("released")
                                      : fmt::format("{} ms", lease->lease_milliseconds())),
        json_of(*lease)};
}

struct Reading {
    RecordType type;
    std::string_view what;
    Read (*read)(Bytes value);
};

/// In this order no record of one kind passes for one of a kind before it.
constexpr std::array readings{
    Reading{RecordType::log, "commit, fence or reservation", read_log_record},
    Reading{RecordType::events, "event", read_event},
    Reading{RecordType::state, "state", read_state},
    Reading{RecordType::results, "result", read_result},
    Reading{RecordType::commands, "command", read_command},
    Reading{RecordType::lease, "lease", read_lease}};

}  // namespace

std::expected<RecordText, std::string> record_text(Bytes value, RecordType type) {
    for (const Reading& reading : readings) {
        if (type != RecordType::any && type != reading.type) continue;
        if (auto read = reading.read(value)) {
            read->text = printable(read->text);
            return std::move(*read);
        }
        if (type != RecordType::any)
            return std::unexpected(
                fmt::format("{} bytes that are no {}", value.size(), reading.what));
    }
    if (const std::string damage = log_record_damage(value); !damage.empty())
        return std::unexpected(damage);
    return std::unexpected(
        fmt::format("{} bytes that are no record of any of Ferry's topics", value.size()));
}

}  // namespace ferry
