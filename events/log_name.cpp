#include "events/log_name.hpp"

#include "events/sqlite_log.hpp"

namespace ferry {

bool is_log_name(std::string_view log) {
    return is_site_name(is_campaign_log(log) ? log.substr(campaign_log_prefix.size()) : log);
}

}  // namespace ferry
