#pragma once
/// From an entity's id to its number, in about sixteen bytes an entity: numbers and half of their
/// names' hashes are kept, and names compared where they stand. It follows its entities when it is
/// asked, and what was moved from elsewhere is indexed anew. One thread at a time.
#include "engine/entity.hpp"
#include "engine/hash_slots.hpp"
#include "engine/large_pages.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace ferry {

/// Where the names stand; owned by the fleet that asks.
struct Names {
    const LargeVector<Entity>& entities;  ///< by number; [0] has no name
    const LargeString& names;

    std::string_view operator[](std::uint32_t number) const {
        const Entity& entity = entities[number];
        return std::string_view(names).substr(entity.name_at, entity.name_length);
    }
};

class NameIndex {
public:
    NameIndex() = default;
    NameIndex(NameIndex&& other) noexcept { other.clear(); }
    NameIndex& operator=(NameIndex&& other) noexcept {
        clear();
        other.clear();
        return *this;
    }

    std::optional<std::uint32_t> find(const Names& names, std::string_view id);
    /// Asks for what finding these and looking at their entities will read. The waits of one after
    /// the other are several; those of all of them together are hardly more than of one.
    void look_ahead(const Names& names, std::span<const std::string_view> ids);
    void clear() {
        slots_ = {};
        indexed_ = 1;
    }

private:
    void follow(const Names& names);

    HashSlots<std::uint32_t> slots_;
    std::uint32_t indexed_ = 1;  // the first number that is not indexed yet
};

}  // namespace ferry
