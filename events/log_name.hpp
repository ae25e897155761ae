#pragma once
/// What the logs at one place are called: a site's by the site, a campaign's by a prefix that no
/// site's name can have. Pure; any thread.
#include <string>
#include <string_view>

namespace ferry {

inline constexpr std::string_view campaign_log_prefix = "campaign_";
inline bool is_campaign_log(std::string_view log) { return log.starts_with(campaign_log_prefix); }
inline std::string campaign_log(std::string_view campaign) {
    return std::string(campaign_log_prefix).append(campaign);
}

/// The name of a site's log, or of a campaign's.
bool is_log_name(std::string_view log);

}  // namespace ferry
