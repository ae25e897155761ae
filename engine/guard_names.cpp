#include "engine/guard_names.hpp"

#include <array>

namespace ferry {

namespace {

constexpr std::array<std::string_view, guard_count> guard_names{"successor-named",
                                                                "checks-passed",
                                                                "coexistence-verified",
                                                                "pilot-ran",
                                                                "members-moved",
                                                                "approved",
                                                                "pool-in-coexistence",
                                                                "pool-in-pilot",
                                                                "pool-in-production",
                                                                "pool-retired",
                                                                "compatible",
                                                                "order-respected",
                                                                "no-move-in-flight",
                                                                "already-registered",
                                                                "pool-not-retired",
                                                                "label-unused",
                                                                "rollback-in-progress",
                                                                "within-limits",
                                                                "owned-here",
                                                                "release-verified",
                                                                "pool-fits",
                                                                "window-open",
                                                                "waves-before-completed",
                                                                "pilot-wave-completed",
                                                                "members-free",
                                                                "within-size",
                                                                "members-due",
                                                                "members-set-back",
                                                                "gate-open"};

}  // namespace

std::string_view name_of(Guard guard) { return guard_names[static_cast<std::size_t>(guard)]; }

std::optional<Guard> guard_of(std::string_view name) {
    for (std::size_t i = 0; i < guard_names.size(); ++i)
        if (guard_names[i] == name) return static_cast<Guard>(i);
    return std::nullopt;
}

}  // namespace ferry
