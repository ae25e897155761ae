#pragma once
/// Where the answer to a command id stands, over the whole log. Sixteen bytes a command: the id's
/// hash and the position of the last event it caused; the id itself is read back from the log when
/// a hash is met again. Derived: it may be thrown away and folded anew. One thread.
#include "engine/hash_slots.hpp"
#include "events/ids.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry {

class CommandIndex {
public:
    using HashFunction = std::uint64_t (*)(std::string_view);
    /// Another function than the built-in one is for tests of what happens when two ids have one
    /// hash.
    explicit CommandIndex(HashFunction hash = nullptr) : hash_(hash) {}
    CommandIndex(CommandIndex&&) noexcept = default;
    CommandIndex& operator=(CommandIndex&&) noexcept = default;

    /// Called for every event in log order; the last event of a command is the one that is kept.
    void note(std::string_view command_id, Position position);
    /// Positions whose event may carry this id; the caller compares the ids.
    std::vector<Position> candidates(std::string_view command_id) const;
    /// Asks for where this id would stand, without waiting for it.
    void prefetch(std::string_view command_id) const;
    std::size_t size() const { return slots_.size() + collisions_.size(); }
    void clear();

    /// The derived file: (hash, position) pairs as two columns, and the few ids whose hash met
    /// another's. Both are what `note` would have made of the same log.
    void store(std::vector<std::uint64_t>& columns, std::vector<std::string>& collisions) const;
    void load(const std::vector<std::uint64_t>& columns,
              const std::vector<std::string>& collisions);

private:
    std::uint64_t hash_of(std::string_view id) const;

    HashFunction hash_;
    HashSlots<std::uint64_t> slots_;  // of one hash the first id alone
    boost::unordered_flat_map<std::string, std::uint64_t> collisions_;
    std::string last_id_;
    std::uint64_t* last_slot_ = nullptr;
};

}  // namespace ferry
