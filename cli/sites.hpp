#pragma once
/// The sites at one log URL, opened: each a replica, and a writer where something is written to it.
/// Commands are routed to the site of their entity, which belongs to one. One thread.
#include "cli/campaign_logs.hpp"
#include "cli/log_url.hpp"
#include "cli/other_logs.hpp"
#include "cli/session.hpp"
#include "cli/via_kafka.hpp"
#include "engine/writer.hpp"

#include <deque>
#include <map>

namespace ferry {

struct Site {
    Site(std::string with_name, std::unique_ptr<Log> log)
        : name(std::move(with_name)), replica(std::move(log)) {}
    std::string name;
    Replica replica;
    std::unique_ptr<Writer> writer;          ///< once it leads, or rehearses
    std::unique_ptr<ServiceClient> service;  ///< once it was asked, with --via kafka
};

class Sites {
public:
    /// Opens every site that has a log, from its snapshot where there is one. `for_writing` also
    /// loads the index of command ids.
    static Result<std::unique_ptr<Sites>> open(Session& session, bool for_writing);

    std::deque<Site>& all() { return sites_; }
    const LogUrl& url() const { return url_; }
    Site* named(std::string_view site);
    /// The site that knows the entity, with its number there.
    struct Place {
        Site* site = nullptr;
        EntityNumber number;
    };
    /// Where several know it, the one that goes on with it, or while it is between two sites the
    /// one that released it.
    std::optional<Place> find(std::string_view entity);
    /// Of an entity that is away: whether no site has gone on with it yet.
    bool is_between(const Place& place);
    std::vector<const Fleet*> fleets() const;
    /// By whom it was taken over; null where it was not.
    const OtherLogs::Taker* taker_of(std::string_view site) const {
        const auto found = lost_.find(site);
        return found == lost_.end() ? nullptr : &found->second;
    }
    bool is_lost(std::string_view site) const { return taker_of(site) != nullptr; }
    /// What the logs of the other sites say.
    OtherLogs& others() { return *others_; }

    /// Decides the commands in order, each at its site; one result a command. With --dry-run
    /// nothing is appended.
    Result<std::vector<v1::CommandResult>> execute(std::span<const v1::Command> commands);

    /// Makes the site's writer lead, for verbs that append what they planned.
    Result<void> lead(Site& site);

    /// A command with a fresh id, the session's actor and reason, for verbs that make commands.
    v1::Command command(std::string entity);

    /// Stops the writers in order: snapshots that are due, checkpoints, locks.
    Result<void> close();

    /// Damage and unknown contents that reads should name, on stderr. The exit code of a read.
    ExitCode warn_about_logs();

    /// The pack that decides in this site.
    const Pack& pack(const Site& site) const {
        return pack_in_force(site.replica.fleet, *session_.pack);
    }

private:
    Sites(Session& session, LogUrl url)
        : session_(session),
          url_(url),
          campaigns_(std::move(url), [&session](const std::string& line) { session.warn(line); }) {}
    Result<Site*> writing(const std::string& name);
    /// The site's writer records what the campaigns say to it before it decides by that.
    Result<void> learn(Site& site);
    Site* route(const v1::Command& command);
    /// The answer to a registration of an entity that another site knows.
    std::optional<v1::CommandResult> known_elsewhere(const Request& request);
    /// By the site's writer, or by the service that leads its log.
    Result<std::vector<v1::CommandResult>> decide(Site& site,
                                                  std::span<const v1::Command> commands);
    Result<void> run_group(Site& site, std::span<const v1::Command> commands,
                           const std::vector<std::size_t>& picked,
                           std::vector<v1::CommandResult>& results);

    Session& session_;
    LogUrl url_;
    CampaignLogs campaigns_;
    std::deque<Site> sites_;
    std::unique_ptr<OtherLogs> others_;
    /// Sites that another one has taken over, and by whom.
    std::map<std::string, OtherLogs::Taker, std::less<>> lost_;
    SystemClock clock_;
    SystemRandomness randomness_;
    std::string id_prefix_;
    std::uint64_t ids_given_ = 0;
};

}  // namespace ferry
