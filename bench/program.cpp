// The program `ferry`, run as a person runs it.
#include "bench/give_up.hpp"
#include "bench/rows.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::bench {

std::filesystem::path fresh(const Bench& bench, const std::string& name) {
    const std::filesystem::path directory = bench.scratch / name;
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    return directory;
}

void run_ferry(const std::vector<std::string>& arguments) {
    std::vector<char*> raw{const_cast<char*>(FERRY_PROGRAM)};
    for (const std::string& argument : arguments)
        raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0);
    pid_t process = 0;
    int status = -1;
    const bool ran =
        posix_spawn(&process, raw.front(), &actions, nullptr, raw.data(), environ) == 0 &&
        waitpid(process, &status, 0) == process;
    posix_spawn_file_actions_destroy(&actions);
    if (ran && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    give_up(fmt::format("`ferry {}` did not end with 0", fmt::join(arguments, " ")));
}

}  // namespace ferry::bench
