#pragma once
/// The campaigns at one log URL, as the writers of sites and the verbs that show them read them:
/// nothing here is ever written. A log that cannot be read is passed over and said once; its sites
/// go on by what they saw last. One thread.
#include "cli/log_url.hpp"
#include "engine/replica.hpp"

#include <chrono>
#include <deque>
#include <filesystem>
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

/// Says when a directory has to be listed again, by its time of change: what asks before each batch
/// of commands would else open and read it each time.
class ListedDirectory {
public:
    /// False only where nothing can have come or gone since it was listed. For a while after each
    /// change it says true, since a file system's clock stands still between two ticks.
    bool may_have_changed(const std::filesystem::path& directory,
                          std::chrono::steady_clock::time_point now);
    /// It could not be listed.
    void forget() { changed_.reset(); }

private:
    std::optional<std::filesystem::file_time_type> changed_;
    std::chrono::steady_clock::time_point first_seen_;
    bool settled_ = false;
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
    ListedDirectory directory_;          ///< where they are looked for in files
    std::deque<CampaignLog> logs_;
    std::set<std::string> told_;
    std::optional<std::chrono::steady_clock::time_point> looked_;
};

/// The events by which a site's writer records what its log does not say yet of `seen`.
std::vector<v1::StoredEvent> news_of(const Fleet& site, const std::vector<v1::CampaignSeen>& seen);

}  // namespace ferry
