#pragma once
/// Where something stands in a file somebody gave us, and what is to be said about it. Plain
/// values.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::intake {

/// Line and column, both from 1; columns count characters, as an editor shows them.
struct Spot {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    friend bool operator==(const Spot&, const Spot&) = default;
};

struct Place {
    std::string file;
    Spot spot;
};

/// One thing to tell about one place. A reject leaves its record out; a warning does not.
struct Finding {
    Place place;
    std::string what;
    std::string remedy;
};

/// `file:line:column`.
std::string to_text(const Place& place);

/// `file:line:column: what; remedy`.
std::string to_text(const Finding& finding);

/// The spot of byte `offset` of `text`, where `text` begins at the start of line `first_line`.
Spot spot_in(std::string_view text, std::size_t offset, std::uint32_t first_line);

}  // namespace ferry::intake
