#include "events/sqlite_row.hpp"

#include "events/commit.hpp"
#include "events/reservation.hpp"

#include <fmt/format.h>

#include <cstring>

namespace ferry {

namespace {

constexpr std::string_view what_next =
    "`ferry verify` says how far the log is intact; `ferry repair` sets the rest aside.";

}  // namespace

Error damage(const std::filesystem::path& file, std::string_view what) {
    return {Errc::damaged, fmt::format("{}: {}. {}", file.string(), what, what_next)};
}

Error damaged_row(const std::filesystem::path& file, std::int64_t row, std::string_view what) {
    return damage(file, fmt::format("row {} is damaged: {}", row, what));
}

std::optional<Error> misplaced(const std::filesystem::path& file, std::int64_t row, Bytes bytes) {
    const bool reserves = read_reservation(bytes).shape != ReservationShape::not_a_reservation;
    if (reserves || row == 0) {
        if (reserves && row == 0) return {};
        return damaged_row(
            file, row,
            reserves ? "a reservation stands in row 0 alone" : "no commit may stand there");
    }
    const auto header = claimed_header(bytes);
    if (row > 0 && (!header || header->first.value == static_cast<std::uint64_t>(row))) return {};
    return damaged_row(file, row,
                       header
                           ? fmt::format("it holds the commit of position {}", header->first.value)
                           : std::string("no commit may stand there"));
}

std::optional<Head> claimed_head(std::int64_t row, Bytes bytes) {
    if (row == 0 && read_reservation(bytes).shape == ReservationShape::whole) return Head{};
    const auto header = claimed_header(bytes);
    if (!header || header->first.value != static_cast<std::uint64_t>(row)) return std::nullopt;
    Head head{header->last(), {}};
    std::memcpy(head.hash.data(), bytes.data(), head.hash.size());
    return head;
}

}  // namespace ferry
