#include "cli/mover_loop.hpp"

#include "cli/printable.hpp"
#include "cli/stop_signal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <thread>

namespace ferry {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds poll_wait{200};
constexpr milliseconds attempt_wait_max{600'000};
constexpr milliseconds report_wait{1'000};
// A site that was created meanwhile is seen no later than after this.
constexpr std::chrono::seconds reopen_after{30};

}  // namespace

Result<void> MoverLoop::read() {
    const auto now = Clock::now();
    if (!sites_ || now - opened_at_ > reopen_after) {
        auto sites = Sites::open(session_, false);
        if (!sites) return std::unexpected(sites.error());
        sites_ = std::move(*sites);
        opened_at_ = now;
    }
    open_.clear();
    for (Site& site : sites_->all()) {
        if (!options_.site.empty() && site.name != options_.site) continue;
        if (auto caught_up = site.replica.catch_up(); !caught_up)
            return std::unexpected(caught_up.error());
        if (site.replica.damage)
            return fail(Errc::damaged,
                        fmt::format("{} is damaged after position {} ({}); run `ferry verify`",
                                    site.replica.log->name(), site.replica.damage->after.value,
                                    site.replica.damage->reason));
        std::ranges::move(open_moves(site.replica.fleet), std::back_inserter(open_));
    }
    // What nobody waits for any more needs no attempts.
    std::erase_if(attempts_, [&](const auto& each) {
        return std::ranges::find(open_, each.first, &MoveOrder::move) == open_.end();
    });
    return {};
}

/// What moves one account happens one after the other, and is reported in that order.
bool MoverLoop::busy(const MoveOrder& order) const {
    return reports_.holds(order.entity) ||
           std::ranges::any_of(running_, [&](const Running& running) {
               return running.order.entity == order.entity;
           });
}

void MoverLoop::start_some() {
    for (const MoveOrder& order : open_) {
        if (running_.size() >= options_.concurrency) return;
        const auto waiting = attempts_.find(order.move);
        const bool early = waiting != attempts_.end() && Clock::now() < waiting->second.not_before;
        if (!early && !busy(order)) start(order);
    }
}

void MoverLoop::start(const MoveOrder& order) {
    Waiting& waiting = attempts_[order.move];
    ++waiting.attempts;
    auto process = MoveProcess::start(options_.command, order, waiting.attempts, options_.timeout,
                                      [&](pid_t group) { return runs_.note(order.move, group); });
    if (!process) {
        session_.warn(process.error().message);
        waiting.not_before = Clock::now() + back_off_after(waiting.attempts);
        return;
    }
    running_.push_back({order, std::move(*process)});
}

milliseconds MoverLoop::back_off_after(std::size_t attempts) {
    milliseconds wait = options_.back_off;
    for (std::size_t i = 1; i < attempts && wait < attempt_wait_max; ++i) wait *= 2;
    wait = std::min(wait, attempt_wait_max);
    // Half of it is chance, so that what failed together does not come back together.
    const auto half = static_cast<std::uint64_t>(wait.count() / 2);
    return milliseconds(half + randomness_.number() % (half + 1));
}

void MoverLoop::finish(const MoveOrder& order, const MoveEnd& end, Clock::time_point started) {
    runs_.forget(order.move);
    if (could_not_be_run(end)) {
        // That says nothing of the account, and the next move would fare no better.
        broken_ = Error{Errc::configuration,
                        fmt::format("the command cannot be run (exit code {}): {}; no move was "
                                    "reported for that. Mend --exec and start the mover again",
                                    end.exit, printable(outcome_of_run(end).cause))};
        return;
    }
    const MoveOutcome outcome = outcome_of_run(end);
    Waiting& waiting = attempts_[order.move];
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - started);
    if (!outcome.succeeded && outcome.may_pass && waiting.attempts <= options_.retries) {
        const milliseconds wait = back_off_after(waiting.attempts);
        waiting.not_before = Clock::now() + wait;
        session_.err << fmt::format("{} {}: attempt {} of {} failed after {} ms, again in {} ms: "
                                    "{}\n",
                                    printable(order.move), printable(order.entity),
                                    waiting.attempts, options_.retries + 1, took.count(),
                                    wait.count(), outcome.cause);
        return;
    }
    reports_.add({order, outcome});
}

std::size_t MoverLoop::look_at_running() {
    std::size_t ended = 0;
    for (auto each = running_.begin(); each != running_.end();) {
        const auto end = each->process->look();
        if (!end) {
            ++each;
            continue;
        }
        // Whoever was ended because the mover ends has not failed; the next mover begins it anew.
        const bool ends = StopSignal::asked() || broken_;
        if (!ends || end->exit == 0 || end->exit == exit_moved_for_good)
            finish(each->order, *end, each->process->started());
        else runs_.forget(each->order.move);
        each = running_.erase(each);
        ++ended;
    }
    return ended;
}

void MoverLoop::print(const ReportAnswer& answer) {
    const MoveOrder& order = answer.report.order;
    const MoveOutcome& outcome = answer.report.outcome;
    (outcome.succeeded ? succeeded_ : failed_) += 1;
    attempts_.erase(order.move);
    if (answer.result.outcome() != "DONE")
        session_.warn(fmt::format("the report of move {} of {} was answered {}: {}", order.move,
                                  order.entity, answer.result.outcome(), answer.result.message()));
    if (session_.json) {
        boost::json::object json = move_json(order, 0);
        json.erase("attempt");
        json["outcome"] = outcome.succeeded ? "SUCCEEDED" : "FAILED";
        json["cause"] = outcome.cause;
        json["reversible"] = outcome.reversible;
        json["answer"] = answer.result.outcome();
        json["position"] = answer.result.position();
        session_.out << boost::json::serialize(json) << '\n';
    } else {
        session_.out << fmt::format("{} {} {} → {}{}{}\n", outcome.succeeded ? "moved " : "failed",
                                    printable(order.move), printable(order.entity),
                                    printable(order.target), outcome.cause.empty() ? "" : ": ",
                                    outcome.cause);
        if (outcome.succeeded && !outcome.reversible)
            session_.out << "  going back cannot undo it: `ferry rollback` would not set it back\n";
    }
    session_.out.flush();
}

Result<void> MoverLoop::report() {
    if (reports_.empty() || Clock::now() < report_not_before_) return {};
    const auto answers = reports_.give();
    if (!answers) return std::unexpected(answers.error());
    for (const ReportAnswer& answer : *answers) print(answer);
    if (!reports_.empty()) report_not_before_ = Clock::now() + report_wait;
    return {};
}

void MoverLoop::wait() {
    std::vector<pollfd> descriptors;
    descriptors.reserve(running_.size());
    for (const Running& running : running_)
        descriptors.push_back({running.process->descriptor(), POLLIN, 0});
    // Signals interrupt it.
    poll(descriptors.data(), descriptors.size(), static_cast<int>(poll_wait.count()));
}

void MoverLoop::stop_running() {
    const auto until = Clock::now() + options_.grace;
    while (!running_.empty()) {
        if (Clock::now() >= until)
            for (Running& running : running_) running.process->stop();
        look_at_running();
        if (!running_.empty()) wait();
    }
}

Result<void> MoverLoop::run() {
    std::signal(SIGPIPE, SIG_IGN);
    bool retried = !options_.retry_failed;
    while (!StopSignal::asked()) {
        if (auto done = read(); !done) {
            if (!may_pass(done.error().code)) return done;
            if (trouble_ != done.error().message) session_.warn(done.error().message);
            trouble_ = done.error().message;
            sites_.reset();
            StopSignal::wait(report_wait);
            continue;
        }
        trouble_.clear();
        if (!retried) {
            retried = true;
            std::vector<MoveOrder> all;
            for (Site& site : sites_->all())
                if (options_.site.empty() || site.name == options_.site)
                    std::ranges::move(failed_moves_back(site.replica.fleet),
                                      std::back_inserter(all));
            if (auto done = reports_.retry(all); !done) return done;
            continue;
        }
        if (options_.once && idle()) return {};
        start_some();
        const std::size_t ended = look_at_running();
        if (auto done = report(); !done) return done;
        if (broken_) break;
        // What has ended makes room for the next at once.
        if (ended == 0) wait();
    }
    stop_running();
    // What was made must be said, for as long as somebody still may be expected to listen.
    const auto until = Clock::now() + options_.grace;
    while (!reports_.empty() && Clock::now() < until) {
        report_not_before_ = {};
        if (auto done = report(); !done) return done;
        if (!reports_.empty()) std::this_thread::sleep_for(poll_wait);
    }
    if (broken_) return std::unexpected(*broken_);
    return {};
}

}  // namespace ferry
