// What an entity needs in memory: the growth of the resident set of a process that holds the estate
// and nothing else, so that what the allocator keeps for itself counts too.
#include "bench/estate.hpp"
#include "bench/give_up.hpp"
#include "bench/rows.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>

namespace ferry::bench {

namespace {

double resident_bytes() {
    std::size_t whole = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> whole >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double measured_in_a_fresh_process(const std::filesystem::path& directory) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command = fmt::format("'{}' --memory-of '{}'", program, directory.string());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    double bytes = 0;
    if (pipe && std::fscanf(pipe.get(), "%lf", &bytes) == 1 && bytes > 0) return bytes;
    give_up(fmt::format("`{}` gave no figure", command));
}

}  // namespace

double bytes_of_an_entity(const std::filesystem::path& directory) {
    Replica replica(open_embedded(directory));
    replica.keeps_index = false;
    const double before = resident_bytes();
    (void)replica.catch_up();
    // The first to ask for a name has the names indexed.
    (void)replica.fleet.find("user:" + user_name(0));
    return (resident_bytes() - before) / static_cast<double>(replica.fleet.size());
}

void add_memory_row(Bench& bench) {
    const std::uint32_t users = bench.long_form ? 10'000'000 : 1'000'000;
    const std::filesystem::path directory = fresh(bench, "memory");
    {
        Estate estate(open_embedded(directory), false);
        estate.make({.users = users, .stage = Stage::registered});
    }
    bench.table.add({.operation = fmt::format("memory of one entity with its id, {} entities",
                                              bench.long_form ? "10,000,000" : "1,000,000"),
                     .goal = "≤ 100 bytes",
                     .unit = Unit::bytes,
                     .ferry = [&] { return measured_in_a_fresh_process(directory); },
                     .at_most = 100});
    std::filesystem::remove_all(directory);
}

}  // namespace ferry::bench
