#include "events/head_file.hpp"

#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ferry {

namespace {

// magic 8 | position 8 | hash 32 | first 16 bytes of SHA-256 over all before
constexpr std::string_view head_magic = "FRYHEAD1";
constexpr std::size_t head_position_at = 8;
constexpr std::size_t head_hash_at = 16;
constexpr std::size_t head_check_at = 48;
using Slot = std::array<Byte, head_slot_bytes>;
using Slots = std::array<std::optional<Head>, 2>;

Slot stored_slot(const Head& head) {
    Slot slot{};
    std::memcpy(slot.data(), head_magic.data(), head_magic.size());
    put_little_endian(slot.data() + head_position_at, head.position.value);
    std::memcpy(slot.data() + head_hash_at, head.hash.data(), head.hash.size());
    const Hash check = sha256(Bytes(slot).first(head_check_at));
    std::memcpy(slot.data() + head_check_at, check.data(), slot.size() - head_check_at);
    return slot;
}

std::optional<Head> read_slot(const Slot& slot) {
    Head head{{get_little_endian<std::uint64_t>(slot.data() + head_position_at)}, {}};
    std::memcpy(head.hash.data(), slot.data() + head_hash_at, head.hash.size());
    // Writing it again says all there is to check: magic, fields and check.
    return stored_slot(head) == slot ? std::optional(head) : std::nullopt;
}

/// False where the slot could not be read at all; a short slot is no slot.
bool read_slots(int descriptor, Slots& slots) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
        Slot slot{};
        const auto at = static_cast<off_t>(i * slot.size());
        const ssize_t got = pread(descriptor, slot.data(), slot.size(), at);
        if (got < 0) return false;
        slots[i] = read_slot(slot);
    }
    return true;
}

int newest(const Slots& slots) {
    if (!slots[0]) return slots[1] ? 1 : -1;
    return slots[1] && slots[1]->position > slots[0]->position ? 1 : 0;
}

Error head_file_error(const std::filesystem::path& file, std::string_view doing) {
    return {Errc::io, fmt::format("{}: cannot {} the head file: {}. Check the disk and who may "
                                  "write there, then run the command again.",
                                  file.string(), doing, std::strerror(errno))};
}

}  // namespace

Result<std::optional<Head>> read_head_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT) return std::nullopt;
        return std::unexpected(head_file_error(file, "open"));
    }
    Slots slots;
    const bool could_read = read_slots(descriptor, slots);
    const Error error = could_read ? Error{} : head_file_error(file, "read");
    ::close(descriptor);
    if (!could_read) return std::unexpected(error);
    const int which = newest(slots);
    return which < 0 ? std::nullopt : slots[static_cast<std::size_t>(which)];
}

HeadFile::~HeadFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> HeadFile::open() {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return std::unexpected(error("open"));
    Slots slots;
    if (!read_slots(descriptor_, slots)) return std::unexpected(error("read"));
    next_slot_ = newest(slots) == 0 ? 1 : 0;
    return {};
}

Result<void> HeadFile::write(const Head& head) {
    if (descriptor_ < 0)
        if (auto opened = open(); !opened) return opened;
    const Slot slot = stored_slot(head);
    const auto at = static_cast<off_t>(static_cast<std::size_t>(next_slot_) * slot.size());
    const ssize_t written = pwrite(descriptor_, slot.data(), slot.size(), at);
    if (written != static_cast<ssize_t>(slot.size())) {
        if (written >= 0) errno = ENOSPC;
        return std::unexpected(error("write"));
    }
    next_slot_ = 1 - next_slot_;
    return {};
}

Result<void> HeadFile::sync() {
    if (descriptor_ >= 0 && fsync(descriptor_) != 0) return std::unexpected(error("sync"));
    return {};
}

Error HeadFile::error(std::string_view doing) const { return head_file_error(file_, doing); }

}  // namespace ferry
