#pragma once
/// How far a site is, as a table that people like to read. One thread.
#include "projections/progress.hpp"

#include <ostream>

namespace ferry {

struct StatusStyle {
    v1::Kind kind = v1::KIND_UNSPECIFIED;  ///< rows of this kind alone, where it is one
    std::string pool;                      ///< this pool alone, where one is named
    bool bold = false;                     ///< a terminal's bold letters for headers
};

/// `now` is what ages are counted to.
void print_status(std::ostream& out, const Progress& progress, Time now, const StatusStyle& style);

}  // namespace ferry
