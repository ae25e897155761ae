#pragma once
/// Publishes a site's log on Kafka beside itself, from a thread of its own that follows the log
/// while this lives: so that whoever leads also publishes, and nobody's command waits for it.
/// What goes wrong is said once and tried again; the log is not concerned. Made and ended by one
/// thread; `say` is called from the other.
#include "cli/log_url.hpp"

#include <atomic>
#include <functional>
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
    void run();
    bool is_out_of_time() const;

    LogUrl url_;
    std::string site_;
    std::function<void(const std::string&)> say_;
    std::atomic<bool> ending_{false};
    std::atomic<std::chrono::steady_clock::time_point> end_{};
    std::thread thread_;
};

}  // namespace ferry
