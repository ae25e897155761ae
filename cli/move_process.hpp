#pragma once
/// One run of the command that makes a move: a process group of its own, the move on its standard
/// input and in its environment, the ends of what it prints kept. It does not outlive its deadline,
/// nor this process. One thread.
/// Errors: io (no process or pipe to be had).
#include "cli/move_order.hpp"
#include "events/error.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>

namespace ferry {

/// What a run of the command came to.
struct MoveEnd {
    bool timed_out = false;
    int exit = 0;       ///< its exit code; 128 and the number of the signal that ended it
    std::string out{};  ///< the last part of what it printed
    std::string err{};
};

class MoveProcess {
public:
    using Clock = std::chrono::steady_clock;

    /// `noted` is called with the process group once that exists and before the command begins;
    /// where it fails, the command never begins.
    static Result<std::unique_ptr<MoveProcess>> start(
        const std::string& command, const MoveOrder& order, std::size_t attempt,
        std::chrono::milliseconds timeout, const std::function<Result<void>(pid_t)>& noted);
    ~MoveProcess();
    MoveProcess(const MoveProcess&) = delete;
    MoveProcess& operator=(const MoveProcess&) = delete;

    /// Takes what it printed, ends it where its time is over, and says what it came to once it has
    /// ended. Waits for nothing.
    std::optional<MoveEnd> look();
    /// Readable as soon as it has ended.
    int descriptor() const { return pidfd_; }
    Clock::time_point started() const { return started_; }
    /// Asks it to end: it has five seconds.
    void stop();

private:
    MoveProcess() = default;
    void drain();

    pid_t process_ = -1;
    int pidfd_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string printed_{};
    std::string complained_{};
    Clock::time_point started_{};
    Clock::time_point deadline_{};
    std::optional<Clock::time_point> kill_at_{};
    bool timed_out_ = false;
    bool reaped_ = false;
};

}  // namespace ferry
