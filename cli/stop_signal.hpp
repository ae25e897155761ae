#pragma once
/// SIGTERM and Ctrl-C ask a verb that goes on and on to end in order; a second one is not waited
/// for. One of these at a time; any thread may ask.
#include <atomic>
#include <chrono>

namespace ferry {

class StopSignal {
public:
    StopSignal();
    /// From here on the signals do what they do to any process.
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    /// Raised by the signals; lives as long as the process.
    static const std::atomic<bool>& asked();
    /// Sleeps, but not past the moment it is asked.
    static void wait(std::chrono::milliseconds wait);
};

}  // namespace ferry
