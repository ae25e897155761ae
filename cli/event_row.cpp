#include "cli/event_row.hpp"

#include "cli/event_text.hpp"
#include "events/clock.hpp"

#include <csv.h>
#include <google/protobuf/util/time_util.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>

namespace ferry {

namespace {

constexpr const char* evidence_name = "evidence";
constexpr std::string_view formula_starts = "=+-@\t\r";

/// What else the event says; evidence has a column of its own.
std::map<std::string, std::string> details_of(const v1::Event& event) {
    std::map<std::string, std::string> details(event.details().begin(), event.details().end());
    details.erase(evidence_name);
    return details;
}

boost::json::object details_json(const v1::Event& event) {
    boost::json::object json;
    for (const auto& [name, value] : details_of(event)) json[name] = value;
    return json;
}

std::string details_field(const v1::Event& event) {
    const boost::json::object details = details_json(event);
    return details.empty() ? "" : boost::json::serialize(details);
}

std::string recorded_time(const v1::Event& event) {
    using google::protobuf::util::TimeUtil;
    const std::int64_t micros = TimeUtil::TimestampToMicroseconds(event.recorded_time());
    return to_rfc3339(Time(std::chrono::microseconds(micros)));
}

using E = const v1::Event&;
using H = const Hash&;

constexpr EventColumn row_columns[] = {
    {"recordedTime", [](E event, H) { return recorded_time(event); }},
    {"site", [](E event, H) { return event.site(); }},
    {"position", [](E event, H) { return std::to_string(event.position()); }},
    {"entity", [](E event, H) { return event.entity(); }},
    {"version", [](E event, H) { return std::to_string(event.version()); }},
    {"event", [](E event, H) { return event.type(); }},
    {"region", [](E event, H) { return event.region(); }},
    {"from", [](E event, H) { return event.from(); }},
    {"to", [](E event, H) { return event.to(); }},
    {"command", [](E event, H) { return event.command(); }},
    {"actor", [](E event, H) { return event.actor(); }},
    {"reason", [](E event, H) { return event.reason(); }},
    {"evidence", [](E event, H) { return event_detail(event, evidence_name); }},
    {"details", [](E event, H) { return details_field(event); }},
    {"commandId", [](E event, H) { return event.command_id(); }},
    {"correlationId", [](E event, H) { return event.correlation_id(); }},
    {"causationId", [](E event, H) { return event.causation_id(); }},
    {"eventId", [](E event, H) { return event.event_id(); }},
    {"commitHash", [](E, H commit) { return to_hex(commit); }},
};

}  // namespace

std::span<const EventColumn> event_columns() { return row_columns; }

std::string csv_field(std::string_view value) {
    std::string guarded;
    if (!value.empty() && formula_starts.find(value.front()) != std::string_view::npos)
        guarded = "'";
    guarded += value;
    std::string quoted(csv_write2(nullptr, 0, guarded.data(), guarded.size(), '"'), '\0');
    csv_write2(quoted.data(), quoted.size(), guarded.data(), guarded.size(), '"');
    return quoted;
}

std::string csv_header() {
    std::string row;
    for (const EventColumn& column : row_columns)
        row += (row.empty() ? "" : ",") + csv_field(column.name);
    return row + "\r\n";
}

std::string csv_row(const v1::Event& event, const Hash& commit) {
    std::string row;
    for (const EventColumn& column : row_columns)
        row += (row.empty() ? "" : ",") + csv_field(column.value(event, commit));
    return row + "\r\n";
}

std::string json_row(const v1::Event& event, const Hash& commit) {
    boost::json::object json;
    for (const EventColumn& column : row_columns) {
        const boost::json::string_view name(column.name.data(), column.name.size());
        if (name == "position") json[name] = event.position();
        else if (name == "version") json[name] = event.version();
        else if (name == "details") json[name] = details_json(event);
        else json[name] = column.value(event, commit);
    }
    return boost::json::serialize(json) + "\n";
}

}  // namespace ferry
