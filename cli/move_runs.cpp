#include "cli/move_runs.hpp"

#include "events/hash.hpp"
#include "events/whole_number.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

namespace ferry {

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Whether the process belongs to that group and was started for that move. A number alone would
/// not do: it may have been given to somebody else since.
bool belongs(pid_t process, pid_t group, const std::string& move) {
    if (getpgid(process) != group) return false;
    const std::string environment = '\0' + contents(fmt::format("/proc/{}/environ", process));
    const std::string wanted = '\0' + ("FERRY_MOVE_ID=" + move) + '\0';
    return environment.find(wanted) != std::string::npos;
}

std::vector<pid_t> processes_of(pid_t group, const std::string& move) {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const auto process = whole_number<pid_t>(entry.path().filename().string());
        if (process && belongs(*process, group, move)) found.push_back(*process);
    }
    return found;
}

/// False where something of it is still there after five seconds.
bool end_group(pid_t group, const std::string& move) {
    for (int round = 0; round < 250; ++round) {
        const std::vector<pid_t> left = processes_of(group, move);
        if (left.empty()) return true;
        for (const pid_t process : left) kill(process, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

}  // namespace

Result<MoveRuns> MoveRuns::open(const fs::path& directory) {
    std::error_code error;
    fs::create_directories(directory, error);
    const std::string lock_file = (directory / "lock").string();
    const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return fail(Errc::io, fmt::format("{} cannot be opened: {}; name another place with "
                                          "--run-dir",
                                          lock_file, std::strerror(errno)));
    MoveRuns runs(directory, lock);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        return fail(Errc::unavailable,
                    fmt::format("another mover runs with {}; stop it first, or name another place "
                                "with --run-dir",
                                directory.string()));
    if (auto ended = runs.end_left_overs(); !ended) return std::unexpected(ended.error());
    return runs;
}

MoveRuns::MoveRuns(MoveRuns&& other) noexcept
    : directory_(std::move(other.directory_)),
      lock_(std::exchange(other.lock_, -1)),
      ended_(other.ended_) {}

MoveRuns::~MoveRuns() {
    if (lock_ >= 0) close(lock_);
}

fs::path MoveRuns::file_of(const std::string& move) const {
    // An id may hold what a file's name may not.
    return directory_ / (to_hex(sha256(bytes_of(move))).substr(0, 32) + ".run");
}

Result<void> MoveRuns::note(const std::string& move, pid_t group) {
    const fs::path file = file_of(move);
    const fs::path fresh = fs::path(file).replace_extension(".new");
    {
        std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
        out << group << '\n' << move;
        if (!out.flush())
            return fail(Errc::io, fmt::format("{} cannot be written", fresh.string()));
    }
    std::error_code error;
    fs::rename(fresh, file, error);
    if (error)
        return fail(Errc::io,
                    fmt::format("{} cannot be written: {}", file.string(), error.message()));
    return {};
}

void MoveRuns::forget(const std::string& move) {
    std::error_code ignored;
    fs::remove(file_of(move), ignored);
}

Result<void> MoveRuns::end_left_overs() {
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory_, error))
        if (entry.path().extension() == ".run") files.push_back(entry.path());
    if (error)
        return fail(Errc::io,
                    fmt::format("{} cannot be listed: {}", directory_.string(), error.message()));
    for (const fs::path& file : files) {
        const std::string text = contents(file);
        const auto line = text.find('\n');
        const pid_t group = whole_number<pid_t>(text.substr(0, line)).value_or(0);
        const std::string move = line == std::string::npos ? "" : text.substr(line + 1);
        if (group > 1 && !move.empty()) {
            if (!processes_of(group, move).empty()) ++ended_;
            if (!end_group(group, move))
                return fail(Errc::unavailable,
                            fmt::format("the command of move {} that an earlier mover started "
                                        "(process group {}) does not end; end it by hand",
                                        move, group));
        }
        fs::remove(file, error);
    }
    return {};
}

}  // namespace ferry
