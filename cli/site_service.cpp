#include "cli/site_service.hpp"

#include "engine/words.hpp"
#include "events/kafka_log.hpp"
#include "events/kafka_topic_provision.hpp"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <thread>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds rest_min{100};
constexpr milliseconds rest_max{5000};
/// How long a leader with nothing to do waits for commands.
constexpr milliseconds take_wait{50};
/// How many batches may be on their way while another one is decided.
constexpr std::size_t ahead_max = 2;
/// How often a leader without commands looks whether it still leads.
constexpr milliseconds idle_check{250};
/// A broker that is silent for so long is away: the service says so, and begins anew.
constexpr milliseconds service_stall_max{5000};
/// How often the other sites' logs are asked whether one of them goes on for this site.
constexpr std::chrono::minutes others_asked_every{1};
/// Besides the log's. Of a commands topic that is set otherwise the service might never read some.
constexpr std::array<std::string_view, 2> own_topics{"commands", "results"};
/// What is not delivered then is published by whoever leads next.
constexpr milliseconds flush_max{2000};

/// What another attempt may mend; anything else is for people.
bool passes(const Error& error) {
    return error.code == Errc::unavailable || error.code == Errc::outcome_unknown;
}

}  // namespace

SiteService::SiteService(ServiceOptions options, const std::atomic<bool>& stopping)
    : options_(std::move(options)),
      stopping_(stopping),
      campaigns_(options_.url, options_.site, options_.say) {}

void SiteService::rest(milliseconds time) const {
    const auto until = steady_clock::now() + time;
    while (!stopping_ && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(20));
}

ExitCode SiteService::run() {
    milliseconds wait = rest_min;
    while (!stopping_) {
        led_ = false;
        const auto ended = follow_and_lead();
        if (stopping_) break;
        if (!ended && !passes(ended.error())) {
            say(ended.error().message);
            return exit_code(ended.error().code);
        }
        if (led_) wait = rest_min;
        if (!ended)
            say(fmt::format("{}; tries again in {} ms", ended.error().message, wait.count()));
        // Not in step with the other services that lost the same broker or the same race.
        const auto jitter =
            milliseconds(randomness_.number() % static_cast<std::uint64_t>(wait.count()));
        rest(wait / 2 + jitter);
        wait = std::min(wait * 2, rest_max);
    }
    say("stopped");
    return ExitCode::done;
}

void SiteService::note(const CommitView& commit) {
    const Position last = commit.header.last();
    if (!seen_ || commit.header.previous == seen_->head) seen_ = Seen{last, commit.hash};
    // Also where another service wrote on past the cut before this one read again.
    else if (last >= seen_->position && commit.hash != seen_->head) seen_replaced_ = true;
}

Result<void> SiteService::check_not_truncated(const Replica& replica) const {
    if (!seen_ || (!seen_replaced_ && replica.acceptance.position >= seen_->position)) return {};
    return std::unexpected(
        truncated_after(*replica.log, std::min(replica.acceptance.position, seen_->position)));
}

bool SiteService::keep_following(Replica& replica) {
    auto read = replica.catch_up();
    if (read) read = check_not_truncated(replica);
    if (!read) {
        followed_into_ = read.error();
        return false;
    }
    return !stopping_ && !replica.fleet.unknown;
}

Result<void> SiteService::follow_and_lead() {
    Replica* following = nullptr;
    KafkaLogOptions log_options = kafka_log_options(options_.url, "ferry serve");
    log_options.stall_max = service_stall_max;
    log_options.lease.length = options_.lease;
    log_options.lease.when_lost = options_.say;
    log_options.lease.while_waiting = [&] { return !following || keep_following(*following); };
    Replica replica(
        std::make_unique<KafkaLog>(options_.url.kafka, options_.site, std::move(log_options)));
    replica.on_commit = [this](const CommitView& commit) { note(commit); };
    following = &replica;
    if (auto read = replica.catch_up(); !read) return read;
    if (auto whole = check_not_truncated(replica); !whole) return whole;
    if (replica.fleet.unknown) return follow_only(replica, replica.fleet.unknown->what);
    if (auto provided = provide_topics(options_.url.kafka, options_.site, own_topics); !provided)
        return provided;
    say(fmt::format("follows at position {}", replica.fleet.position.value));
    WriterOptions writer_options;
    writer_options.clock_confirmed = options_.confirm_clock;
    OtherLogs others(options_.url);
    others.lend(options_.site, replica, [] { return true; });
    if (auto own = check_not_taken_over(others); !own) return own;
    writer_options.find_release = [&others](const ReleaseQuestion& question) {
        return others.find(question);
    };
    Writer writer(replica, side_by_side(), clock_, randomness_, writer_options);
    followed_into_.reset();
    const auto opened = writer.open();
    if (followed_into_) return std::unexpected(*followed_into_);
    if (replica.fleet.unknown) return follow_only(replica, replica.fleet.unknown->what);
    if (!opened) return opened;
    // Ends after the lease is released: nobody's commands wait for what is still to be published.
    std::optional<PublishingThread> publishing;
    const auto ended = reign(replica, writer, publishing);
    if (auto stopped = replica.log->stop(); !stopped) return ended ? stopped : ended;
    return ended;
}

/// Who cannot read the other sites' logs goes on with what it owns.
Result<void> SiteService::check_not_taken_over(OtherLogs& others) {
    // Who lost a lease to a broker's trouble tries again at once, and the other logs need not be
    // asked each time.
    if (others_asked_ && steady_clock::now() - *others_asked_ < others_asked_every) return {};
    const auto taker = others.taker_of(options_.site);
    others_asked_ = steady_clock::now();
    if (!taker)
        say(fmt::format("cannot tell whether another site has taken this one over: {}",
                        taker.error().message));
    else if (*taker) return std::unexpected(taken_over_error(options_.site, **taker));
    return {};
}

/// A build that meets what it does not know reads on and must not decide on a state it may lack.
Result<void> SiteService::follow_only(Replica& replica, const std::string& why) {
    say(fmt::format("this build does not know {}, so it follows and does not lead; use the ferry "
                    "that wrote it, or a newer one",
                    why));
    (void)replica.log->stop();
    while (!stopping_) {
        if (auto read = replica.catch_up(); !read) return read;
        rest(idle_check);
    }
    return {};
}

Result<void> SiteService::reign(Replica& replica, Writer& writer,
                                std::optional<PublishingThread>& publishing) {
    // Takes over at once, so that whoever led before is fenced now and not at the first command.
    if (auto taken = writer.execute({}); !taken) return std::unexpected(taken.error());
    if (replica.fleet.commands_next == Offset{0}) {
        const auto refusals = published_refusals(options_.url.kafka, options_.site);
        if (!refusals) return std::unexpected(refusals.error());
        writer.note_published(*refusals);
    }
    auto topic = CommandTopic::open(options_.url.kafka, options_.site, replica.fleet.commands_next);
    if (!topic) return std::unexpected(topic.error());
    led_ = true;
    say(fmt::format("leads in term {} from position {}", replica.acceptance.term.value,
                    replica.fleet.position.value));
    publishing.emplace(options_.url, options_.site, options_.say);
    const auto ended = serve(replica, writer, *topic);
    if (!ended) return ended;
    return topic->flush(flush_max);
}

Result<void> SiteService::learn(Replica& replica, Writer& writer) {
    for (v1::StoredEvent& event : campaigns_.news(replica.fleet)) {
        event.set_actor("ferry serve");
        say(event.reason() + " was seen");
        if (auto noted = writer.append(std::span(&event, 1)); !noted) return noted;
    }
    return {};
}

Result<void> SiteService::serve(Replica& replica, Writer& writer, CommandTopic& topic) {
    std::deque<TakenCommands> begun;
    // All but the latest `left` of them.
    const auto answer = [&](std::size_t left) -> Result<void> {
        while (begun.size() > left) {
            const auto results = writer.finish();
            if (!results) return std::unexpected(results.error());
            if (auto published = topic.publish(begun.front(), *results); !published)
                return published;
            begun.pop_front();
        }
        return {};
    };
    auto looked = steady_clock::now();
    auto learned = looked - idle_check;
    while (!stopping_) {
        const auto wait = begun.empty() ? take_wait : milliseconds(0);
        auto taken = topic.take(commit_events_max, wait);
        if (!taken) return std::unexpected(taken.error());
        note_garbage(*taken);
        const bool learns = steady_clock::now() - learned >= idle_check;
        if (learns || taken->commands.empty())
            if (auto answered = answer(0); !answered) return answered;
        if (learns) {
            if (auto known = learn(replica, writer); !known) return known;
            learned = steady_clock::now();
        }
        if (taken->commands.empty()) {
            // Who is to stop asks nothing more of a broker that may be away.
            if (stopping_ || steady_clock::now() - looked < idle_check) continue;
            looked = steady_clock::now();
            if (auto leads = writer.execute({}); !leads) return std::unexpected(leads.error());
            continue;
        }
        begun.push_back(std::move(*taken));
        writer.begin_taken(begun.back().commands, begun.back().next);
        const bool ahead = replica.acceptance.started();
        if (auto answered = answer(ahead ? ahead_max : 0); !answered) return answered;
    }
    return answer(0);
}

void SiteService::note_garbage(const TakenCommands& taken) {
    if (taken.garbage == 0) return;
    garbage_ += taken.garbage;
    say(fmt::format(
        "{} in the topic of commands, {} in all; nobody can be answered",
        counted(taken.garbage, "record that is no command", "records that are no commands"),
        garbage_));
}

}  // namespace ferry
