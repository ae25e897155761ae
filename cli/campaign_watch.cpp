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
      thread_([this] { run(); }) {}

CampaignWatch::~CampaignWatch() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ended_.notify_all();
    thread_.join();
}

void CampaignWatch::run() {
    CampaignLogs campaigns(url_, say_);
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        campaigns.read();
        std::vector<v1::CampaignSeen> seen = campaigns.seen(site_);
        lock.lock();
        seen_ = std::move(seen);
        ended_.wait_for(lock, read_every, [this] { return ending_; });
    }
}

std::vector<v1::StoredEvent> CampaignWatch::news(const Fleet& site) {
    const std::lock_guard lock(mutex_);
    return news_of(site, seen_);
}

}  // namespace ferry
