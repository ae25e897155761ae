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
    const auto [slot, fresh] = slots_.emplace(hash_of(id), position.value);
    last_slot_ = fresh
                     ? &slot->second
                     : &collisions_.insert_or_assign(std::string(id), position.value).first->second;
    last_id_ = id;
}

std::vector<Position> CommandIndex::candidates(std::string_view id) const {
    std::vector<Position> positions;
    if (const auto slot = slots_.find(hash_of(id)); slot != slots_.end())
        positions.push_back({slot->second});
    else return positions;
    if (const auto other = collisions_.find(std::string(id)); other != collisions_.end())
        positions.push_back({other->second});
    return positions;
}

void CommandIndex::prefetch(std::string_view id) const {
    // The map does not say where a key would stand, and looking for it is what brings it.
    if (const auto slot = slots_.find(hash_of(id)); slot != slots_.end())
        __builtin_prefetch(&slot->second);
}

void CommandIndex::clear() { *this = CommandIndex(hash_); }

void CommandIndex::store(std::vector<std::uint64_t>& columns,
                         std::vector<std::string>& collisions) const {
    columns.reserve(columns.size() + slots_.size() * 2);
    for (const auto& [hash, position] : slots_) {
        columns.push_back(hash);
        columns.push_back(position);
    }
    for (const auto& [id, position] : collisions_)
        collisions.push_back(std::to_string(position) + " " + id);
}

void CommandIndex::load(const std::vector<std::uint64_t>& columns,
                        const std::vector<std::string>& collisions) {
    clear();
    slots_.reserve(columns.size() / 2);
    for (std::size_t i = 0; i + 1 < columns.size(); i += 2)
        slots_.emplace(columns[i], columns[i + 1]);
    for (const std::string& line : collisions) {
        std::uint64_t position = 0;
        const auto end = std::from_chars(line.data(), line.data() + line.size(), position).ptr;
        collisions_.emplace(line.substr(static_cast<std::size_t>(end - line.data()) + 1), position);
    }
}

}  // namespace ferry
