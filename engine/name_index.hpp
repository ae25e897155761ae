#pragma once
/// From an entity's id to its number, in about ten bytes an entity: the numbers alone are kept, and
/// hashed and compared by the names they stand for. It follows its entities when it is asked, and
/// what was moved from elsewhere is indexed anew. One thread at a time.
#include "engine/entity.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// Where the names stand; owned by the fleet that asks.
struct Names {
    const std::vector<Entity>& entities;  ///< by number; [0] has no name
    const std::string& names;

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
    void clear() { numbers_.reset(); }

private:
    struct Hash {
        using is_transparent = void;
        using is_avalanching = void;  // std::hash of a text is
        Names names;
        std::size_t operator()(std::string_view id) const {
            return std::hash<std::string_view>()(id);
        }
        std::size_t operator()(std::uint32_t number) const { return (*this)(names[number]); }
    };
    struct Same {
        using is_transparent = void;
        Names names;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(std::string_view id, std::uint32_t b) const { return id == names[b]; }
        bool operator()(std::uint32_t a, std::string_view id) const { return id == names[a]; }
    };

    std::optional<boost::unordered_flat_set<std::uint32_t, Hash, Same>> numbers_;
    std::uint32_t indexed_ = 1;  // the first number that is not indexed yet
};

}  // namespace ferry
