#pragma once
/// One site's share of `ferry serve`: it follows the log, leads it once nobody else does, and then
/// answers commands until it is stopped or overtaken. What fails on the way ends a reign and not
/// the service, but for a log that is damaged or that this build may not write to. One thread.
#include "cli/campaign_watch.hpp"
#include "cli/command_topic.hpp"
#include "cli/exit_code.hpp"
#include "cli/log_url.hpp"
#include "cli/other_logs.hpp"
#include "cli/publishing_thread.hpp"
#include "engine/writer.hpp"

#include <functional>

namespace ferry {

struct ServiceOptions {
    LogUrl url;  ///< of kind kafka
    std::string site;
    bool confirm_clock = false;
    std::chrono::milliseconds lease{3000};
    /// One line for people about what the service does; called from the service's thread.
    std::function<void(const std::string&)> say;
};

class SiteService {
public:
    /// `stopping` is looked at about every 50 ms.
    SiteService(ServiceOptions options, const std::atomic<bool>& stopping);

    /// Returns once asked to stop, with the lease released, or where it cannot go on.
    ExitCode run();

private:
    /// From following to the end of one reign.
    Result<void> follow_and_lead();
    Result<void> follow_only(Replica& replica, const std::string& why);
    Result<void> reign(Replica& replica, Writer& writer,
                       std::optional<PublishingThread>& publishing);
    /// Takes commands and answers them; decides the next while those before are on their way.
    Result<void> serve(Replica& replica, Writer& writer, CommandTopic& topic);
    void note_garbage(const TakenCommands& taken);
    /// Records what the campaigns say to this site.
    Result<void> learn(Replica& replica, Writer& writer);
    Result<void> check_not_taken_over(OtherLogs& others);
    bool keep_following(Replica& replica);
    void note(const CommitView& commit);
    Result<void> check_not_truncated(const Replica& replica) const;
    void rest(std::chrono::milliseconds time) const;
    void say(const std::string& line) const { options_.say(line); }

    ServiceOptions options_;
    const std::atomic<bool>& stopping_;
    SystemClock clock_;
    SystemRandomness randomness_;
    std::optional<Error>
        followed_into_;  ///< what stopped the following while a lease was waited out
    /// The last commit that counted, over all rounds: a log that no longer has it was truncated,
    /// also where the round that read it is over.
    struct Seen {
        Position position;
        Hash head;
    };
    std::optional<Seen> seen_;
    bool seen_replaced_ = false;
    bool led_ = false;  ///< the last round came as far as leading
    std::uint64_t garbage_ = 0;
    std::optional<std::chrono::steady_clock::time_point> others_asked_;
    CampaignWatch campaigns_;
};

}  // namespace ferry
