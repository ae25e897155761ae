#include "events/reservation.hpp"

#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <cstring>

namespace ferry {

namespace {

// magic 4 | format version 2 | zero 2 | log id 16 | writer 16 | SHA-256 of all before 32
constexpr std::string_view reservation_magic = "FRYR";
constexpr std::uint16_t reservation_format_version = 1;
constexpr std::size_t reservation_version_at = 4;
constexpr std::size_t reservation_log_id_at = 8;
constexpr std::size_t reservation_writer_at = 24;
constexpr std::size_t reservation_hash_at = 40;
static_assert(reservation_hash_at + sizeof(Hash) == reservation_bytes);

}  // namespace

ReservationReading read_reservation(Bytes stored) {
    if (stored.size() != reservation_bytes ||
        text_of(stored.first(reservation_magic.size())) != reservation_magic)
        return {};
    ReservationReading reading;
    Hash hash{};
    std::memcpy(hash.data(), stored.data() + reservation_hash_at, hash.size());
    if (sha256(stored.first(reservation_hash_at)) != hash) {
        reading.shape = ReservationShape::wrong_hash;
        return reading;
    }
    if (get_little_endian<std::uint16_t>(stored.data() + reservation_version_at) !=
        reservation_format_version) {
        reading.shape = ReservationShape::unknown_format;
        return reading;
    }
    std::memcpy(reading.reservation.log_id.bytes.data(), stored.data() + reservation_log_id_at, 16);
    std::memcpy(reading.reservation.writer.bytes.data(), stored.data() + reservation_writer_at, 16);
    reading.shape = ReservationShape::whole;
    return reading;
}

std::vector<Byte> stored_reservation(const Reservation& reservation) {
    std::vector<Byte> stored(reservation_bytes);
    std::memcpy(stored.data(), reservation_magic.data(), reservation_magic.size());
    put_little_endian(stored.data() + reservation_version_at, reservation_format_version);
    std::memcpy(stored.data() + reservation_log_id_at, reservation.log_id.bytes.data(), 16);
    std::memcpy(stored.data() + reservation_writer_at, reservation.writer.bytes.data(), 16);
    const Hash hash = sha256(Bytes(stored).first(reservation_hash_at));
    std::memcpy(stored.data() + reservation_hash_at, hash.data(), hash.size());
    return stored;
}

}  // namespace ferry
