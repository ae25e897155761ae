#pragma once
/// One line on a terminal's stderr that says how far a long verb is, how fast, and how long it will
/// take; nothing where stderr is no terminal. It is gone when the object is. One thread.
#include "cli/session.hpp"

#include <chrono>

namespace ferry {

class ProgressLine {
public:
    /// `what` is a verb's present participle, such as `registering`.
    ProgressLine(Session& session, std::string what, std::size_t total);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// How many of `total` are done; drawn a few times a second at most.
    void show(std::size_t done);

private:
    using Clock = std::chrono::steady_clock;

    Session& session_;
    std::string what_;
    std::size_t total_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point drawn_{};
    bool on_screen_ = false;
};

/// `registering  45,000 of 100,000 (45 %)  30,200/s  2 s left`.
std::string progress_text(std::string_view what, std::size_t done, std::size_t total,
                          std::chrono::milliseconds passed);

}  // namespace ferry
