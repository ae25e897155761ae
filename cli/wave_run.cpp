#include "cli/wave_run.hpp"

#include "cli/progress_line.hpp"
#include "cli/stop_signal.hpp"
#include "cli/wave_status.hpp"
#include "engine/request_wave.hpp"
#include "engine/spelling.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

constexpr std::chrono::milliseconds pause_least(50);
constexpr std::chrono::milliseconds pause_most(1000);
/// A service keeps also what it refused, so it is asked less often.
constexpr std::chrono::milliseconds pause_via(10'000);
/// Whoever reports a move holds the log for a moment only.
constexpr std::chrono::seconds busy_max(30);

class Runner {
public:
    Runner(Session& session, std::string name) : session_(session), name_(std::move(name)) {}

    Result<void> run() {
        const StopSignal signal;
        while (!StopSignal::asked()) {
            const auto going = take_turn();
            if (!going && !is_busy(going.error())) return std::unexpected(going.error());
            if (going && !*going) return {};
            // Nothing is due: the log is let go, so that moves can be reported meanwhile.
            StopSignal::wait(pause_);
            pause_ = std::min(2 * pause_, session_.via.empty() ? pause_most : pause_via);
        }
        stopped_ = true;
        return {};
    }
    bool stopped() const { return stopped_; }

private:
    /// Steps as long as anything is due. False once the wave does not run any more.
    Result<bool> take_turn() {
        auto sites = Sites::open(session_, true);
        if (!sites) return std::unexpected(sites.error());
        const auto place = find_wave(**sites, name_);
        if (!place) return std::unexpected(place.error());
        if (!progress_)
            progress_.emplace(session_, "moving",
                              wave_of(place->site->replica.fleet, place->number)->total());
        auto going = take_steps(**sites, *place);
        if (auto closed = (*sites)->close(); !closed && going)
            return std::unexpected(closed.error());
        return going;
    }

    Result<bool> take_steps(Sites& sites, const Sites::Place& place) {
        const Fleet& fleet = place.site->replica.fleet;
        while (!StopSignal::asked()) {
            v1::Command command = sites.command(std::string(fleet.id(place.number)));
            command.mutable_step_wave();
            const auto results = sites.execute(std::span(&command, 1));
            if (!results) return std::unexpected(results.error());
            waited_ = {};
            const std::string& outcome = results->front().outcome();
            if (outcome == "NO_TRANSITION") return false;
            if (outcome == "REFUSED") return true;
            if (outcome != "DONE")
                return fail(outcome == "UNKNOWN" ? Errc::outcome_unknown : Errc::bad_input,
                            results->front().message());
            pause_ = pause_least;
            progress_->show(wave_of(fleet, place.number)->moved);
            // A service decided it elsewhere; only a fresh look shows what came of it.
            if (!session_.via.empty()) return true;
            if (fleet.at(place.number).lifecycle != v1::STATE_WAVE_RUNNING) return false;
        }
        return true;
    }

    bool is_busy(const Error& error) {
        if (error.code != Errc::unavailable || !progress_) return false;
        const auto now = std::chrono::steady_clock::now();
        if (!waited_) waited_ = now;
        return now - *waited_ < busy_max;
    }

    Session& session_;
    std::string name_;
    std::optional<ProgressLine> progress_;
    std::chrono::milliseconds pause_ = pause_least;
    std::optional<std::chrono::steady_clock::time_point> waited_;
    bool stopped_ = false;
};

ExitCode print_end(Session& session, const std::string& name, bool stopped) {
    auto sites = Sites::open(session, false);
    if (!sites) return session.report(sites.error());
    const auto place = find_wave(**sites, name);
    if (!place) return session.report(place.error());
    const Fleet& fleet = place->site->replica.fleet;
    const WaveProgress wave = wave_progress(fleet, place->number, SystemClock().now());
    print_waves(session, {{&fleet, wave}});
    if (wave.state == v1::STATE_WAVE_RUNNING && stopped)
        session.err << fmt::format("the runner was stopped and {} is still running; `ferry wave "
                                   "run {}` goes on, `ferry wave pause {}` pauses it\n",
                                   wave.name, wave.name, wave.name);
    else if (wave.state != v1::STATE_WAVE_COMPLETED) session.exit = ExitCode::refused;
    return session.exit;
}

}  // namespace

Result<Sites::Place> find_wave(Sites& sites, const std::string& name) {
    const std::string id = wave_id(name);
    NearestWord nearest(id);
    for (Site& site : sites.all()) {
        const auto number = site.replica.fleet.find(id);
        if (number && wave_of(site.replica.fleet, *number)) return Sites::Place{&site, *number};
        for (const auto& [other, unused] : site.replica.fleet.waves)
            nearest.offer(site.replica.fleet.id({other}));
    }
    return fail(
        Errc::bad_input,
        fmt::format("there is no wave `{}`; {}", name,
                    nearest.found().empty() ? "`ferry wave list` names them"
                                            : fmt::format("did you mean `{}`?", nearest.found())));
}

ExitCode run_wave(Session& session, const std::string& name) {
    bool stopped = false;
    {
        Runner runner(session, name);
        if (const auto ran = runner.run(); !ran) return session.report(ran.error());
        stopped = runner.stopped();
    }
    return print_end(session, name, stopped);
}

}  // namespace ferry
