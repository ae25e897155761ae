#pragma once
/// The names of guards, apart from what they look at: a pack speaks of them, too. Pure; any thread.
#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry {

enum class Guard : std::uint8_t {
    successor_named,
    checks_passed,
    coexistence_verified,
    pilot_ran,
    members_moved,
    approved,
    pool_in_coexistence,
    pool_in_pilot,
    pool_in_production,
    pool_retired,
    compatible,
    order_respected,
    no_move_in_flight,
    already_registered,
    pool_not_retired,
    label_unused,
    rollback_in_progress,
    within_limits,
    owned_here,
    release_verified,
    pool_fits,
    // Of waves.
    window_open,
    waves_before_completed,
    pilot_wave_completed,
    members_free,
    within_size,
    members_due,
    members_set_back,
    gate_open,
};
inline constexpr std::size_t guard_count = 29;

/// `pool-in-pilot`.
std::string_view name_of(Guard guard);
std::optional<Guard> guard_of(std::string_view name);

}  // namespace ferry
