#include "cli/campaign_writer.hpp"

#include "engine/words.hpp"
#include "events/log_name.hpp"

#include <fmt/format.h>

#include <thread>

namespace ferry {

namespace {

using std::chrono::steady_clock;

/// A coordinator leads for as long as a round of it takes.
constexpr std::chrono::seconds lead_wait_max{5};
constexpr std::chrono::milliseconds lead_asked_every{20};

}  // namespace

Result<std::unique_ptr<CampaignWriter>> CampaignWriter::open(Session& session, const LogUrl& url,
                                                             const std::string& campaign) {
    const auto until = steady_clock::now() + lead_wait_max;
    for (;;) {
        std::unique_ptr<CampaignWriter> opened(new CampaignWriter(
            session, campaign, open_log(url, campaign_log(campaign), "ferry campaign")));
        WriterOptions options;
        options.clock_confirmed = session.confirm_clock;
        opened->writer_ = std::make_unique<Writer>(opened->replica_, side_by_side(), opened->clock_,
                                                   opened->randomness_, options);
        const auto led = opened->writer_->open();
        if (led) return opened;
        const bool passes = led.error().code == Errc::unavailable && url.kind == LogKind::sqlite;
        if (!passes || steady_clock::now() > until) return std::unexpected(led.error());
        std::this_thread::sleep_for(lead_asked_every);
    }
}

Result<void> CampaignWriter::plan(const std::string& toml) {
    if (campaign())
        return fail(Errc::not_allowed,
                    fmt::format("campaign {} exists already and is {}; a plan is not changed once "
                                "it stands: cancel it and begin one of another name",
                                name_, word(campaign()->state)));
    if (auto created = writer_->create(campaign_log(name_)); !created) return created;
    v1::StoredEvent event;
    event.set_command_id(name_ + "/planned");
    event.mutable_campaign_planned()->set_campaign(name_);
    event.mutable_campaign_planned()->set_toml(toml);
    return append(std::move(event));
}

Result<void> CampaignWriter::append(v1::StoredEvent event) {
    event.set_actor(session_.actor);
    event.set_reason(session_.reason);
    return writer_->append(std::span(&event, 1));
}

Result<void> CampaignWriter::close() {
    writer_.reset();
    return replica_.log->stop();
}

}  // namespace ferry
