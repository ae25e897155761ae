#pragma once
/// Entities as people type them on a command line. Pure but for the sites that are asked.
#include "cli/sites.hpp"

#include <string>
#include <string_view>

namespace ferry {

/// The one form Ferry keeps: lower case, without `sip:`; a bare address means a user.
std::string entity_id(std::string_view typed);

/// The entity with that id. Errc::bad_input where no site knows it, with the nearest one that is
/// known, or with how to begin where nothing is registered at all.
Result<Sites::Place> find_entity(Sites& sites, std::string_view typed);

/// `enter-coexistence` and `enterCoexistence` mean the same action.
std::optional<v1::Action> action_argument(std::string_view typed);

}  // namespace ferry
