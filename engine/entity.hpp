#pragma once
/// The state of one entity, small enough that ten million of them fit one machine. Plain values.
#include "engine/prefetch.hpp"
#include "events/ids.hpp"
#include "ferry/v1/vocabulary.pb.h"

#include <string_view>

namespace ferry {

/// An enum kept in one byte.
template <class Enum>
struct Small {
    std::uint8_t raw = 0;
    constexpr Small() = default;
    constexpr Small(Enum value) : raw(static_cast<std::uint8_t>(value)) {}
    constexpr operator Enum() const { return static_cast<Enum>(raw); }
};

/// The decided state is {lifecycle, coexistence, compatibility, home, presence, pilot-ran,
/// transfer}: exactly what a rollback sets back. `knowledge` is coexistence for a pool,
/// compatibility for an application and the client for a user; only the last of these is observed,
/// not decided.
struct Entity {
    Position last_position;     ///< of its latest event
    std::uint32_t version = 0;  ///< see Version; narrow to keep the record small
    std::uint32_t pool = 0;     ///< entity number of a member's pool
    std::uint32_t text = 0;     ///< a pool's successor, an application's class (Fleet::texts)
    std::uint32_t name_at = 0;  ///< where its id stands in Fleet::names
    std::uint16_t name_length = 0;
    Small<v1::Kind> kind;
    Small<v1::State> lifecycle;
    Small<v1::State> knowledge;
    Small<v1::State> transfer;
    Small<v1::State> presence;
    bool on_new_side : 1 = false;  ///< home: the pool itself, or its successor
    bool pilot_ran : 1 = false;    ///< of a pool: some member reached pilot or came already moved
    bool exempt : 1 = false;       ///< found on the new side; until its first transition
    bool disabled : 1 = false;
    bool enabled_unknown : 1 = false;  ///< an import did not say; then not disabled either
    bool closed : 1 = false;  ///< in the scope of a rollback that has started and not finished
    bool away : 1 = false;    ///< released: another site's, or on its way there

    /// Part of this site's estate: neither withdrawn nor another site's.
    bool present() const { return presence == v1::STATE_PRESENT && !away; }
    bool is_member() const { return kind == v1::KIND_USER || kind == v1::KIND_APPLICATION; }
};
static_assert(sizeof(Entity) <= 40);

/// Asks for it without waiting, both of the cache lines that it may lie on.
inline void prefetch(const Entity& entity) {
    prefetch_line(&entity);
    prefetch_line(reinterpret_cast<const char*>(&entity + 1) - 1);
}

/// Whether the account is enabled: `true`, `false` or `unknown`.
constexpr std::string_view enabled_word(const Entity& entity) {
    if (entity.enabled_unknown) return "unknown";
    return entity.disabled ? "false" : "true";
}

/// `present`, `withdrawn` or, of an entity that is another site's, `released`.
constexpr std::string_view presence_word(const Entity& entity) {
    if (entity.away) return "released";
    return entity.is_member() && entity.presence != v1::STATE_PRESENT ? "withdrawn" : "present";
}

}  // namespace ferry
