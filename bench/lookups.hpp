#pragma once
/// Rows about single entities, taken at random from an estate that `Estate::make` made.
#include "bench/rows.hpp"
#include "engine/replica.hpp"

namespace ferry::bench {

/// History, and as-of, of one user of `users`; `size` says in the table how large the log is.
void add_lookup_rows(Bench& bench, const std::filesystem::path& directory, std::uint32_t users,
                     const std::string& size);

/// Opens for reading, by the snapshot where there is one. Stops the process where it cannot.
void opened(Replica& replica);
/// Stores the snapshot; stops the process where it cannot.
void stored(const Replica& replica);
/// Stops the writer in order; stops the process where it cannot.
void stopped(Replica& replica);

}  // namespace ferry::bench
