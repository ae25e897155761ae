#pragma once
/// A rollback of a random scope to a random moment, perhaps over many small commits, perhaps
/// interrupted and resumed, with everything checked that a rollback promises.
#include "tests/random_history.hpp"

#include <optional>

namespace ferry::test {

struct RolledBack {
    std::size_t restored = 0;
    bool resumed = false;
};

/// Nothing where the plan refuses or nothing differs. `pack` is the estate's.
std::optional<RolledBack> roll_back_at_random(Estate& estate, RandomHistory& history,
                                              const Pack& pack);

}  // namespace ferry::test
