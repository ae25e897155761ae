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

std::string detail(const v1::Event& event, const std::string& name) {
    const auto found = event.details().find(name);
    return found == event.details().end() ? "" : found->second;
}

std::string check_text(const v1::Event& event) {
    std::string text = detail(event, "check") + " " + detail(event, "outcome");
    if (const std::string side = detail(event, "deployment"); !side.empty())
        text += " on the " + side + " side";
    if (const std::string evidence = detail(event, "evidence"); !evidence.empty())
        text += ", evidence: " + evidence;
    return text;
}

std::string registered_text(const v1::Event& event) {
    std::string text = "registered";
    if (const std::string pool = detail(event, "pool"); !pool.empty()) text += " in " + pool;
    if (const std::string successor = detail(event, "successor"); !successor.empty())
        text += ", successor " + successor;
    if (const std::string kind = detail(event, "applicationClass"); !kind.empty())
        text += ", of class " + kind;
    text += ", " + detail(event, "lifecycle");
    if (detail(event, "foundMoved") == "true") text += ", found on the new side";
    if (detail(event, "disabled") == "true") text += ", account disabled";
    if (detail(event, "enabledUnknown") == "true") text += ", the export did not say if enabled";
    return text;
}

/// Of an entity that moves to another site; empty of any other event.
std::string home_text(const v1::Event& event) {
    const std::string from = detail(event, "fromSite") + ":" + detail(event, "releasePosition");
    const std::string pool = detail(event, "pool");
    const std::string joins = pool.empty() ? "" : ", joins " + pool;
    if (event.type() == "Released") return "released to site " + detail(event, "toSite") + joins;
    if (event.type() == "ReleaseDeclined")
        return fmt::format("declined {}, released at {}", detail(event, "entity"), from);
    if (event.type() == "SiteTakenOver")
        return fmt::format("took over site {}, as known to position {}", detail(event, "site"),
                           detail(event, "position"));
    if (event.type() != "Accepted") return "";
    if (const std::string by = detail(event, "declinedBy"); !by.empty())
        return fmt::format("taken back from {}, which {} declined", from, by);
    if (detail(event, "takenOver") == "true") return "taken over as known at " + from + joins;
    return "accepted from " + from + joins;
}

std::string text_of(const v1::Event& event) {
    if (event.type() == "Registered") return registered_text(event);
    if (event.type() == "CheckRecorded") return "check " + check_text(event);
    if (event.type() == "Transitioned" && event.region() == "lifecycle")
        return fmt::format("{} → {}", event.from(), event.to());
    if (event.type() == "WavePlanned")
        return fmt::format("{} planned to {}{}", detail(event, "members"), event.to(),
                           detail(event, "pilot") == "true" ? ", as pilot" : "");
    if (event.type() == "WaveHeld") return "held: " + detail(event, "reason");
    if (const std::string home = home_text(event); !home.empty()) return home;
    if (event.type() == "PackAdopted") return "pack adopted: " + detail(event, "name");
    if (event.type() == "MoveOpened")
        return fmt::format("move {}{} opened, to the {} side: {} → {}",
                           detail(event, "back") == "true" ? "back " : "", detail(event, "move"),
                           // The older ones do not say it, and all went there.
                           detail(event, "towards") == "legacy" ? "legacy" : "successor",
                           event.from(), event.to());
    if (!event.from().empty() || !event.to().empty()) {
        const std::string region = event.region().empty() ? event.type() : event.region();
        return fmt::format("{}: {} → {}", region, event.from(), event.to());
    }
    const std::string details = details_text(event);
    return details.empty() ? event.type() : event.type() + ": " + details;
}

}  // namespace

std::string event_text(const v1::Event& event) {
    const bool orphaned = detail(event, "orphaned") == "true";
    return printable(text_of(event)) + (orphaned ? " (orphaned)" : "");
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
