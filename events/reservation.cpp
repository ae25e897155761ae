#include "events/reservation.hpp"

#include "events/framed_record.hpp"

namespace ferry {

namespace {

// In the frame: log id 16 | writer 16
constexpr std::string_view reservation_magic = "FRYR";
constexpr std::size_t reservation_log_id_at = framed_at;
constexpr std::size_t reservation_writer_at = reservation_log_id_at + 16;
static_assert(reservation_writer_at + 16 + sizeof(Hash) == reservation_bytes);

}  // namespace

ReservationReading read_reservation(Bytes stored) {
    ReservationReading reading;
    reading.shape = framed_shape(stored, reservation_magic, reservation_bytes,
                                 ReservationShape::not_a_reservation);
    if (reading.shape != ReservationShape::whole) return reading;
    std::memcpy(reading.reservation.log_id.bytes.data(), stored.data() + reservation_log_id_at, 16);
    std::memcpy(reading.reservation.writer.bytes.data(), stored.data() + reservation_writer_at, 16);
    return reading;
}

std::vector<Byte> stored_reservation(const Reservation& reservation) {
    std::vector<Byte> stored = open_frame(reservation_magic, reservation_bytes);
    std::memcpy(stored.data() + reservation_log_id_at, reservation.log_id.bytes.data(), 16);
    std::memcpy(stored.data() + reservation_writer_at, reservation.writer.bytes.data(), 16);
    close_frame(stored);
    return stored;
}

}  // namespace ferry
