#pragma once
/// A pack told rule by rule, one line each, for people to read and for two packs to be compared.
/// The lines stand in a fixed order, whatever the order of the file. Pure; any thread.
#include "engine/pack.hpp"

namespace ferry {

std::vector<std::string> pack_lines(const Pack& pack);

/// What the second pack no longer says and what it says anew.
struct PackDifference {
    std::vector<std::string> removed;
    std::vector<std::string> added;
    bool none() const { return removed.empty() && added.empty(); }
};
PackDifference pack_difference(const Pack& before, const Pack& after);

}  // namespace ferry
