#pragma once
/// The standing rules of design.md section 3, read from the page and not from the machines: true of
/// a fleet after every commit, whatever was asked, refused, lost or restored before it.
#include "engine/fleet.hpp"

#include <string>
#include <vector>

namespace ferry::test {

/// Each rule that does not hold, with the entity that breaks it; also counts that do not agree with
/// the entities they count.
std::vector<std::string> broken_rules(const Fleet& fleet);

}  // namespace ferry::test
