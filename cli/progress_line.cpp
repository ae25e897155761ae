#include "cli/progress_line.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

constexpr std::chrono::milliseconds redraw_every{100};
constexpr std::string_view clear_line = "\r\x1b[K";

std::string grouped(std::size_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

std::string time_left(std::size_t seconds) {
    if (seconds < 60) return fmt::format("{} s left", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s left", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min left", seconds / 3600, seconds / 60 % 60);
}

}  // namespace

std::string progress_text(std::string_view what, std::size_t done, std::size_t total,
                          std::chrono::milliseconds passed) {
    const std::size_t percent = total ? done * 100 / total : 100;
    std::string text =
        fmt::format("{}  {} of {} ({} %)", what, grouped(done), grouped(total), percent);
    const auto milliseconds = static_cast<std::size_t>(passed.count());
    if (done == 0 || milliseconds == 0) return text;
    const std::size_t rate = done * 1000 / milliseconds;
    text += fmt::format("  {}/s", grouped(rate));
    if (rate > 0) text += "  " + time_left((total - std::min(done, total) + rate - 1) / rate);
    return text;
}

ProgressLine::ProgressLine(Session& session, std::string what, std::size_t total)
    : session_(session), what_(std::move(what)), total_(total) {}

ProgressLine::~ProgressLine() {
    if (on_screen_) session_.err << clear_line << std::flush;
}

void ProgressLine::show(std::size_t done) {
    if (!session_.err_is_terminal) return;
    const auto now = Clock::now();
    if (on_screen_ && now - drawn_ < redraw_every) return;
    drawn_ = now;
    on_screen_ = true;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
    session_.err << clear_line << progress_text(what_, done, total_, passed) << std::flush;
}

}  // namespace ferry
