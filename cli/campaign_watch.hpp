#pragma once
/// Follows the campaigns at a log URL from a thread of its own while this lives, so that a site's
/// service waits for no log but its own: where a broker is away, what was seen last holds. Made,
/// asked and ended by one thread, which waits for no broker then; `say` is called from the other.
#include "cli/campaign_logs.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace ferry {

class CampaignWatch {
public:
    CampaignWatch(LogUrl url, std::string site, CampaignLogs::Say say);

    /// What was seen lately and the site's log does not say: events for its writer. Waits for
    /// nothing.
    std::vector<v1::StoredEvent> news(const Fleet& site);

private:
    void run(const std::stop_token& stop);

    LogUrl url_;
    std::string site_;
    CampaignLogs::Say say_;
    std::mutex mutex_;
    std::condition_variable_any rests_;
    std::vector<v1::CampaignSeen> seen_;
    std::jthread thread_;  ///< last, for it uses all of the above
};

}  // namespace ferry
