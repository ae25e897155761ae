#pragma once
/// The campaigns at one log URL, as the writers of sites and the verbs that show them read them:
/// nothing here is ever written. A log that cannot be read is passed over and said once; its sites
/// go on by what they saw last. One thread.
#include "cli/log_url.hpp"
#include "engine/replica.hpp"

#include <deque>
#include <functional>
#include <set>

namespace ferry {

struct CampaignLog {
    CampaignLog(std::string with_name, std::unique_ptr<Log> log)
        : name(std::move(with_name)), replica(std::move(log)) {
        replica.keeps_index = false;
    }
    std::string name;
    Replica replica;
    bool reachable = false;  ///< when it was read last
};

class CampaignLogs {
public:
    using Say = std::function<void(const std::string&)>;

    /// Nothing is opened before it is read. `say` is told, once each, of what cannot be read.
    CampaignLogs(LogUrl url, Say say) : url_(std::move(url)), say_(std::move(say)) {}

    /// Looks for campaigns and reads on in each.
    void read();

    /// What the campaigns that could be read say to the site.
    std::vector<v1::CampaignSeen> seen(std::string_view site) const;
    /// Of that, what the site's own log does not say: events for its writer.
    std::vector<v1::StoredEvent> news(const Fleet& site) const;

    std::deque<CampaignLog>& all() { return logs_; }
    CampaignLog* named(std::string_view campaign);

private:
    void look_for_more();
    void tell(const std::string& about, const Error& error);

    LogUrl url_;
    Say say_;
    std::optional<KafkaTopics> topics_;  ///< the connection by which they are looked for
    std::deque<CampaignLog> logs_;
    std::set<std::string> told_;
    std::optional<std::chrono::steady_clock::time_point> looked_;
};

/// The events by which a site's writer records what its log does not say yet of `seen`.
std::vector<v1::StoredEvent> news_of(const Fleet& site, const std::vector<v1::CampaignSeen>& seen);

}  // namespace ferry
