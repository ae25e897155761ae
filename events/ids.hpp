#pragma once
/// Strong types for the numbers and names that cross a header, so that a position is never passed
/// where a version is meant. All are plain values: copy freely, no thread rule.
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ferry {

/// An unsigned count with a meaning. `Tag` keeps the meanings apart.
template <class Tag>
struct Counted {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(Counted, Counted) = default;
    constexpr Counted next(std::uint64_t by = 1) const { return {value + by}; }
};

using Position = Counted<struct PositionTag>;  ///< of an event in a log, dense from 1; 0 = none
using Version = Counted<struct VersionTag>;    ///< of an entity, dense from 1; 0 = none
using Term = Counted<struct TermTag>;          ///< of a writer's reign, from 1
using Offset = Counted<struct OffsetTag>;      ///< where a record stands in one kind of log
using EntityNumber = Counted<struct EntityNumberTag>;  ///< dense per log from 1; 0 = `site:NAME`

using Byte = std::byte;
using Bytes = std::span<const std::byte>;

/// Sixteen random bytes with a meaning: log, commit and writer ids.
template <class Tag>
struct RandomId {
    std::array<std::byte, 16> bytes{};
    friend constexpr auto operator<=>(const RandomId&, const RandomId&) = default;
};
using LogId = RandomId<struct LogIdTag>;
using CommitId = RandomId<struct CommitIdTag>;
using WriterId = RandomId<struct WriterIdTag>;

/// SHA-256 output.
using Hash = std::array<std::byte, 32>;

/// Recorded time: microseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

std::string to_hex(Bytes bytes);
/// Nothing where it is not 64 hexadecimal digits.
std::optional<Hash> hash_from_hex(std::string_view hex);

}  // namespace ferry
