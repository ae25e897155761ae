#include "projections/event_order.hpp"

#include "engine/public_event.hpp"
#include "events/acceptance.hpp"
#include "events/clock.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

bool same_id(std::string_view stored, Bytes id) { return stored == text_of(id); }

bool is_owner_taken(const v1::StoredEvent& event, const CommitHeader& header) {
    return event.has_owner_taken() && event.owner_taken().term() == header.term.value &&
           same_id(event.owner_taken().writer_id(), header.writer.bytes);
}

/// Whether a commit of this kind may have this event at this place, and where a kind fixes an
/// event, whether it is that one.
bool fits_kind(const CommitHeader& header, std::uint64_t index, const v1::StoredEvent& event) {
    const bool opens = header.kind == CommitKind::first;
    if (opens && index == 0)
        return event.has_log_created() &&
               same_id(event.log_created().log_id(), header.log_id.bytes);
    if ((opens && index == 1) || (header.kind == CommitKind::takeover && index == 0))
        return is_owner_taken(event, header);
    if (header.kind == CommitKind::seal && index + 1 == header.count)
        return event.has_sealed() && same_id(event.sealed().writer_id(), header.next_writer.bytes);
    return !event.has_log_created() && !event.has_owner_taken() && !event.has_sealed();
}

}  // namespace

void EventOrder::follow(const CommitView& commit, const Report& report) {
    const CommitHeader& header = commit.header;
    if (header.recorded < recorded_)
        report({header.first, fmt::format("recorded time goes back from {} to {}",
                                          to_rfc3339(recorded_), to_rfc3339(header.recorded))});
    recorded_ = header.recorded;
    if (header.kind == CommitKind::first && header.count < 2)
        report({header.first,
                "a commit of kind first holds LogCreated and OwnerTaken, not one event"});
    if (header.kind != CommitKind::seal && header.next_writer != WriterId{})
        report({header.first, "the commit names a next writer and is no seal"});
    if (header.pack != pack_)
        report({header.first, fmt::format("the commit names the pack adopted at position {}, and "
                                          "the one in force was adopted at {}",
                                          header.pack.value, pack_.value)});
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        // It decides from the next commit on.
        if (event.has_pack_adopted()) pack_ = placed.position;
        if (!placed.readable) return report({placed.position, "the event cannot be parsed"});
        note_home_change(placed.position, commit.hash, event);
        if (!fits_kind(header, placed.position.value - header.first.value, event))
            report({placed.position,
                    fmt::format("{} is not what a commit of kind {}, of this log, term and writer, "
                                "holds here",
                                body_name(event), name_of(header.kind))});
        follow_event(placed.position, event, report);
    });
}

void EventOrder::note_home_change(Position position, const Hash& commit,
                                  const v1::StoredEvent& event) {
    const bool moves = event.has_released() || event.has_accepted() ||
                       event.has_release_declined() || event.has_site_taken_over();
    if (!moves) return;
    home_changes_.push_back({position, commit, event});
    v1::StoredEvent& kept = home_changes_.back().event;
    v1::CarriedState* state = nullptr;
    if (kept.has_released()) state = kept.mutable_released()->mutable_state();
    if (kept.has_accepted()) state = kept.mutable_accepted()->mutable_state();
    if (!state) return;
    v1::CarriedState brief;
    brief.set_kind(state->kind());
    brief.set_name(state->name());
    brief.set_version(state->version());
    *state = std::move(brief);
}

void EventOrder::follow_event(Position position, const v1::StoredEvent& event,
                              const Report& report) {
    if (event.body_case() == v1::StoredEvent::BODY_NOT_SET) ++unknown_bodies_;
    const std::uint64_t number = event.entity();
    if (number == 0 && on_site_event_) on_site_event_(position, event);
    const bool enters = event.has_registered() || event.has_accepted();
    if (number > streams_.size() || (number == streams_.size() && !enters)) {
        // A body of a later build may register in a way of its own.
        if (event.body_case() != v1::StoredEvent::BODY_NOT_SET)
            report({position, fmt::format("{} names entity number {}, and {} are registered",
                                          body_name(event), number, streams_.size() - 1)});
        return;
    }
    if (number == streams_.size()) streams_.emplace_back();
    Stream& stream = streams_[number];
    // Whoever arrives brings a version along; the log it left is where that is compared.
    const bool follows = event.has_accepted() ? event.version() > stream.version
                                              : event.version() == stream.version + 1;
    if (!follows)
        report({position, fmt::format("version {} of entity number {} follows version {}",
                                      event.version(), number, stream.version)});
    if (event.previous_position() != stream.last.value)
        report({position,
                fmt::format("it names position {} as the event before it of entity number {}, "
                            "which is at {}",
                            event.previous_position(), number, stream.last.value)});
    stream = {event.version(), position};
}

}  // namespace ferry
