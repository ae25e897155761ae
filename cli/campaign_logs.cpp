#include "cli/campaign_logs.hpp"

#include "engine/campaign_seen.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// A broker is asked for its topics no more often than this; a directory is looked at each time.
constexpr std::chrono::seconds topics_asked_every{5};

/// The coarsest clock of a file system in use here is that of FAT, which ticks every two seconds.
constexpr std::chrono::seconds directory_settles_after{3};

}  // namespace

bool ListedDirectory::may_have_changed(const std::filesystem::path& directory,
                                       std::chrono::steady_clock::time_point now) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(directory, error);
    if (error) {
        forget();
        return true;
    }
    if (changed_ != changed) {
        changed_ = changed;
        first_seen_ = now;
        settled_ = false;
        return true;
    }
    if (settled_) return false;
    settled_ = now - first_seen_ > directory_settles_after;
    return true;
}

void CampaignLogs::tell(const std::string& about, const Error& error) {
    if (!told_.insert(about).second || !say_) return;
    say_(
        fmt::format("cut off from {}: {}. What was seen of it before still holds: sites go on with "
                    "what is open to them and wait at closed gates",
                    about, error.message));
}

CampaignLog* CampaignLogs::named(std::string_view campaign) {
    for (CampaignLog& each : logs_)
        if (each.name == campaign) return &each;
    return nullptr;
}

void CampaignLogs::look_for_more() {
    const auto now = std::chrono::steady_clock::now();
    if (url_.kind == LogKind::kafka && looked_ && now - *looked_ < topics_asked_every) return;
    if (url_.kind == LogKind::sqlite && !directory_.may_have_changed(url_.directory, now)) return;
    looked_ = now;
    const auto names = campaigns_at(url_, topics_);
    if (!names) {
        directory_.forget();
        return tell("the campaigns", names.error());
    }
    told_.erase("the campaigns");
    for (const std::string& name : *names)
        if (!named(name)) logs_.emplace_back(name, open_log(url_, campaign_log(name), "ferry"));
}

void CampaignLogs::read() {
    look_for_more();
    for (CampaignLog& each : logs_) {
        const std::string about = "campaign " + each.name;
        auto read = each.replica.catch_up();
        if (read && each.replica.damage)
            read = fail(Errc::damaged,
                        fmt::format("its log is damaged after position {} ({})",
                                    each.replica.damage->after.value, each.replica.damage->reason));
        if (read && each.replica.fleet.unknown)
            read = fail(Errc::configuration,
                        fmt::format("its log holds {}, which this build does not know",
                                    each.replica.fleet.unknown->what));
        each.reachable = read.has_value();
        if (!read) tell(about, read.error());
        else told_.erase(about);
    }
}

std::vector<v1::CampaignSeen> CampaignLogs::seen(std::string_view site) const {
    std::vector<v1::CampaignSeen> all;
    for (const CampaignLog& each : logs_) {
        if (!each.reachable) continue;
        auto one = seen_by(each.replica.fleet, each.replica.acceptance, site);
        if (one) all.push_back(std::move(*one));
    }
    return all;
}

std::vector<v1::StoredEvent> CampaignLogs::news(const Fleet& site) const {
    return news_of(site, seen(site.site));
}

std::vector<v1::StoredEvent> news_of(const Fleet& site, const std::vector<v1::CampaignSeen>& seen) {
    std::vector<v1::StoredEvent> events;
    for (const v1::CampaignSeen& each : seen)
        if (is_news(site, each)) events.push_back(seen_event(each));
    return events;
}

}  // namespace ferry
