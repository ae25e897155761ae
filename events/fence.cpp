#include "events/fence.hpp"

#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <cstring>

namespace ferry {

namespace {

// magic 4 | format version 2 | zero 2 | log id 16 | term 8 | writer 16 | SHA-256 of all before 32
constexpr std::string_view fence_magic = "FRYF";
constexpr std::uint16_t fence_format_version = 1;
constexpr std::size_t fence_version_at = 4;
constexpr std::size_t fence_log_id_at = 8;
constexpr std::size_t fence_term_at = 24;
constexpr std::size_t fence_writer_at = 32;
constexpr std::size_t fence_hash_at = 48;
static_assert(fence_hash_at + sizeof(Hash) == fence_bytes);

}  // namespace

FenceReading read_fence(Bytes stored) {
    if (stored.size() != fence_bytes || text_of(stored.first(fence_magic.size())) != fence_magic)
        return {};
    FenceReading reading;
    Hash hash{};
    std::memcpy(hash.data(), stored.data() + fence_hash_at, hash.size());
    if (sha256(stored.first(fence_hash_at)) != hash) {
        reading.shape = FenceShape::wrong_hash;
        return reading;
    }
    if (get_little_endian<std::uint16_t>(stored.data() + fence_version_at) !=
        fence_format_version) {
        reading.shape = FenceShape::unknown_format;
        return reading;
    }
    std::memcpy(reading.fence.log_id.bytes.data(), stored.data() + fence_log_id_at, 16);
    reading.fence.term = {get_little_endian<std::uint64_t>(stored.data() + fence_term_at)};
    std::memcpy(reading.fence.writer.bytes.data(), stored.data() + fence_writer_at, 16);
    reading.shape = FenceShape::whole;
    return reading;
}

std::vector<Byte> stored_fence(const Fence& fence) {
    std::vector<Byte> stored(fence_bytes);
    std::memcpy(stored.data(), fence_magic.data(), fence_magic.size());
    put_little_endian(stored.data() + fence_version_at, fence_format_version);
    std::memcpy(stored.data() + fence_log_id_at, fence.log_id.bytes.data(), 16);
    put_little_endian(stored.data() + fence_term_at, fence.term.value);
    std::memcpy(stored.data() + fence_writer_at, fence.writer.bytes.data(), 16);
    const Hash hash = sha256(Bytes(stored).first(fence_hash_at));
    std::memcpy(stored.data() + fence_hash_at, hash.data(), hash.size());
    return stored;
}

}  // namespace ferry
