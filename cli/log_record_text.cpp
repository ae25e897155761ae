#include "cli/log_record_text.hpp"

#include "engine/public_event.hpp"
#include "events/acceptance.hpp"
#include "events/clock.hpp"
#include "events/reservation.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t short_hex_letters = 12;

/// Whoever wrote the record may claim four billion events; each of them would be looked at.
bool claims_too_many(const CommitView& commit) { return commit.header.count > commit_events_max; }

/// `Registered ×3, Marked`: what is in it, in the order of first appearance.
std::string events_text(const CommitView& commit) {
    if (claims_too_many(commit))
        return fmt::format("{} events, and a commit holds at most {}", commit.header.count,
                           commit_events_max);
    std::vector<std::pair<std::string, int>> counts;
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        const std::string name(placed.readable ? body_name(event) : "unreadable");
        const auto same = [&](const auto& count) { return count.first == name; };
        const auto found = std::find_if(counts.begin(), counts.end(), same);
        if (found == counts.end()) counts.emplace_back(name, 1);
        else ++found->second;
    });
    std::string text;
    for (const auto& [name, count] : counts)
        text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name,
                            count == 1 ? "" : fmt::format(" ×{}", count));
    return text;
}

boost::json::array events_json(const CommitView& commit) {
    boost::json::array events;
    if (claims_too_many(commit)) return events;
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        std::string json;
        boost::json::error_code error;
        const auto status = google::protobuf::util::MessageToJsonString(event, &json);
        auto value = boost::json::parse(status.ok() && placed.readable ? json : "null", error);
        events.push_back(error ? boost::json::value() : std::move(value));
    });
    return events;
}

RecordText commit_text(const CommitView& commit) {
    const CommitHeader& header = commit.header;
    const std::string writer = to_hex(header.writer.bytes);
    const std::string hash = to_hex(commit.hash);
    const boost::json::object json{{"kind", name_of(header.kind)},
                                   {"first", header.first.value},
                                   {"last", header.last().value},
                                   {"term", header.term.value},
                                   {"writer", writer},
                                   {"logId", to_hex(header.log_id.bytes)},
                                   {"commitId", to_hex(header.commit_id.bytes)},
                                   {"hash", hash},
                                   {"previous", to_hex(header.previous)},
                                   {"recorded", to_rfc3339(header.recorded)},
                                   {"events", events_json(commit)}};
    return {"commit",
            fmt::format("commit {}-{}  {}  term {}  writer {}  {}  hash {}  {}", header.first.value,
                        header.last().value, name_of(header.kind), header.term.value,
                        writer.substr(0, short_hex_letters), to_rfc3339(header.recorded),
                        hash.substr(0, short_hex_letters), events_text(commit)),
            boost::json::serialize(json)};
}

RecordText fence_text(const Fence& fence) {
    const std::string writer = to_hex(fence.writer.bytes);
    const boost::json::object json{
        {"term", fence.term.value}, {"writer", writer}, {"logId", to_hex(fence.log_id.bytes)}};
    return {"fence",
            fmt::format("fence  term {}  writer {}", fence.term.value,
                        writer.substr(0, short_hex_letters)),
            boost::json::serialize(json)};
}

RecordText reservation_text(const Reservation& reservation) {
    const std::string writer = to_hex(reservation.writer.bytes);
    const boost::json::object json{{"writer", writer}, {"logId", to_hex(reservation.log_id.bytes)}};
    return {"reservation",
            fmt::format("reservation  writer {}", writer.substr(0, short_hex_letters)),
            boost::json::serialize(json)};
}

}  // namespace

std::optional<RecordText> read_log_record(Bytes value) {
    if (const auto commit = read_commit(value); commit.shape == CommitShape::whole)
        return commit_text(commit.view);
    if (const auto fence = read_fence(value); fence.shape == FenceShape::whole)
        return fence_text(fence.fence);
    const auto reservation = read_reservation(value);
    if (reservation.shape == ReservationShape::whole)
        return reservation_text(reservation.reservation);
    return std::nullopt;
}

std::string log_record_damage(Bytes value) {
    const CommitShape commit = read_commit(value).shape;
    const FenceShape fence = read_fence(value).shape;
    const ReservationShape reservation = read_reservation(value).shape;
    if (commit == CommitShape::wrong_hash) return "a commit with a wrong hash";
    if (fence == FenceShape::wrong_hash) return "a fence with a wrong hash";
    if (reservation == ReservationShape::wrong_hash) return "a reservation with a wrong hash";
    if (commit == CommitShape::unknown_format || fence == FenceShape::unknown_format ||
        reservation == ReservationShape::unknown_format)
        return "a record of a format that this build does not know; use a newer ferry";
    return {};
}

}  // namespace ferry
