#include "projections/trace.hpp"

#include "engine/home_evidence.hpp"
#include "engine/public_event.hpp"
#include "projections/as_of.hpp"
#include "projections/commit_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ferry {

namespace {

using Replicas = std::span<Replica* const>;
using Place = std::pair<std::size_t, Position>;

struct Found {
    Place place;
    v1::StoredEvent event;
};

Result<Found> event_at(Replicas replicas, Place place) {
    Log& log = *replicas[place.first]->log;
    auto found = find_event(log, place.second);
    if (!found) return std::unexpected(found.error());
    if (!*found)
        return std::unexpected(
            beyond_end(log, place.second, replicas[place.first]->fleet.position));
    return Found{place, std::move((*found)->event)};
}

/// `paris:120` as a place, where there is such a site and position.
std::optional<Place> named_place(Replicas replicas, std::string_view text) {
    const auto named = parse_transfer(text);
    if (!named) return std::nullopt;
    for (std::size_t i = 0; i < replicas.size(); ++i)
        if (replicas[i]->fleet.site == named->site &&
            named->position <= replicas[i]->fleet.position)
            return Place{i, named->position};
    return std::nullopt;
}

Result<std::optional<Place>> place_of_cause(Replicas replicas, const std::string& cause) {
    if (const auto place = named_place(replicas, cause)) return place;
    return place_of_command(replicas, cause);
}

/// Everything that came of the root. What crossed over to another log is found by another pass.
class Effects {
public:
    explicit Effects(Replicas replicas) : replicas_(replicas) {}

    Result<void> find(const std::string& root) {
        add(root);
        for (bool grown = true; grown;) {
            const std::size_t known = owners_.size();
            for (auto& [id, command] : commands_) {
                command.events.clear();
                command.events_count = 0;
            }
            for (const Replica* replica : replicas_)
                if (auto passed = pass(*replica); !passed) return passed;
            // In one log an effect never stands before its cause, so that one pass sees all; over
            // several, an event that was met late may own what an earlier log had as its effect.
            grown = replicas_.size() > 1 && owners_.size() != known;
        }
        return {};
    }

    TracedCommand take(const std::string& id) {
        TracedCommand command = std::move(commands_.at(id));
        commands_.erase(id);
        for (const std::string& effect : order_) {
            const auto found = commands_.find(effect);
            if (found == commands_.end()) continue;
            if (owner(found->second.cause) == id) command.effects.push_back(take(effect));
        }
        return command;
    }

private:
    Result<void> pass(const Replica& replica) {
        WalkPlace place;
        return walk_commits(*replica.log, place, [&](const CommitView& commit) {
            for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
                if (placed.readable) look_at(replica, commit.header, placed.position, event);
            });
            return commit.header.last() < replica.fleet.position;
        });
    }

    void look_at(const Replica& replica, const CommitHeader& header, Position position,
                 const v1::StoredEvent& event) {
        if (event.command_id().empty()) return;
        auto known = commands_.find(event.command_id());
        if (known == commands_.end()) {
            if (event.causation_id().empty() || owner(event.causation_id()).empty()) return;
            known = add(event.command_id());
            order_.push_back(event.command_id());
        }
        TracedCommand& command = known->second;
        if (!event.causation_id().empty()) command.cause = event.causation_id();
        ++command.events_count;
        owners_[fmt::format("{}:{}", replica.fleet.site, position.value)] = command.id;
        if (command.events.size() >= traced_events_max) return;
        command.events.push_back(public_event(replica.fleet, position, header.recorded, event));
        command.events.back().set_event_id(
            event_id(header.commit_id, position.value - header.first.value));
    }

    std::map<std::string, TracedCommand>::iterator add(const std::string& id) {
        owners_[id] = id;
        const auto added = commands_.emplace(id, TracedCommand{}).first;
        added->second.id = id;
        return added;
    }

    /// The command that a cause names, itself or by one of its events; empty where it is none of
    /// these.
    std::string owner(const std::string& cause) const {
        const auto found = owners_.find(cause);
        return found == owners_.end() ? std::string() : found->second;
    }

    Replicas replicas_;
    std::map<std::string, TracedCommand> commands_;
    std::map<std::string, std::string> owners_;  ///< from an id or an event's place to its command
    std::vector<std::string> order_;             ///< the effects as they were met
};

/// Up to the first cause that the logs hold.
Result<Found> first_cause(Replicas replicas, Found event, bool& cause_unknown) {
    std::set<std::string> seen{event.event.command_id()};
    while (!event.event.causation_id().empty()) {
        const auto place = place_of_cause(replicas, event.event.causation_id());
        if (!place) return std::unexpected(place.error());
        cause_unknown = !*place;
        if (!*place) break;
        auto above = event_at(replicas, **place);
        if (!above) return above;
        // Ids that people give may well go round in a circle.
        if (!seen.insert(above->event.command_id()).second) break;
        event = std::move(*above);
    }
    return event;
}

}  // namespace

Result<std::optional<Place>> place_of_command(Replicas replicas, std::string_view id) {
    for (std::size_t i = 0; i < replicas.size(); ++i) {
        const auto found = find_command(*replicas[i], id);
        if (!found) return std::unexpected(found.error());
        // What was carried along has its events in the log of an earlier home.
        if (*found && (*found)->second.body_case() != v1::StoredEvent::BODY_NOT_SET)
            return std::optional(Place{i, (*found)->first});
    }
    return std::nullopt;
}

Result<Trace> trace_event(Replicas replicas, std::size_t site, Position position) {
    auto asked = event_at(replicas, {site, position});
    if (!asked) return std::unexpected(asked.error());
    Trace trace;
    trace.site = replicas[site]->fleet.site;
    trace.position = position;
    const auto root = first_cause(replicas, *asked, trace.cause_unknown);
    if (!root) return std::unexpected(root.error());
    const std::string& id = root->event.command_id();
    if (id.empty()) {
        const auto found = find_event(*replicas[site]->log, position);
        if (!found) return std::unexpected(found.error());
        trace.root.events.push_back(
            public_event(replicas[site]->fleet, position, (*found)->header.recorded, asked->event));
        trace.root.events_count = 1;
        return trace;
    }
    Effects effects(replicas);
    if (auto found = effects.find(id); !found) return std::unexpected(found.error());
    trace.root = effects.take(id);
    return trace;
}

}  // namespace ferry
