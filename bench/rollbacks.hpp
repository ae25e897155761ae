#pragma once
/// Rows about rolling back the last wave of an estate that `Estate::make` made.
#include "bench/rows.hpp"

namespace ferry::bench {

/// Plans and runs the rollback of 100,000 users, and the rollback of that rollback, in turns.
void add_rollback_rows(Bench& bench, const std::filesystem::path& directory);

}  // namespace ferry::bench
