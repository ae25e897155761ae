#include "events/fold_reader.hpp"

#include "events/hash.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstring>

namespace ferry {

namespace {

using google::protobuf::internal::WireFormatLite;
using Stream = google::protobuf::io::CodedInputStream;

constexpr std::uint32_t number_tag(std::uint32_t field) {
    return field << 3 | WireFormatLite::WIRETYPE_VARINT;
}
constexpr std::uint32_t bytes_tag(std::uint32_t field) {
    return field << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

constexpr std::uint32_t digest_tag =
    v1::StoredEvent::kCommandDigestFieldNumber << 3 | WireFormatLite::WIRETYPE_FIXED64;
constexpr std::uint32_t first_body_tag = bytes_tag(v1::StoredEvent::kLogCreatedFieldNumber);

/// Whether `number`, which stood at `from`, was written as short as it can be: protobuf's two
/// readers disagree on tags and lengths that are longer than that.
bool is_shortest(const Stream& stream, int from, std::uint32_t number) {
    using google::protobuf::io::CodedOutputStream;
    return static_cast<std::size_t>(stream.CurrentPosition() - from) ==
           CodedOutputStream::VarintSize32(number);
}

/// Length and bytes of one field, in place.
bool read_piece(Stream& stream, Bytes whole, Bytes& piece) {
    const int from = stream.CurrentPosition();
    std::uint32_t size = 0;
    if (!stream.ReadVarint32(&size) || !is_shortest(stream, from, size)) return false;
    const auto at = static_cast<std::size_t>(stream.CurrentPosition());
    if (size > whole.size() - at) return false;
    piece = whole.subspan(at, size);
    return stream.Skip(static_cast<int>(size));
}

/// Eight bytes at a time, because most texts are short and most bytes of a log are texts.
bool is_ascii(std::string_view text) {
    std::uint64_t high_bits = 0;
    while (text.size() >= sizeof(high_bits)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        high_bits |= word;
        text.remove_prefix(sizeof(word));
    }
    for (const char c : text) high_bits |= static_cast<unsigned char>(c);
    return (high_bits & 0x8080808080808080) == 0;
}

/// What protobuf's parser refuses in a text must be left to it.
bool read_text(Stream& stream, Bytes whole, std::string_view& text) {
    Bytes piece;
    if (!read_piece(stream, whole, piece)) return false;
    text = text_of(piece);
    return is_ascii(text) || google::protobuf::internal::IsStructurallyValidUTF8(
                                 text.data(), static_cast<int>(text.size()));
}

bool read_field(Stream& stream, Bytes stored, std::uint32_t tag, EventEnvelope& envelope) {
    std::string_view passed_over;
    switch (tag) {
        case number_tag(v1::StoredEvent::kEntityFieldNumber):
            return stream.ReadVarint64(&envelope.entity);
        case number_tag(v1::StoredEvent::kVersionFieldNumber):
            return stream.ReadVarint64(&envelope.version);
        case number_tag(v1::StoredEvent::kPreviousPositionFieldNumber):
            return stream.ReadVarint64(&envelope.previous_position);
        case bytes_tag(v1::StoredEvent::kCommandIdFieldNumber):
            return read_text(stream, stored, envelope.command_id);
        case digest_tag: return stream.Skip(sizeof(std::uint64_t));
        case bytes_tag(v1::StoredEvent::kCorrelationIdFieldNumber):
        case bytes_tag(v1::StoredEvent::kCausationIdFieldNumber):
        case bytes_tag(v1::StoredEvent::kActorFieldNumber):
        case bytes_tag(v1::StoredEvent::kReasonFieldNumber):
            return read_text(stream, stored, passed_over);
        default: return false;
    }
}

}  // namespace

std::optional<EventEnvelope> scan_envelope(Bytes stored) {
    Stream stream(reinterpret_cast<const std::uint8_t*>(stored.data()),
                  static_cast<int>(stored.size()));
    EventEnvelope envelope;
    std::uint32_t last = 0;
    while (true) {
        const int from = stream.CurrentPosition();
        const std::uint32_t tag = stream.ReadTag();
        // Ascending tags are fields that stand once and in order; a tag of 0 is the end or damage.
        if (tag <= last || !is_shortest(stream, from, tag)) return std::nullopt;
        last = tag;
        if (tag >= first_body_tag) break;
        if (!read_field(stream, stored, tag, envelope)) return std::nullopt;
    }
    envelope.body_field = WireFormatLite::GetTagFieldNumber(last);
    const bool whole = last == bytes_tag(static_cast<std::uint32_t>(envelope.body_field)) &&
                       read_piece(stream, stored, envelope.body) &&
                       static_cast<std::size_t>(stream.CurrentPosition()) == stored.size();
    if (!whole) return std::nullopt;
    return envelope;
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
