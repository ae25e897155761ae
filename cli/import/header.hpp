#pragma once
/// What kind of file this is, known by how it begins.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/error.hpp"

namespace ferry::intake {

enum class FileKind { users, pools, applications, users_ldif };

/// The columns of a CSV file, or nothing but the kind where it is LDIF.
struct Header {
    FileKind kind = FileKind::users;
    char separator = ',';
    std::vector<std::string> columns;  ///< lower case; a column without a name is empty
    std::size_t body_at = 0;           ///< where the records begin in the text
    std::uint32_t body_line = 1;

    /// The column of that lower-case name.
    std::optional<std::size_t> find(std::string_view name) const;
};

/// Reads the header of a decoded text. A Format-Table dump, two columns of one name and a header
/// that is none of ours are refused (bad_input) with the place and what to do instead.
Result<Header> recognise(std::string_view text, std::string_view file);

/// The name of a kind as a person says it: `users`, `pools`, …
std::string_view name_of(FileKind kind);

}  // namespace ferry::intake
