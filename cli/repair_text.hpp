#pragma once
/// What a repair would do to a log, in words: for `ferry repair` and whoever stops at damage. Pure.
#include "events/sqlite_repair.hpp"

namespace ferry {

/// `paris: row 9 does not count: …; kept up to position 8, 3 row(s) of 900 bytes would be set
/// aside`.
std::string repair_plan_text(const std::string& site, const RepairReport& report);

}  // namespace ferry
