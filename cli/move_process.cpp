#include "cli/move_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

// The header of glibc 2.36 does not say that its functions are of C.
extern "C" {
#include <sys/pidfd.h>
}

extern char** environ;

namespace ferry {

namespace {

constexpr std::size_t kept_bytes_max = std::size_t{64} * 1024;
constexpr std::chrono::seconds last_seconds{5};

struct Pipe {
    int read = -1;
    int write = -1;
    bool open() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
    void close_all() {
        for (int* end : {&read, &write})
            if (*end >= 0) close(std::exchange(*end, -1));
    }
};

std::unexpected<Error> cannot(std::string_view what) {
    return fail(Errc::io, fmt::format("{}: {}", what, std::strerror(errno)));
}

/// The move as a file without a name, so that writing it waits for no reader.
int input_of(const MoveOrder& order, std::size_t attempt) {
    const std::string text = boost::json::serialize(move_json(order, attempt)) + "\n";
    const int file = memfd_create("ferry-move", MFD_CLOEXEC);
    if (file < 0) return -1;
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t wrote = write(file, text.data() + at, text.size() - at);
        if (wrote <= 0) {
            close(file);
            return -1;
        }
        at += static_cast<std::size_t>(wrote);
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

/// What the child needs, made before it exists: between fork and exec nothing may be allocated.
struct Image {
    std::string command;
    std::vector<std::string> variables;
    std::vector<char*> environment;
    std::array<const char*, 4> arguments{};

    Image(const std::string& to_run, const MoveOrder& order, std::size_t attempt)
        : command(to_run), variables(move_environment(order, attempt)) {
        for (char** each = environ; *each; ++each)
            if (!std::string_view(*each).starts_with("FERRY_MOVE_")) environment.push_back(*each);
        for (std::string& variable : variables) environment.push_back(variable.data());
        environment.push_back(nullptr);
        arguments = {"sh", "-c", command.c_str(), nullptr};
    }
};

[[noreturn]] void become(const Image& image, int in, const Pipe& out, const Pipe& err,
                         const Pipe& go, pid_t parent) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(go.write);
    char begin = 0;
    // Whoever started this may be gone already, and then nobody would know of the command.
    if (getppid() != parent || read(go.read, &begin, 1) != 1) _exit(126);
    for (const int signal : {SIGTERM, SIGINT, SIGPIPE}) std::signal(signal, SIG_DFL);
    dup2(in, STDIN_FILENO);
    dup2(out.write, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    execve("/bin/sh", const_cast<char* const*>(image.arguments.data()), image.environment.data());
    _exit(127);
}

void keep_end(std::string& text) {
    if (text.size() > kept_bytes_max) text.erase(0, text.size() - kept_bytes_max);
}

void read_all(int& from, std::string& to) {
    std::array<char, 4096> piece{};
    while (from >= 0) {
        const ssize_t got = read(from, piece.data(), piece.size());
        if (got > 0) {
            to.append(piece.data(), static_cast<std::size_t>(got));
            keep_end(to);
            continue;
        }
        if (got == 0 || errno != EAGAIN) close(std::exchange(from, -1));
        return;
    }
}

}  // namespace

Result<std::unique_ptr<MoveProcess>> MoveProcess::start(
    const std::string& command, const MoveOrder& order, std::size_t attempt,
    std::chrono::milliseconds timeout, const std::function<Result<void>(pid_t)>& noted) {
    std::unique_ptr<MoveProcess> run(new MoveProcess());
    const Image image(command, order, attempt);
    Pipe out;
    Pipe err;
    Pipe go;
    const int in = input_of(order, attempt);
    const bool ready = in >= 0 && out.open() && err.open() && go.open();
    const pid_t parent = getpid();
    const pid_t child = ready ? fork() : -1;
    if (child == 0) become(image, in, out, err, go, parent);
    const int why = errno;
    if (in >= 0) close(in);
    if (child < 0) {
        for (Pipe* each : {&out, &err, &go}) each->close_all();
        errno = why;
        return cannot("no process can be started for a move");
    }
    setpgid(child, child);
    run->process_ = child;
    run->pidfd_ = pidfd_open(child, 0);
    run->out_ = std::exchange(out.read, -1);
    run->err_ = std::exchange(err.read, -1);
    for (const int end : {run->out_, run->err_}) fcntl(end, F_SETFL, O_NONBLOCK);
    run->started_ = Clock::now();
    run->deadline_ = run->started_ + timeout;
    const auto written = noted(child);
    if (written && write(go.write, "g", 1) != 1) run->stop();
    for (Pipe* each : {&out, &err, &go}) each->close_all();
    if (!written) return std::unexpected(written.error());
    return run;
}

MoveProcess::~MoveProcess() {
    if (process_ > 0 && !reaped_) {
        kill(-process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    for (const int each : {pidfd_, out_, err_})
        if (each >= 0) close(each);
}

void MoveProcess::drain() {
    read_all(out_, printed_);
    read_all(err_, complained_);
}

void MoveProcess::stop() {
    if (kill_at_) return;
    kill(-process_, SIGTERM);
    kill_at_ = Clock::now() + last_seconds;
}

std::optional<MoveEnd> MoveProcess::look() {
    drain();
    const auto now = Clock::now();
    if (now >= deadline_ && !kill_at_) {
        timed_out_ = true;
        stop();
    }
    if (kill_at_ && now >= *kill_at_) kill(-process_, SIGKILL);
    int status = 0;
    // Not reaped yet, so that its number stays its group's until the rest of the group has ended.
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid != process_)
        return std::nullopt;
    kill(-process_, SIGKILL);
    waitpid(process_, &status, 0);
    reaped_ = true;
    drain();
    const int exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return MoveEnd{timed_out_, exit, std::move(printed_), std::move(complained_)};
}

}  // namespace ferry
