#include "projections/history.hpp"

#include "engine/public_event.hpp"
#include "projections/commit_walk.hpp"
#include "projections/moment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace ferry {

namespace {

Result<EntityNumber> number_of(const Fleet& fleet, std::string_view entity) {
    if (entity == fleet.id({0})) return EntityNumber{0};
    if (const auto number = fleet.find(entity)) return *number;
    return fail(Errc::usage, fmt::format("site {} knows no `{}`; `ferry show --all` lists what it "
                                         "knows, and a user is given as user:ADDRESS",
                                         fleet.site, entity));
}

v1::Event shown(const Fleet& fleet, const CommitHeader& header, Position position,
                const v1::StoredEvent& stored) {
    v1::Event event = public_event(fleet, position, header.recorded, stored);
    event.set_event_id(event_id(header.commit_id, position.value - header.first.value));
    return event;
}

Result<FoundEvent> event_of(const Replica& replica, EntityNumber number, Position position) {
    auto found = find_event(replica, position);
    if (!found) return std::unexpected(found.error());
    const bool right = *found && (*found)->event.entity() == number.value &&
                       (*found)->event.previous_position() < position.value;
    if (right) return std::move(**found);
    return fail(Errc::damaged,
                fmt::format("{}: position {} should hold an event of {} and does "
                            "not; run `ferry verify`",
                            replica.log->name(), position.value, replica.fleet.id(number)));
}

/// The scan's bounds as positions, so that times are compared once and not per event.
Result<void> narrow_by_time(const Replica& replica, EventFilter& filter) {
    if (filter.since) {
        // Recorded in the very microsecond of `since` still counts, so it is asked for before it.
        const auto before = last_recorded_by(replica, *filter.since - std::chrono::microseconds(1));
        if (!before) return std::unexpected(before.error());
        filter.from = std::max(filter.from, before->next());
    }
    if (filter.until) {
        const auto last = last_recorded_by(replica, *filter.until);
        if (!last) return std::unexpected(last.error());
        filter.to = std::min(filter.to, *last);
    }
    return {};
}

Result<void> check_type(const std::string& type) {
    if (type.empty()) return {};
    const auto* bodies = v1::StoredEvent::descriptor()->FindOneofByName("body");
    std::string known;
    for (int i = 0; i < bodies->field_count(); ++i) {
        const std::string& name = bodies->field(i)->message_type()->name();
        if (name == type) return {};
        known.append(known.empty() ? "" : ", ").append(name);
    }
    return fail(Errc::usage, fmt::format("there is no event type `{}`; there are {}", type, known));
}

bool passes(const EventFilter& filter, const v1::StoredEvent& event) {
    if (!filter.actor.empty() && event.actor() != filter.actor) return false;
    if (!filter.type.empty() && body_name(event) != filter.type) return false;
    if (filter.correlation.empty()) return true;
    const std::string& own = event.correlation_id();
    return (own.empty() ? event.command_id() : own) == filter.correlation;
}

Result<void> scan_log(const Replica& replica, const EventFilter& filter,
                      const EventVisitor& visit) {
    auto place = place_before(*replica.log, filter.from);
    if (!place) return std::unexpected(place.error());
    bool goes_on = true;
    return walk_commits(*replica.log, *place, [&](const CommitView& commit) {
        const CommitHeader& header = commit.header;
        if (header.first > filter.to) return false;
        if (header.last() < filter.from) return true;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            const bool inside = placed.position >= filter.from && placed.position <= filter.to;
            if (goes_on && inside && placed.readable && passes(filter, event))
                goes_on = visit(shown(replica.fleet, header, placed.position, event));
        });
        return goes_on && header.last() < filter.to;
    });
}

/// Walks back from the latest event and calls `take` with each that is not after `to`.
template <class Take>
Result<void> walk_back(const Replica& replica, EntityNumber number, Position from, Position to,
                       Take take) {
    Position position = replica.fleet.at(number).last_position;
    while (position >= from && position.value != 0) {
        const auto found = event_of(replica, number, position);
        if (!found) return std::unexpected(found.error());
        if (position <= to) take(*found, position);
        position = {found->event.previous_position()};
    }
    return {};
}

}  // namespace

Result<std::vector<v1::Event>> history_of(const Replica& replica, std::string_view entity,
                                          Position at) {
    const auto number = number_of(replica.fleet, entity);
    if (!number) return std::unexpected(number.error());
    std::vector<v1::Event> events;
    Position first;
    const auto walked =
        walk_back(replica, *number, {1}, {UINT64_MAX}, [&](const FoundEvent& found, Position p) {
            first = p;
            if (p <= at) events.push_back(shown(replica.fleet, found.header, p, found.event));
        });
    if (!walked) return std::unexpected(walked.error());
    if (events.empty() && first > at)
        return fail(Errc::usage, fmt::format("{} was registered at position {}, after {}; ask for "
                                             "a later moment",
                                             entity, first.value, at.value));
    std::reverse(events.begin(), events.end());
    return events;
}

Result<void> scan_events(const Replica& replica, const EventFilter& asked,
                         const EventVisitor& visit) {
    EventFilter filter = asked;
    filter.from = std::max(filter.from, Position{1});
    filter.to = std::min(filter.to, replica.fleet.position);
    if (auto known = check_type(filter.type); !known) return known;
    if (auto narrowed = narrow_by_time(replica, filter); !narrowed) return narrowed;
    if (filter.entity.empty()) {
        if (filter.from > filter.to) return {};
        return scan_log(replica, filter, visit);
    }
    const auto number = number_of(replica.fleet, filter.entity);
    if (!number) return std::unexpected(number.error());
    std::vector<v1::Event> events;
    const auto walked = walk_back(
        replica, *number, filter.from, filter.to, [&](const FoundEvent& found, Position p) {
            if (passes(filter, found.event))
                events.push_back(shown(replica.fleet, found.header, p, found.event));
        });
    if (!walked) return walked;
    for (const v1::Event& event : events | std::views::reverse)
        if (!visit(event)) break;
    return {};
}

}  // namespace ferry
