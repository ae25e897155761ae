#include "cli/import/pool_book.hpp"

#include <algorithm>

namespace ferry::intake {

const PoolEntry& PoolBook::add(const std::string& name, const std::string& site,
                               const std::string& successor) {
    auto known = by_full_name_.find(name);
    if (known == by_full_name_.end()) {
        auto* added = &entries_.emplace_back(PoolEntry{name, site, {}});
        known = by_full_name_.emplace(added->name, added).first;
        enter(by_name_, name, added);
    }
    auto* entry = known->second;
    auto& successors = entry->successors;
    const bool named =
        std::find(successors.begin(), successors.end(), successor) != successors.end();
    if (!successor.empty() && !named) {
        successors.push_back(successor);
        enter(by_successor_, successor, entry);
    }
    return *entry;
}

const PoolEntry* PoolBook::find(std::string_view name) const {
    const auto found = by_full_name_.find(name);
    return found == by_full_name_.end() ? nullptr : found->second;
}

const PoolBook::Found& PoolBook::look_up(const Index& index, std::string_view name) {
    static const Found nothing;
    const auto found = index.find(std::string(name));
    return found == index.end() ? nothing : found->second;
}

void PoolBook::enter(Index& index, const std::string& name, const PoolEntry* entry) {
    const auto once = [&](const std::string& key) {
        auto& found = index[key];
        if (std::find(found.begin(), found.end(), entry) == found.end()) found.push_back(entry);
    };
    once(name);
    // A distinguished name gives the host's first label alone.
    once(name.substr(0, name.find('.')));
}

}  // namespace ferry::intake
