#pragma once
/// The one writer of a campaign's log: what a coordinator decided, and what people ask of it. It
/// leads the log as briefly as it can, so that a person is not kept out by a coordinator. One
/// thread.
#include "cli/log_url.hpp"
#include "cli/session.hpp"
#include "engine/writer.hpp"

namespace ferry {

class CampaignWriter {
public:
    /// Leads the campaign's log and reads to its end, waiting a little for another writer to be
    /// done. Errors: unavailable, damaged, configuration.
    static Result<std::unique_ptr<CampaignWriter>> open(Session& session, const LogUrl& url,
                                                        const std::string& campaign);

    /// Begins the log with its plan. Errc::not_allowed where there is one already.
    Result<void> plan(const std::string& toml);
    /// Whole, or not at all. The session's actor and reason are filled in.
    Result<void> append(v1::StoredEvent event);
    /// Lets others lead.
    Result<void> close();

    /// Nothing where the log has not begun.
    const Campaign* campaign() const { return replica_.fleet.campaign.get(); }
    const Replica& replica() const { return replica_; }

private:
    CampaignWriter(Session& session, std::string campaign, std::unique_ptr<Log> log)
        : session_(session), name_(std::move(campaign)), replica_(std::move(log)) {}

    Session& session_;
    std::string name_;
    SystemClock clock_;
    SystemRandomness randomness_;
    Replica replica_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace ferry
