#pragma once
/// The legacy pools that Ferry knows or is about to, by their names, short names and successors.
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry::intake {

struct PoolEntry {
    std::string name;
    std::string site;
    /// What Ferry knows comes first; an import may name another one, which is drift.
    std::vector<std::string> successors;
};

/// Filled first, then asked. Entries stay where they are. One thread.
class PoolBook {
public:
    PoolBook() = default;
    PoolBook(const PoolBook&) = delete;
    PoolBook& operator=(const PoolBook&) = delete;

    using Found = std::vector<const PoolEntry*>;

    /// Adds a pool, or a further successor to one that is there.
    const PoolEntry& add(const std::string& name, const std::string& site,
                         const std::string& successor);

    const PoolEntry* find(std::string_view name) const;

    /// The legacy pools that a full or short lower-case name can mean.
    const Found& legacy(std::string_view name) const { return look_up(by_name_, name); }

    /// The legacy pools whose successor a full or short lower-case name can mean.
    const Found& replaced_by(std::string_view name) const { return look_up(by_successor_, name); }

private:
    using Index = std::unordered_map<std::string, Found>;

    static const Found& look_up(const Index& index, std::string_view name);
    static void enter(Index& index, const std::string& name, const PoolEntry* entry);

    std::deque<PoolEntry> entries_;
    std::unordered_map<std::string_view, PoolEntry*> by_full_name_;
    Index by_name_;
    Index by_successor_;
};

}  // namespace ferry::intake
