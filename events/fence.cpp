#include "events/fence.hpp"

#include "events/framed_record.hpp"

namespace ferry {

namespace {

// In the frame: log id 16 | term 8 | writer 16
constexpr std::string_view fence_magic = "FRYF";
constexpr std::size_t fence_log_id_at = framed_at;
constexpr std::size_t fence_term_at = fence_log_id_at + 16;
constexpr std::size_t fence_writer_at = fence_term_at + 8;
static_assert(fence_writer_at + 16 + sizeof(Hash) == fence_bytes);

}  // namespace

FenceReading read_fence(Bytes stored) {
    FenceReading reading;
    reading.shape = framed_shape(stored, fence_magic, fence_bytes, FenceShape::not_a_fence);
    if (reading.shape != FenceShape::whole) return reading;
    std::memcpy(reading.fence.log_id.bytes.data(), stored.data() + fence_log_id_at, 16);
    reading.fence.term = {get_little_endian<std::uint64_t>(stored.data() + fence_term_at)};
    std::memcpy(reading.fence.writer.bytes.data(), stored.data() + fence_writer_at, 16);
    return reading;
}

std::vector<Byte> stored_fence(const Fence& fence) {
    std::vector<Byte> stored = open_frame(fence_magic, fence_bytes);
    std::memcpy(stored.data() + fence_log_id_at, fence.log_id.bytes.data(), 16);
    put_little_endian(stored.data() + fence_term_at, fence.term.value);
    std::memcpy(stored.data() + fence_writer_at, fence.writer.bytes.data(), 16);
    close_frame(stored);
    return stored;
}

}  // namespace ferry
