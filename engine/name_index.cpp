#include "engine/name_index.hpp"

#include "engine/prefetch.hpp"

#include <algorithm>
#include <array>

namespace ferry {

namespace {

std::uint32_t hash_of(std::string_view id) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(id));
}

constexpr std::size_t looked_at_once = 32;

}  // namespace

void NameIndex::follow(const Names& names) {
    const std::size_t size = names.entities.size();
    if (indexed_ == size) return;
    slots_.reserve(size);
    for (; indexed_ < size; ++indexed_) slots_.add(hash_of(names[indexed_]), indexed_);
}

std::optional<std::uint32_t> NameIndex::find(const Names& names, std::string_view id) {
    follow(names);
    const std::uint32_t* const found =
        slots_.find(hash_of(id), [&](std::uint32_t number) { return names[number] == id; });
    return found ? std::optional(*found) : std::nullopt;
}

void NameIndex::look_ahead(const Names& names, std::span<const std::string_view> ids) {
    follow(names);
    std::array<std::uint32_t, looked_at_once> found{};
    for (; !ids.empty(); ids = ids.subspan(std::min(ids.size(), looked_at_once))) {
        const std::size_t count = std::min(ids.size(), looked_at_once);
        for (std::size_t i = 0; i < count; ++i) {
            found[i] = hash_of(ids[i]);
            slots_.prefetch(found[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t* const number = slots_.find(found[i]);
            found[i] = number ? *number : 0;
            prefetch(names.entities[found[i]]);
        }
        for (std::size_t i = 0; i < count; ++i) prefetch_line(names[found[i]].data());
    }
}

}  // namespace ferry
