#pragma once
/// How often a fault is tried, and what was counted, for the matrix of tests/faults.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace ferry::test {

inline std::uint64_t many(std::uint64_t usually, std::uint64_t at_length) {
    return std::getenv("FERRY_LONG") ? at_length : usually;
}

/// FERRY_TEST_SEED, else one that no run had before; the figures name it.
inline std::uint64_t first_seed() {
    if (const char* const given = std::getenv("FERRY_TEST_SEED")) return std::stoull(given);
    return std::random_device()() % 1'000'000'000;
}

/// One line that tests/faults puts into its matrix.
inline void figures(std::string_view said) { std::cout << "figures: " << said << '\n'; }

}  // namespace ferry::test
