// `ferry coordinate`: keeps the sites of a campaign in step. It reads their logs and writes to the
// campaign's alone; all that it remembers stands there, so it may be killed and started anywhere.
#include "cli/campaign_sites.hpp"
#include "cli/campaign_text.hpp"
#include "cli/campaign_writer.hpp"
#include "cli/program.hpp"
#include "cli/stop_signal.hpp"
#include "engine/campaign_steps.hpp"
#include "engine/public_event.hpp"

#include <fmt/format.h>

#include <set>

namespace ferry {

namespace {

struct CoordinateOptions {
    std::string campaign;
    bool once = false;
    double interval_seconds = 2;
};

class Coordinator {
public:
    Coordinator(Session& session, LogUrl url, const CoordinateOptions& options)
        : session_(session), url_(std::move(url)), options_(options) {}

    /// One round: reads what the sites have done, and decides until nothing is left to decide.
    Result<void> round();
    bool ended() const { return ended_; }

private:
    Result<void> follow();
    Result<void> decide();
    void tell_cut_off();

    Session& session_;
    LogUrl url_;
    const CoordinateOptions& options_;
    SystemClock clock_;
    std::unique_ptr<Replica> campaign_;  ///< followed, and not led
    std::unique_ptr<CampaignSites> sites_;
    std::set<std::string> told_;
    bool ended_ = false;
};

Result<void> Coordinator::follow() {
    if (!campaign_)
        campaign_ = std::make_unique<Replica>(
            open_log(url_, campaign_log(options_.campaign), "ferry coordinate"));
    if (auto read = campaign_->catch_up(); !read) return read;
    if (campaign_->damage) return std::unexpected(campaign_damaged(*campaign_));
    if (!campaign_->fleet.campaign)
        return std::unexpected(no_campaign(session_, options_.campaign));
    if (!sites_) sites_ = std::make_unique<CampaignSites>(url_, campaign_->fleet.campaign->plan);
    return {};
}

void Coordinator::tell_cut_off() {
    for (const CampaignSiteLog& log : sites_->all()) {
        if (log.cut_off.empty()) told_.erase(log.name);
        else if (told_.insert(log.name).second)
            session_.warn(fmt::format("cut off from {}: {}; what it reported last is what counts",
                                      log.name, log.cut_off));
    }
}

Result<void> Coordinator::decide() {
    auto writer = CampaignWriter::open(session_, url_, options_.campaign);
    if (!writer) return std::unexpected(writer.error());
    const Time now = clock_.now();
    const auto standings = sites_->standings(options_.campaign, *session_.pack, now);
    for (;;) {
        auto step = next_step(*(*writer)->campaign(), standings, now);
        if (!step) break;
        if (auto appended = (*writer)->append(std::move(*step)); !appended) return appended;
        print_last_event(session_, (*writer)->replica());
    }
    return (*writer)->close();
}

Result<void> Coordinator::round() {
    if (auto followed = follow(); !followed) return followed;
    sites_->read();
    tell_cut_off();
    const Campaign& campaign = *campaign_->fleet.campaign;
    const Time now = clock_.now();
    ended_ = campaign.state == v1::STATE_CAMPAIGN_CANCELLED;
    const auto standings = sites_->standings(options_.campaign, *session_.pack, now);
    if (!next_step(campaign, standings, now)) return {};
    if (session_.dry_run) {
        session_.out << "there is something to decide; without --dry-run it would be\n";
        return {};
    }
    return decide();
}

ExitCode coordinate(Session& session, const CoordinateOptions& options) {
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return session.report(url.error());
    if (!is_log_name(campaign_log(options.campaign)))
        return session.report(no_campaign(session, options.campaign));
    Coordinator coordinator(session, *url, options);
    if (options.once) {
        if (auto ran = coordinator.round(); !ran) return session.report(ran.error());
        return session.exit;
    }
    const StopSignal signals;
    const std::chrono::milliseconds interval(static_cast<int>(options.interval_seconds * 1000));
    while (!StopSignal::asked() && !coordinator.ended()) {
        if (auto ran = coordinator.round(); !ran) {
            // What another writer or a lost broker keeps from us passes; all else is for people.
            const Errc code = ran.error().code;
            if (code != Errc::unavailable && code != Errc::outcome_unknown)
                return session.report(ran.error());
            session.warn(ran.error().message + "; tries again");
        }
        session.out.flush();
        StopSignal::wait(interval);
    }
    return session.exit;
}

}  // namespace

void add_coordinate(CLI::App& app, Session& session) {
    const auto options = std::make_shared<CoordinateOptions>();
    Verb verb(app, "coordinate",
              "Keep the sites of a campaign in step\n\n"
              "Examples:\n"
              "  ferry coordinate emea\n"
              "  ferry coordinate emea --once\n\n"
              "Reads the logs of the campaign's sites and writes to the campaign's own log alone. "
              "It may be killed at any moment and started again, anywhere.");
    verb.add_option("CAMPAIGN", options->campaign, "The campaign's name").required();
    verb.add_flag("--once", options->once, "One round, and not on and on");
    verb.add_option("--interval", options->interval_seconds, "Seconds between two rounds")
        .between(0.05, 3600.0)
        .with_default_shown();
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { coordinate(session, *options); });
}

}  // namespace ferry
