#include "engine/command_index.hpp"

#include "events/error.hpp"

#include <charconv>

namespace ferry {

std::uint64_t CommandIndex::hash_of(std::string_view id) const {
    // The standard library's takes eight bytes at a time; Boost's takes one.
    return hash_ ? hash_(id) : std::hash<std::string_view>()(id);
}

void CommandIndex::note(std::string_view id, Position position) {
    if (id.empty()) return;
    // The events of one command stand together, so meeting the same id again at once is the same
    // command going on and not another id with the same hash.
    if (last_slot_ && id == last_id_) {
        *last_slot_ = position.value;
        return;
    }
    const std::uint64_t hash = hash_of(id);
    last_slot_ = slots_.find(hash)
                     ? &collisions_.insert_or_assign(std::string(id), position.value).first->second
                     : slots_.add(hash, position.value);
    last_id_ = id;
}

std::vector<Position> CommandIndex::candidates(std::string_view id) const {
    std::vector<Position> positions;
    const std::uint64_t* const slot = slots_.find(hash_of(id));
    if (!slot) return positions;
    positions.push_back({*slot});
    if (const auto other = collisions_.find(std::string(id)); other != collisions_.end())
        positions.push_back({other->second});
    return positions;
}

void CommandIndex::prefetch(std::string_view id) const { slots_.prefetch(hash_of(id)); }

void CommandIndex::clear() { *this = CommandIndex(hash_); }

void CommandIndex::store(std::vector<std::uint64_t>& columns,
                         std::vector<std::string>& collisions) const {
    columns.reserve(columns.size() + slots_.size() * 2);
    slots_.for_each([&](const auto& slot) {
        columns.push_back(slot.hash);
        columns.push_back(slot.value);
    });
    for (const auto& [id, position] : collisions_)
        collisions.push_back(std::to_string(position) + " " + id);
}

void CommandIndex::load(const std::vector<std::uint64_t>& columns,
                        const std::vector<std::string>& collisions) {
    clear();
    slots_.reserve(columns.size() / 2);
    for (std::size_t i = 0; i + 1 < columns.size(); i += 2)
        if (columns[i + 1] != 0) slots_.add(columns[i], columns[i + 1]);
    for (const std::string& line : collisions) {
        std::uint64_t position = 0;
        const auto end = std::from_chars(line.data(), line.data() + line.size(), position).ptr;
        collisions_.emplace(line.substr(static_cast<std::size_t>(end - line.data()) + 1), position);
    }
}

}  // namespace ferry
