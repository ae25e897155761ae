#pragma once
/// A pack as it is written: TOML (docs/packs.md says which keys there are). Whatever is wrong is
/// named with its place, all of it at once, and nothing that is not understood is passed over.
/// Pure; any thread.
#include "engine/pack.hpp"

namespace ferry {

/// What is wrong with a pack, and what would be right.
struct PackFinding {
    std::size_t line = 0;  ///< from 1
    std::size_t column = 0;
    std::string what;
    std::string remedy;
};

struct PackReading {
    std::optional<Pack> pack;           ///< nothing where there are findings
    std::vector<PackFinding> findings;  ///< by line and column
};

PackReading read_pack(std::string_view toml);

/// `FILE:3:7: what is wrong; what would be right`.
std::string to_text(const PackFinding& finding, std::string_view file);

/// A larger one would not leave its commit room for the transitions it causes.
inline constexpr std::size_t pack_bytes_max = 100'000;

}  // namespace ferry
