#include "engine/toml_library.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace ferry {

namespace {

/// An assertion of the library did not hold.
struct Misread {};

bool is_misread(std::string_view text) {
    try {
        (void)toml::parse(text);
        return false;
    } catch (const toml::parse_error&) {
        return false;
    } catch (const Misread&) {
        return true;
    }
}

/// The line at which the parser misreads: who reads on to it misreads any longer text as well.
toml::source_index misread_line(std::string_view text) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '\n') ends.push_back(at + 1);
    ends.push_back(text.size());
    const auto first = std::partition_point(ends.begin(), ends.end(), [&](std::size_t end) {
        return !is_misread(text.substr(0, end));
    });
    return static_cast<toml::source_index>(std::min(first, ends.end() - 1) - ends.begin() + 1);
}

/// Each dot may be a table within a table, which the library takes apart by recursion. A stack
/// of 8 MB has room for 4 KB each, of which builds without optimisation need less than half.
constexpr std::ptrdiff_t dots_max = 2000;

/// The line that has one dot too many.
std::optional<toml::source_index> too_deep(std::string_view text) {
    std::ptrdiff_t dots = 0;
    toml::source_index line = 1;
    for (const char letter : text) {
        if (letter == '\n') ++line;
        if (letter == '.' && ++dots > dots_max) return line;
    }
    return std::nullopt;
}

}  // namespace

void misread_toml() { throw Misread(); }

std::expected<toml::table, TomlFlaw> parse_toml(std::string_view text) {
    if (const auto line = too_deep(text))
        return std::unexpected(
            TomlFlaw{{*line, 1}, "more than 2000 dots, each of which may be a table in a table"});
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return std::unexpected(TomlFlaw{error.source().begin, std::string(error.description())});
    } catch (const Misread&) {
        return std::unexpected(TomlFlaw{{misread_line(text), 1},
                                        "something stands here that is no key, table or value"});
    }
}

}  // namespace ferry
