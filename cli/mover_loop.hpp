#pragma once
/// The mover: takes open moves from the logs, has the command make them, some at a time, and
/// reports what came of each. It keeps nothing that matters: what is open says the log, and a
/// command may run twice for one move. One thread.
#include "cli/move_reports.hpp"
#include "cli/move_runs.hpp"
#include "events/randomness.hpp"

#include <map>

namespace ferry {

struct MoverOptions {
    std::string command;
    std::string site;  ///< empty: all of them
    std::size_t concurrency = 4;
    std::size_t retries = 3;
    std::chrono::milliseconds timeout{};
    std::chrono::milliseconds back_off{};  ///< before the first retry; it doubles
    std::chrono::milliseconds grace{};     ///< for what runs when the mover is asked to stop
    bool once = false;
    bool retry_failed = false;
};

class MoverLoop {
public:
    MoverLoop(Session& session, const MoverOptions& options, MoveRuns runs)
        : session_(session), options_(options), runs_(std::move(runs)), reports_(session) {}

    /// Until it is asked to stop, or with `once` until nothing is open. Errors: those of the logs
    /// that waiting does not mend.
    Result<void> run();

    std::size_t failed() const { return failed_; }
    std::size_t succeeded() const { return succeeded_; }

private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        MoveOrder order;
        std::unique_ptr<MoveProcess> process;
    };
    struct Waiting {
        std::size_t attempts = 0;
        Clock::time_point not_before{};
    };

    Result<void> read();
    void start_some();
    void start(const MoveOrder& order);
    /// How many of them have ended.
    std::size_t look_at_running();
    void finish(const MoveOrder& order, const MoveEnd& end, Clock::time_point started);
    Result<void> report();
    void print(const ReportAnswer& answer);
    void wait();
    void stop_running();
    bool busy(const MoveOrder& order) const;
    std::chrono::milliseconds back_off_after(std::size_t attempts);
    bool idle() const { return running_.empty() && reports_.empty() && open_.empty(); }

    Session& session_;
    const MoverOptions& options_;
    MoveRuns runs_;
    MoveReports reports_;
    SystemRandomness randomness_;
    std::unique_ptr<Sites> sites_;
    Clock::time_point opened_at_{};
    std::vector<MoveOrder> open_;
    std::vector<Running> running_;
    std::map<std::string, Waiting> attempts_;  ///< by move
    Clock::time_point report_not_before_{};
    std::string trouble_;
    std::optional<Error> broken_;  ///< the command cannot be run at all
    std::size_t failed_ = 0;
    std::size_t succeeded_ = 0;
};

}  // namespace ferry
