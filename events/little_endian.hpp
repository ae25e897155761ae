#pragma once
/// Fixed-width numbers in stored bytes: least significant byte first, on every machine.
#include "events/ids.hpp"

#include <concepts>

namespace ferry {

template <std::unsigned_integral Number>
constexpr void put_little_endian(Byte* to, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        to[i] = static_cast<Byte>((static_cast<std::uint64_t>(number) >> (8 * i)) & 0xff);
}

template <std::unsigned_integral Number>
constexpr Number get_little_endian(const Byte* from) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        number |= std::to_integer<std::uint64_t>(from[i]) << (8 * i);
    return static_cast<Number>(number);
}

}  // namespace ferry
