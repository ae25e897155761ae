#pragma once
/// The sites of a log URL for verbs that look at logs as they lie there, without folding them
/// first. One thread.
#include "cli/log_url.hpp"
#include "cli/session.hpp"

namespace ferry {

struct SiteNames {
    LogUrl url;
    std::vector<std::string> names;  ///< sorted; never empty
};

/// All logs, those of campaigns too, or `only` where it is given. Errors: as below.
Result<SiteNames> log_names(const Session& session, const std::string& only);

/// All sites, or `only` where it is given. Errc::unavailable where there is no log at all,
/// Errc::bad_input where there is none of that name.
Result<SiteNames> site_names(const Session& session, const std::string& only);

}  // namespace ferry
