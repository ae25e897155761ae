#pragma once
/// What stands on disk about the commands that a mover has started, so that one which was killed is
/// survived by nothing: its successor ends what is left of them before it starts any itself. One
/// mover at a time per directory. One thread.
/// Errors: unavailable (another mover runs there), io.
#include "events/error.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace ferry {

class MoveRuns {
public:
    /// Creates the directory, takes its lock, and ends the commands that an earlier mover left.
    static Result<MoveRuns> open(const std::filesystem::path& directory);
    MoveRuns(MoveRuns&& other) noexcept;
    MoveRuns& operator=(MoveRuns&&) = delete;
    ~MoveRuns();

    /// Before the command itself begins.
    Result<void> note(const std::string& move, pid_t group);
    void forget(const std::string& move);

    /// How many commands were ended by `open`.
    std::size_t ended() const { return ended_; }

private:
    MoveRuns(std::filesystem::path directory, int lock)
        : directory_(std::move(directory)), lock_(lock) {}
    Result<void> end_left_overs();
    std::filesystem::path file_of(const std::string& move) const;

    std::filesystem::path directory_;
    int lock_ = -1;
    std::size_t ended_ = 0;
};

}  // namespace ferry
