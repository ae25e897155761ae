// Arrays on large pages are arrays like others, whatever their size.
#include "engine/large_pages.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <string_view>

namespace ferry::test {

namespace {

constexpr std::size_t page = std::size_t{2} << 20;

std::uintptr_t place_in_page(const void* memory) {
    return reinterpret_cast<std::uintptr_t>(memory) % page;
}

}  // namespace

TEST_CASE("an array keeps what is in it while it grows from small pages to large ones") {
    LargeVector<std::uint32_t> numbers;
    for (std::uint32_t number = 0; number < 3'000'000; ++number) numbers.push_back(number);
    CHECK(place_in_page(numbers.data()) == 0);
    const auto sum = std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    CHECK(sum == 2'999'999ULL * 3'000'000 / 2);
    LargeVector<std::uint32_t> moved = std::move(numbers);
    moved.resize(10);
    moved.shrink_to_fit();
    CHECK(moved == LargeVector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("a size that is no whole number of pages is given back whole") {
    for (const std::size_t bytes : {2 * page, 2 * page + 1, 3 * page - 1}) {
        auto* const memory = static_cast<char*>(take_large(bytes));
        CHECK(place_in_page(memory) == 0);
        memory[0] = 'a';
        memory[bytes - 1] = 'z';
        give_back_large(memory, bytes);
    }
}

TEST_CASE("a text on large pages is read as any other") {
    LargeString names;
    while (names.size() < 3 * page) names.append("user:alice@contoso.com");
    CHECK(std::string_view(names).substr(names.size() - 22) == "user:alice@contoso.com");
}

}  // namespace ferry::test
