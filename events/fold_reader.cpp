#include "events/fold_reader.hpp"

#include "events/ascii.hpp"
#include "events/hash.hpp"

#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>

namespace ferry {

namespace {

using google::protobuf::internal::WireFormatLite;

constexpr std::uint32_t number_tag(std::uint32_t field) {
    return field << 3 | WireFormatLite::WIRETYPE_VARINT;
}
constexpr std::uint32_t bytes_tag(std::uint32_t field) {
    return field << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

constexpr std::uint32_t entity_tag = number_tag(v1::StoredEvent::kEntityFieldNumber);
constexpr std::uint32_t digest_tag =
    v1::StoredEvent::kCommandDigestFieldNumber << 3 | WireFormatLite::WIRETYPE_FIXED64;
constexpr std::uint32_t first_body_tag = bytes_tag(v1::StoredEvent::kLogCreatedFieldNumber);

/// What is left of an event's bytes. Each step is false where they are not what this build writes;
/// what became of the rest then does not matter, because protobuf's parser reads all of it.
class Walk {
public:
    explicit Walk(Bytes stored) : rest_(stored) {}
    bool at_end() const { return rest_.empty(); }

    bool number(std::uint64_t& value) {
        // Tags, lengths and most numbers take one byte.
        if (!rest_.empty() && rest_.front() < Byte{0x80}) {
            value = std::to_integer<std::uint64_t>(rest_.front());
            shortest_ = true;
            rest_ = rest_.subspan(1);
            return true;
        }
        value = 0;
        const std::size_t bytes_max = std::min<std::size_t>(rest_.size(), 9);
        for (std::size_t i = 0; i < bytes_max; ++i) {
            const auto bits = std::to_integer<std::uint64_t>(rest_[i]);
            value |= (bits & 0x7f) << (7 * i);
            if (bits >= 0x80) continue;
            shortest_ = i == 0 || bits != 0;
            rest_ = rest_.subspan(i + 1);
            return true;
        }
        return false;
    }

    /// A tag or a length, written as short as it can be: protobuf's two readers disagree on those
    /// that are longer than that.
    bool short_number(std::uint32_t& value) {
        std::uint64_t wide = 0;
        if (!number(wide) || !shortest_ || wide > UINT32_MAX) return false;
        value = static_cast<std::uint32_t>(wide);
        return true;
    }

    bool skip(std::size_t bytes) {
        if (bytes > rest_.size()) return false;
        rest_ = rest_.subspan(bytes);
        return true;
    }

    /// Length and bytes of one field, in place.
    bool piece(Bytes& piece) {
        std::uint32_t size = 0;
        if (!short_number(size) || size > rest_.size()) return false;
        piece = rest_.first(size);
        return skip(size);
    }

    /// What protobuf's parser refuses in a text must be left to it.
    bool text(std::string_view& text) {
        Bytes bytes;
        if (!piece(bytes)) return false;
        text = text_of(bytes);
        return is_ascii(text) || google::protobuf::internal::IsStructurallyValidUTF8(
                                     text.data(), static_cast<int>(text.size()));
    }

private:
    Bytes rest_;
    bool shortest_ = true;
};

bool read_field(Walk& walk, std::uint32_t tag, EventEnvelope& envelope) {
    std::string_view passed_over;
    switch (tag) {
        case entity_tag: return walk.number(envelope.entity);
        case number_tag(v1::StoredEvent::kVersionFieldNumber): return walk.number(envelope.version);
        case number_tag(v1::StoredEvent::kPreviousPositionFieldNumber):
            return walk.number(envelope.previous_position);
        case bytes_tag(v1::StoredEvent::kCommandIdFieldNumber):
            return walk.text(envelope.command_id);
        case digest_tag: return walk.skip(sizeof(std::uint64_t));
        case bytes_tag(v1::StoredEvent::kCorrelationIdFieldNumber):
        case bytes_tag(v1::StoredEvent::kCausationIdFieldNumber):
        case bytes_tag(v1::StoredEvent::kActorFieldNumber):
        case bytes_tag(v1::StoredEvent::kReasonFieldNumber): return walk.text(passed_over);
        default: return false;
    }
}

}  // namespace

std::optional<EventEnvelope> scan_envelope(Bytes stored) {
    Walk walk(stored);
    EventEnvelope envelope;
    std::uint32_t last = 0;
    while (true) {
        std::uint32_t tag = 0;
        // Ascending tags are fields that stand once and in order; no tag is the end or damage.
        if (!walk.short_number(tag) || tag <= last) return std::nullopt;
        last = tag;
        if (tag >= first_body_tag) break;
        if (!read_field(walk, tag, envelope)) return std::nullopt;
    }
    envelope.body_field = WireFormatLite::GetTagFieldNumber(last);
    const bool whole = last == bytes_tag(static_cast<std::uint32_t>(envelope.body_field)) &&
                       walk.piece(envelope.body) && walk.at_end();
    if (!whole) return std::nullopt;
    return envelope;
}

std::uint64_t peek_entity(Bytes stored) {
    Walk walk(stored);
    std::uint32_t tag = 0;
    std::uint64_t entity = 0;
    return walk.short_number(tag) && tag == entity_tag && walk.number(entity) ? entity : 0;
}

template <class Body>
bool FoldReader::fill(v1::StoredEvent& event, Body& body, const EventEnvelope& envelope) {
    if (!body.ParseFromArray(envelope.body.data(), static_cast<int>(envelope.body.size())))
        return false;
    event.set_entity(envelope.entity);
    event.set_version(envelope.version);
    event.set_previous_position(envelope.previous_position);
    event_ = &event;
    command_id_ = envelope.command_id;
    return true;
}

bool FoldReader::read_body(const EventEnvelope& envelope) {
    switch (envelope.body_field) {
        case v1::StoredEvent::kRegistered:
            return fill(registered_, *registered_.mutable_registered(), envelope);
        case v1::StoredEvent::kTransitioned:
            // Who stopped a wave, and why, is part of its state: such an event is read whole.
            return fill(transitioned_, *transitioned_.mutable_transitioned(), envelope) &&
                   transitioned_.transitioned().region() != v1::REGION_WAVE;
        case v1::StoredEvent::kClientObserved:
            return fill(client_observed_, *client_observed_.mutable_client_observed(), envelope);
        case v1::StoredEvent::kCheckRecorded:
            return fill(check_recorded_, *check_recorded_.mutable_check_recorded(), envelope);
        case v1::StoredEvent::kRestored:
            return fill(restored_, *restored_.mutable_restored(), envelope);
        default: return false;
    }
}

bool FoldReader::read(Bytes stored) {
    const auto envelope = scan_envelope(stored);
    if (envelope && read_body(*envelope)) return true;
    if (!any_.ParseFromArray(stored.data(), static_cast<int>(stored.size()))) return false;
    event_ = &any_;
    command_id_ = any_.command_id();
    return true;
}

}  // namespace ferry
