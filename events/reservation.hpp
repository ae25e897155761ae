#pragma once
/// A reservation is a small fixed-width record outside the chain that says: this log is a copy, and
/// waits for its origin to be sealed for this writer. It is the first record of every copy, on
/// every kind of log, and stands there before any commit does, so that no moment exists in which a
/// copy could be taken for a log of its own. Nothing in a chain can say that: the same bytes stand
/// in the origin. Plain values; any thread.
#include "events/ids.hpp"

#include <vector>

namespace ferry {

inline constexpr std::size_t reservation_bytes = 72;

struct Reservation {
    LogId log_id;     ///< of the log that is copied
    WriterId writer;  ///< drawn by the copy: who goes on here once the origin is sealed for it
};

enum class ReservationShape { whole, not_a_reservation, wrong_hash, unknown_format };

struct ReservationReading {
    ReservationShape shape = ReservationShape::not_a_reservation;
    Reservation reservation;
};

ReservationReading read_reservation(Bytes stored);
std::vector<Byte> stored_reservation(const Reservation& reservation);

}  // namespace ferry
