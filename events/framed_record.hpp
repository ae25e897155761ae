#pragma once
/// The frame that fences and reservations share, whatever stands inside:
///
///     magic 4 | format version 2 | zero 2 | … | SHA-256 of all before 32
///
/// docs/log-format.md draws the bytes. For the two files that read and write them. Pure.
#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <cstring>
#include <vector>

namespace ferry {

inline constexpr std::uint16_t framed_format_version = 1;
inline constexpr std::size_t framed_version_at = 4;
/// What stands inside begins here.
inline constexpr std::size_t framed_at = 8;

/// What bytes of this magic and size are; `other` where they are neither. The hash is checked
/// before any field is believed.
template <class Shape>
Shape framed_shape(Bytes stored, std::string_view magic, std::size_t size, Shape other) {
    if (stored.size() != size || text_of(stored.first(magic.size())) != magic) return other;
    const std::size_t hash_at = size - sizeof(Hash);
    Hash hash{};
    std::memcpy(hash.data(), stored.data() + hash_at, hash.size());
    if (sha256(stored.first(hash_at)) != hash) return Shape::wrong_hash;
    return get_little_endian<std::uint16_t>(stored.data() + framed_version_at) ==
                   framed_format_version
               ? Shape::whole
               : Shape::unknown_format;
}

/// A frame with nothing inside yet; `close_frame` once all is.
inline std::vector<Byte> open_frame(std::string_view magic, std::size_t size) {
    std::vector<Byte> stored(size);
    std::memcpy(stored.data(), magic.data(), magic.size());
    put_little_endian(stored.data() + framed_version_at, framed_format_version);
    return stored;
}

inline void close_frame(std::vector<Byte>& stored) {
    const std::size_t hash_at = stored.size() - sizeof(Hash);
    const Hash hash = sha256(Bytes(stored).first(hash_at));
    std::memcpy(stored.data() + hash_at, hash.data(), hash.size());
}

}  // namespace ferry
