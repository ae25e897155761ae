#pragma once
/// Values in PowerShell scripts. A script that is run by an administrator must say what was
/// recorded and nothing else, whatever somebody named their account. Pure.
#include "events/error.hpp"

#include <string>
#include <string_view>

namespace ferry {

/// `'O''Brien'`: a literal in single quotes, in which nothing is expanded. PowerShell takes the
/// typographic quotes U+2018 to U+201B for the plain one, so they are doubled too.
/// Errc::bad_input for what no literal can carry safely: control characters, line separators,
/// bytes that are not UTF-8, and nothing at all.
Result<std::string> powershell_quoted(std::string_view value);

/// One line of a comment: what could end it is replaced.
std::string powershell_comment(std::string_view text);

}  // namespace ferry
