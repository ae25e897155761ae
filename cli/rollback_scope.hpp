#pragma once
/// Which entities a rollback concerns, site by site.
#include "cli/sites.hpp"

#include <map>

namespace ferry {

/// No selector means everything in every site. Withdrawn members belong to it too: whether somebody
/// is present is decided state.
Result<std::map<Site*, std::vector<EntityNumber>>> rollback_scope(
    Sites& sites, const std::vector<std::string>& selectors);

}  // namespace ferry
