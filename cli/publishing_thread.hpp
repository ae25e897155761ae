#pragma once
/// Publishes a site's log on Kafka beside itself, from a thread of its own that follows the log
/// while this lives: so that whoever leads also publishes, and nobody's command waits for it.
/// What goes wrong is said once and tried again; the log is not concerned. Made and ended by one
/// thread; `say` is called from the other.
#include "cli/log_url.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace ferry {

class PublishingThread {
public:
    PublishingThread(LogUrl url, std::string site, std::function<void(const std::string&)> say);
    /// Publishes what has come, for two seconds at most, and ends.
    ~PublishingThread();
    PublishingThread(const PublishingThread&) = delete;
    PublishingThread& operator=(const PublishingThread&) = delete;

private:
    void run(const std::stop_token& out_of_time);

    LogUrl url_;
    std::string site_;
    std::function<void(const std::string&)> say_;
    std::atomic<bool> ending_{false};
    std::promise<void> ended_;
    std::jthread thread_;  ///< last, for it uses all of the above
};

}  // namespace ferry
