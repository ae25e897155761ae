#include "events/commit.hpp"

#include "events/clock.hpp"
#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <cstring>

namespace ferry {

namespace {

constexpr std::string_view commit_magic = "FRYC";

// Where each field stands. The order is the one docs/log-format.md draws.
constexpr std::size_t magic_at = 32;
constexpr std::size_t version_at = 36;
constexpr std::size_t kind_at = 38;
constexpr std::size_t log_id_at = 40;
constexpr std::size_t commit_id_at = 56;
constexpr std::size_t first_at = 72;
constexpr std::size_t count_at = 80;
constexpr std::size_t term_at = 84;
constexpr std::size_t writer_at = 92;
constexpr std::size_t next_writer_at = 108;
constexpr std::size_t previous_at = 124;
constexpr std::size_t read_back_at = 156;
constexpr std::size_t recorded_at = 164;
constexpr std::size_t machine_at = 172;
constexpr std::size_t pack_at = 204;
static_assert(pack_at + 8 == commit_header_bytes);

template <class Array>
void put_bytes(Byte* to, const Array& bytes) {
    std::memcpy(to, bytes.data(), bytes.size());
}

template <class Array>
void get_bytes(const Byte* from, Array& bytes) {
    std::memcpy(bytes.data(), from, bytes.size());
}

std::uint64_t to_number(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

void write_header(Byte* at, const CommitHeader& header) {
    std::memcpy(at + magic_at, commit_magic.data(), commit_magic.size());
    put_little_endian(at + version_at, header.format_version);
    at[kind_at] = static_cast<Byte>(header.kind);
    at[kind_at + 1] = Byte{0};
    put_bytes(at + log_id_at, header.log_id.bytes);
    put_bytes(at + commit_id_at, header.commit_id.bytes);
    put_little_endian(at + first_at, header.first.value);
    put_little_endian(at + count_at, header.count);
    put_little_endian(at + term_at, header.term.value);
    put_bytes(at + writer_at, header.writer.bytes);
    put_bytes(at + next_writer_at, header.next_writer.bytes);
    put_bytes(at + previous_at, header.previous);
    put_little_endian(at + read_back_at, header.read_back.value);
    put_little_endian(at + recorded_at, to_number(header.recorded));
    put_bytes(at + machine_at, header.machine_digest);
    put_little_endian(at + pack_at, header.pack.value);
}

CommitHeader read_header(const Byte* at) {
    CommitHeader header;
    header.format_version = get_little_endian<std::uint16_t>(at + version_at);
    header.kind = static_cast<CommitKind>(at[kind_at]);
    get_bytes(at + log_id_at, header.log_id.bytes);
    get_bytes(at + commit_id_at, header.commit_id.bytes);
    header.first = {get_little_endian<std::uint64_t>(at + first_at)};
    header.count = get_little_endian<std::uint32_t>(at + count_at);
    header.term = {get_little_endian<std::uint64_t>(at + term_at)};
    get_bytes(at + writer_at, header.writer.bytes);
    get_bytes(at + next_writer_at, header.next_writer.bytes);
    get_bytes(at + previous_at, header.previous);
    header.read_back = {get_little_endian<std::uint64_t>(at + read_back_at)};
    header.recorded = from_microseconds(get_little_endian<std::uint64_t>(at + recorded_at));
    get_bytes(at + machine_at, header.machine_digest);
    header.pack = {get_little_endian<std::uint64_t>(at + pack_at)};
    return header;
}

/// Hash, magic and format version stand in the same place in every format to come, so a record of a
/// newer format is recognised as one and not mistaken for damage.
bool begins_as_commit(Bytes stored) {
    return stored.size() >= version_at + 2 &&
           text_of(stored.subspan(magic_at, commit_magic.size())) == commit_magic;
}

}  // namespace

CommitReading read_commit(Bytes stored) {
    if (!begins_as_commit(stored)) return {};
    CommitReading reading;
    get_bytes(stored.data(), reading.view.hash);
    if (sha256(stored.subspan(sizeof(Hash))) != reading.view.hash) {
        reading.shape = CommitShape::wrong_hash;
        return reading;
    }
    return read_checked_commit(stored);
}

CommitReading read_checked_commit(Bytes stored) {
    if (!begins_as_commit(stored)) return {};
    CommitReading reading;
    get_bytes(stored.data(), reading.view.hash);
    if (get_little_endian<std::uint16_t>(stored.data() + version_at) != commit_format_version) {
        reading.shape = CommitShape::unknown_format;
        return reading;
    }
    if (stored.size() < commit_header_bytes) return {};
    reading.view.header = read_header(stored.data());
    reading.view.events = stored.subspan(commit_header_bytes);
    reading.shape = CommitShape::whole;
    return reading;
}

std::optional<CommitHeader> claimed_header(Bytes stored) {
    if (stored.size() < commit_header_bytes ||
        text_of(stored.subspan(magic_at, commit_magic.size())) != commit_magic ||
        get_little_endian<std::uint16_t>(stored.data() + version_at) != commit_format_version)
        return std::nullopt;
    return read_header(stored.data());
}

std::size_t CommitBuilder::stored_size(const v1::StoredEvent& event) {
    using google::protobuf::io::CodedOutputStream;
    const std::size_t size = event.ByteSizeLong();
    return CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(size)) + size;
}

bool CommitBuilder::add(const v1::StoredEvent& event) {
    using google::protobuf::io::CodedOutputStream;
    const std::size_t size = event.ByteSizeLong();
    const auto size32 = static_cast<std::uint32_t>(size);
    const std::size_t framed = CodedOutputStream::VarintSize32(size32) + size;
    if (count_ == commit_events_max || bytes() + framed > commit_bytes_max) return false;
    const std::size_t at = stored_.size();
    stored_.resize(at + framed);
    auto* to = reinterpret_cast<std::uint8_t*>(stored_.data() + at);
    event.SerializeWithCachedSizesToArray(CodedOutputStream::WriteVarint32ToArray(size32, to));
    ++count_;
    return true;
}

std::vector<Byte> CommitBuilder::finish(CommitHeader header) const {
    FERRY_ASSERT(count_ > 0, "a commit holds at least one event");
    header.count = static_cast<std::uint32_t>(count_);
    std::vector<Byte> stored = stored_;
    write_header(stored.data(), header);
    put_bytes(stored.data(), sha256(Bytes(stored).subspan(sizeof(Hash))));
    return stored;
}

void CommitBuilder::back_to(const Mark& mark) {
    stored_.resize(mark.bytes);
    count_ = mark.count;
}

std::vector<Bytes> split_events(const CommitView& commit) {
    using google::protobuf::io::CodedInputStream;
    std::vector<Bytes> pieces;
    // `count` is somebody's claim: a hostile one must not reserve gigabytes.
    pieces.reserve(std::min<std::size_t>(commit.header.count, commit_events_max));
    const auto* data = reinterpret_cast<const std::uint8_t*>(commit.events.data());
    CodedInputStream stream(data, static_cast<int>(commit.events.size()));
    while (pieces.size() < commit.header.count) {
        std::uint32_t size = 0;
        if (!stream.ReadVarint32(&size)) break;
        const auto at = static_cast<std::size_t>(stream.CurrentPosition());
        if (size > commit.events.size() - at) break;
        stream.Skip(static_cast<int>(size));
        pieces.push_back(commit.events.subspan(at, size));
    }
    return pieces;
}

}  // namespace ferry
