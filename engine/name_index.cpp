#include "engine/name_index.hpp"

namespace ferry {

std::optional<std::uint32_t> NameIndex::find(const Names& names, std::string_view id) {
    const std::size_t size = names.entities.size();
    if (!numbers_) {
        numbers_.emplace(size, Hash{names}, Same{names});
        indexed_ = 1;
    }
    for (; indexed_ < size; ++indexed_) numbers_->insert(indexed_);
    const auto found = numbers_->find(id);
    if (found == numbers_->end()) return std::nullopt;
    return *found;
}

}  // namespace ferry
