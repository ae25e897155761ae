#pragma once
/// Packs as people name them: one that is part of the program, or a file. One thread.
#include "cli/session.hpp"
#include "engine/pack_toml.hpp"

namespace ferry {

struct PackSource {
    std::string name;  ///< as it was given
    std::string toml;
    PackReading reading;
};

/// A file where there is one of that name, else a built-in pack. Errc::bad_input where it is
/// neither.
Result<PackSource> find_pack(const std::string& name);

/// The same, and it has no fault: all its faults are on stderr otherwise, and the exit code is set.
std::optional<PackSource> right_pack(Session& session, const std::string& name);

}  // namespace ferry
