#pragma once
/// The entity numbers of an unordered table in their order, so that equal tables are equal bytes.
/// Pure.
#include <algorithm>
#include <cstdint>
#include <vector>

namespace ferry {

template <class Table>
std::vector<std::uint32_t> sorted_numbers(const Table& table) {
    std::vector<std::uint32_t> numbers;
    for (const auto& [number, value] : table) numbers.push_back(number);
    std::ranges::sort(numbers);
    return numbers;
}

}  // namespace ferry
