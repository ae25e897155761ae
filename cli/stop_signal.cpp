#include "cli/stop_signal.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace ferry {

namespace {

// A signal handler reaches nothing else.
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_to_stop(int) { stop_asked = true; }

}  // namespace

StopSignal::StopSignal() {
    stop_asked = false;
    struct sigaction action{};
    action.sa_handler = ask_to_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGTERM, SIGINT}) sigaction(signal, &action, nullptr);
}

StopSignal::~StopSignal() {
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, SIG_DFL);
}

const std::atomic<bool>& StopSignal::asked() { return stop_asked; }

void StopSignal::wait(std::chrono::milliseconds wait) {
    using Monotonic = std::chrono::steady_clock;
    const auto until = Monotonic::now() + wait;
    while (!stop_asked && Monotonic::now() < until)
        std::this_thread::sleep_for(
            std::min<Monotonic::duration>(std::chrono::milliseconds(20), until - Monotonic::now()));
}

}  // namespace ferry
