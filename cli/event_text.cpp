#include "cli/event_text.hpp"

#include "cli/elapsed.hpp"
#include "cli/printable.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

namespace ferry {

namespace {

/// Details in the order of their names, because a map has none that stays.
std::string details_text(const v1::Event& event) {
    std::map<std::string, std::string> sorted(event.details().begin(), event.details().end());
    std::string text;
    for (const auto& [name, value] : sorted)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    return text;
}

std::string check_text(const v1::Event& event) {
    std::string text = event_detail(event, "check") + " " + event_detail(event, "outcome");
    if (const std::string side = event_detail(event, "deployment"); !side.empty())
        text += " on the " + side + " side";
    if (const std::string evidence = event_detail(event, "evidence"); !evidence.empty())
        text += ", evidence: " + evidence;
    return text;
}

std::string registered_text(const v1::Event& event) {
    std::string text = "registered";
    if (const std::string pool = event_detail(event, "pool"); !pool.empty()) text += " in " + pool;
    if (const std::string successor = event_detail(event, "successor"); !successor.empty())
        text += ", successor " + successor;
    if (const std::string kind = event_detail(event, "applicationClass"); !kind.empty())
        text += ", of class " + kind;
    text += ", " + event_detail(event, "lifecycle");
    if (event_detail(event, "foundMoved") == "true") text += ", found on the new side";
    if (event_detail(event, "disabled") == "true") text += ", account disabled";
    if (event_detail(event, "enabledUnknown") == "true")
        text += ", the export did not say if enabled";
    return text;
}

/// Of an entity that moves to another site; empty of any other event.
std::string home_text(const v1::Event& event) {
    const std::string from =
        event_detail(event, "fromSite") + ":" + event_detail(event, "releasePosition");
    const std::string pool = event_detail(event, "pool");
    const std::string joins = pool.empty() ? "" : ", joins " + pool;
    if (event.type() == "Released")
        return "released to site " + event_detail(event, "toSite") + joins;
    if (event.type() == "ReleaseDeclined")
        return fmt::format("declined {}, released at {}", event_detail(event, "entity"), from);
    if (event.type() == "SiteTakenOver")
        return fmt::format("took over site {}, as known to position {}",
                           event_detail(event, "site"), event_detail(event, "position"));
    if (event.type() != "Accepted") return "";
    if (const std::string by = event_detail(event, "declinedBy"); !by.empty())
        return fmt::format("taken back from {}, which {} declined", from, by);
    if (event_detail(event, "takenOver") == "true") return "taken over as known at " + from + joins;
    return "accepted from " + from + joins;
}

std::string what_happened(const v1::Event& event) {
    if (event.type() == "Registered") return registered_text(event);
    if (event.type() == "CheckRecorded") return "check " + check_text(event);
    if (event.type() == "Transitioned" && event.region() == "lifecycle")
        return fmt::format("{} → {}", event.from(), event.to());
    if (event.type() == "WavePlanned")
        return fmt::format("{} planned to {}{}", event_detail(event, "members"), event.to(),
                           event_detail(event, "pilot") == "true" ? ", as pilot" : "");
    if (event.type() == "WaveHeld") return "held: " + event_detail(event, "reason");
    if (const std::string home = home_text(event); !home.empty()) return home;
    if (event.type() == "PackAdopted") return "pack adopted: " + event_detail(event, "name");
    if (event.type() == "MoveOpened")
        return fmt::format("move {}{} opened, to the {} side: {} → {}",
                           event_detail(event, "back") == "true" ? "back " : "",
                           event_detail(event, "move"),
                           // The older ones do not say it, and all went there.
                           event_detail(event, "towards") == "legacy" ? "legacy" : "successor",
                           event.from(), event.to());
    if (!event.from().empty() || !event.to().empty()) {
        const std::string region = event.region().empty() ? event.type() : event.region();
        return fmt::format("{}: {} → {}", region, event.from(), event.to());
    }
    const std::string details = details_text(event);
    return details.empty() ? event.type() : event.type() + ": " + details;
}

}  // namespace

std::string event_detail(const v1::Event& event, const std::string& name) {
    const auto found = event.details().find(name);
    return found == event.details().end() ? "" : found->second;
}

std::string event_text(const v1::Event& event) {
    const bool orphaned = event_detail(event, "orphaned") == "true";
    return printable(what_happened(event)) + (orphaned ? " (orphaned)" : "");
}

std::string event_time(const v1::Event& event) {
    using google::protobuf::util::TimeUtil;
    const std::int64_t micros = TimeUtil::TimestampToMicroseconds(event.recorded_time());
    return short_time(Time(std::chrono::microseconds(micros)));
}

std::string event_place(const v1::Event& event) {
    return fmt::format("{}:{}", event.site(), event.position());
}

std::string event_cause(const v1::Event& event) {
    if (event.reason().empty()) return printable(event.actor());
    return printable(event.actor() + ": " + event.reason());
}

std::string event_json(const v1::Event& event) {
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(event, &json);
    return status.ok() ? json : "{}";
}

}  // namespace ferry
