#pragma once
/// Reads the events of a commit for a fold, which looks at their entity, version, body and little
/// else. An event in the form that this build writes is walked over and only its body is parsed,
/// into a message that is used again; every other form is left to protobuf's parser as a whole, so
/// that both ways say the same of any bytes. One thread.
#include "events/commit.hpp"

#include <algorithm>
#include <string_view>

namespace ferry {

/// What stands around an event's body, looked at in place.
struct EventEnvelope {
    std::uint64_t entity = 0;
    std::uint64_t version = 0;
    std::uint64_t previous_position = 0;
    std::string_view command_id;
    int body_field = 0;
    Bytes body;
};

/// Nothing where the event is not in the form that this build writes: each field once, in order,
/// none unknown, the body last. It may be a good event all the same.
std::optional<EventEnvelope> scan_envelope(Bytes stored);

/// The entity that an event is about, where its number stands first, as it does in the form that
/// this build writes; else 0. Looks at no more than ten bytes, and promises nothing about the rest.
std::uint64_t peek_entity(Bytes stored);

class FoldReader {
public:
    /// Where it is true, `event` holds what was read until the next call: entity, version, previous
    /// position and body, and the other fields where `command_id` does not stand for them.
    bool read(Bytes stored);
    const v1::StoredEvent& event() const { return *event_; }
    std::string_view command_id() const { return command_id_; }

private:
    bool read_body(const EventEnvelope& envelope);
    template <class Body>
    bool fill(v1::StoredEvent& event, Body& body, const EventEnvelope& envelope);

    const v1::StoredEvent* event_ = nullptr;
    std::string_view command_id_;
    v1::StoredEvent any_, registered_, transitioned_, client_observed_, check_recorded_, restored_;
};

/// How many events ahead of the one that is visited their entities are told.
inline constexpr std::size_t folded_ahead_by = 12;

/// As `for_each_event`, with what a fold looks at; the visitor is called with
/// `(PlacedEvent, const v1::StoredEvent&, std::string_view command_id)`. `ahead` is called with the
/// entities of events to come, so that their memory can be asked for meanwhile; they may be any.
template <class Visitor, class Ahead>
void for_each_folded_event(const CommitView& commit, Visitor&& visit, Ahead&& ahead) {
    static const v1::StoredEvent unreadable;
    FoldReader reader;
    const auto pieces = split_events(commit);
    for (std::size_t i = 0; i < std::min(folded_ahead_by, pieces.size()); ++i)
        ahead(peek_entity(pieces[i]));
    for (std::uint32_t i = 0; i < commit.header.count; ++i) {
        if (i + folded_ahead_by < pieces.size()) ahead(peek_entity(pieces[i + folded_ahead_by]));
        const PlacedEvent placed{commit.header.first.next(i),
                                 i < pieces.size() && reader.read(pieces[i])};
        if (placed.readable) visit(placed, reader.event(), reader.command_id());
        else visit(placed, unreadable, std::string_view());
    }
}

/// Calls `visit(Position, std::string_view command_id)` for an event, and before an acceptance's
/// own for those that it carries: they are asked for in this log from now on.
template <class Visitor>
void visit_command_ids(Position position, const v1::StoredEvent& event, std::string_view command_id,
                       Visitor&& visit) {
    for (const auto& done : event.accepted().state().done())
        visit(position, std::string_view(done.command_id()));
    visit(position, command_id);
}

/// The same for each event of a commit that can be read.
template <class Visitor>
void for_each_command_id(const CommitView& commit, Visitor&& visit) {
    Position position = commit.header.first;
    for (const Bytes piece : split_events(commit)) {
        const auto envelope = scan_envelope(piece);
        if (envelope && envelope->body_field != v1::StoredEvent::kAccepted)
            visit(position, envelope->command_id);
        else if (FoldReader reader; reader.read(piece))
            visit_command_ids(position, reader.event(), reader.command_id(), visit);
        position = position.next();
    }
}

}  // namespace ferry
