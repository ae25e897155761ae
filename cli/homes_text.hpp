#pragma once
/// What there is to say about homes that move: who is between two sites, which site goes on for a
/// lost one, and what that wrote after it was taken over. One thread.
#include "cli/view.hpp"

#include <boost/json/object.hpp>

#include <ostream>

namespace ferry {

/// After all sites; nothing where nothing moves.
void print_homes(std::ostream& out, const std::vector<SiteView>& sites);

/// The same of one of them, as keys that are there only where they say something.
void add_homes(boost::json::object& json, const std::vector<SiteView>& sites, const SiteView& of);

}  // namespace ferry
