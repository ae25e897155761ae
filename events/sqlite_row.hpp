#pragma once
/// A row of an embedded log: what its bytes claim, and how damage to it is named. Stateless.
#include "events/error.hpp"
#include "events/head_file.hpp"

namespace ferry {

/// Damage to the whole of `file`, with what to do next.
Error damage(const std::filesystem::path& file, std::string_view what);
Error damaged_row(const std::filesystem::path& file, std::int64_t row, std::string_view what);

/// A commit stands in the row of its first position, a reservation in row 0; an error where this
/// one does not. A row that is neither passes here and is refused by acceptance.
std::optional<Error> misplaced(const std::filesystem::path& file, std::int64_t row, Bytes bytes);

/// What the row says about the end of the chain; a commit's hash is not checked against its bytes.
/// Behind a reservation that is position 0.
std::optional<Head> claimed_head(std::int64_t row, Bytes bytes);

}  // namespace ferry
