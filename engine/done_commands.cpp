#include "engine/done_commands.hpp"

#include "events/commit.hpp"

#include <fmt/format.h>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>

namespace ferry {

Result<Hash> commit_hash_at(const Replica& replica, Position position) {
    const auto stored = replica.log->find(position);
    if (!stored) return std::unexpected(stored.error());
    const auto reading = *stored ? read_commit(**stored) : CommitReading{};
    if (reading.shape == CommitShape::whole) return reading.view.hash;
    return fail(Errc::damaged, fmt::format("{}: the commit that holds position {} cannot be read; "
                                           "run `ferry verify`",
                                           replica.log->name(), position.value));
}

Result<HomeEvidence> history_carried(const Replica& replica, Position latest) {
    HomeEvidence evidence;
    // The events of one command stand together, and the last of them is what was answered.
    boost::unordered_flat_set<std::string> known;
    const auto note = [&](const std::string& id, v1::DoneCommand done) {
        if (!id.empty() && known.insert(id).second) evidence.done.push_back(std::move(done));
    };
    Position position = latest;
    const Position head = std::min(position, replica.acceptance.position);
    while (position.value != 0) {
        const auto found = find_event(replica, position);
        if (!found) return std::unexpected(found.error());
        if (!*found) break;  // decided in a rehearsal
        const v1::StoredEvent& event = (*found)->event;
        v1::DoneCommand done;
        done.set_command_id(event.command_id());
        done.set_command_digest(event.command_digest());
        done.set_position(position.value);
        done.set_version(event.version());
        note(event.command_id(), done);
        if (event.has_accepted())
            for (const auto& earlier : event.accepted().state().done())
                note(earlier.command_id(), earlier);
        position = {event.previous_position()};
    }
    std::ranges::reverse(evidence.done);
    if (head.value == 0) return evidence;
    const auto hash = commit_hash_at(replica, head);
    if (!hash) return std::unexpected(hash.error());
    evidence.history = *hash;
    return evidence;
}

std::optional<std::pair<Position, v1::StoredEvent>> carried_command(const v1::StoredEvent& accepted,
                                                                    std::string_view id) {
    for (const v1::DoneCommand& done : accepted.accepted().state().done()) {
        if (done.command_id() != id) continue;
        v1::StoredEvent event;
        event.set_command_id(done.command_id());
        event.set_command_digest(done.command_digest());
        event.set_version(done.version());
        return std::pair(Position{done.position()}, std::move(event));
    }
    return std::nullopt;
}

}  // namespace ferry
