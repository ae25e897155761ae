#pragma once
/// A share of a pool's users, chosen so that everybody who asks gets the same ones. Pure.
#include "engine/fleet.hpp"

namespace ferry {

/// `5%`, `0.5%`, `100%`; nothing where the text is no share above 0 and up to 100.
std::optional<double> percent_of(std::string_view text);

/// See projections/selector.hpp.
std::vector<EntityNumber> share_of_users(const Fleet& fleet, EntityNumber pool, double percent);

}  // namespace ferry
