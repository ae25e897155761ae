#pragma once
/// Files that a person names on the command line. Any thread.
#include "events/error.hpp"

#include <string>

namespace ferry {

/// The whole of a file, read at once. Errc::bad_input where it cannot be opened or read.
Result<std::string> read_input_file(const std::string& path);

/// `sha256:<hex>` of what a file holds: how evidence names it for ever, wherever the file goes.
std::string content_digest(std::string_view bytes);

/// The evidence of a check: the text itself, or for `@FILE` the file's digest and name.
Result<std::string> evidence_of(const std::string& text);

}  // namespace ferry
