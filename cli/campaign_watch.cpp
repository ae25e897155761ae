#include "cli/campaign_watch.hpp"

#include "engine/campaign_seen.hpp"

namespace ferry {

namespace {

constexpr std::chrono::milliseconds read_every{250};

}  // namespace

CampaignWatch::CampaignWatch(LogUrl url, std::string site, CampaignLogs::Say say)
    : url_(std::move(url)),
      site_(std::move(site)),
      say_(std::move(say)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void CampaignWatch::run(const std::stop_token& stop) {
    url_.kafka.stop = stop;
    CampaignLogs campaigns(url_, [&](const std::string& line) {
        if (!stop.stop_requested()) say_(line);
    });
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        lock.unlock();
        campaigns.read();
        std::vector<v1::CampaignSeen> seen = campaigns.seen(site_);
        lock.lock();
        seen_ = std::move(seen);
        rests_.wait_for(lock, stop, read_every, [] { return false; });
    }
}

std::vector<v1::StoredEvent> CampaignWatch::news(const Fleet& site) {
    const std::lock_guard lock(mutex_);
    return news_of(site, seen_);
}

}  // namespace ferry
