#pragma once
/// The logs of the other sites at a log URL, read for whoever goes on with what they released, and
/// for who asks whether a site was taken over. Never written. One thread.
#include "cli/log_url.hpp"
#include "engine/home_evidence.hpp"
#include "engine/replica.hpp"

#include <map>
#include <memory>

namespace ferry {

class OtherLogs {
public:
    explicit OtherLogs(LogUrl url) : url_(std::move(url)) {}

    /// A log that the program has open anyway, and keeps open. `led` is current by itself.
    void lend(const std::string& site, Replica& replica, std::function<bool()> led);
    /// The last known copy of a lost site's log, in place of what stands at the URL.
    void put_copy(const std::string& site, std::unique_ptr<Replica> copy);

    /// Errors: in words why the release does not stand.
    Result<FoundRelease> find(const ReleaseQuestion& question);

    /// Who has taken the site over, if anybody has, and as known to which position.
    struct Taker {
        std::string site;
        TakenSite taken;
    };
    Result<std::optional<Taker>> taker_of(std::string_view site);

private:
    struct Lent {
        Replica* replica = nullptr;
        std::function<bool()> led;
    };
    /// Read to its end as it is now; null where there is no such site.
    Result<Replica*> current(const std::string& site);
    /// The copy of a lost site's log, or what stands at the URL.
    Result<Replica*> lost_log(const std::string& site);
    Result<void> open_all();
    Result<const Fleet*> known(Replica& lost, Position position);
    Result<FoundRelease> take_back(const ReleaseQuestion& question, const Replica& own);
    Result<FoundRelease> left_by_lost(const ReleaseQuestion& question);

    LogUrl url_;
    std::map<std::string, Lent, std::less<>> lent_;
    std::map<std::string, std::unique_ptr<Replica>, std::less<>> own_;
    std::map<std::string, std::unique_ptr<Replica>, std::less<>> copies_;
    std::map<std::string, Fleet> as_known_;  ///< of lost sites, by `site:position`
};

/// Nothing is written to a site that another one goes on for. Errc::configuration.
Error taken_over_error(std::string_view site, const OtherLogs::Taker& taker);

}  // namespace ferry
