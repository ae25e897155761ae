#pragma once
/// `ferry pack adopt`: from here on the sites are decided by this pack. One thread.
#include "cli/pack_source.hpp"

namespace ferry {

/// In every site, or in the one that is named.
ExitCode adopt_pack(Session& session, const std::string& pack, const std::string& only_site);

}  // namespace ferry
