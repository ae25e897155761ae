// Prints the table of figures. `bench/run` builds and starts this.
#include "bench/rows.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int count, char** arguments) {
    using namespace ferry::bench;
    int runs = 0;
    bool long_form = false;
    std::string_view only;
    std::string brokers;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--long") long_form = true;
        else if (argument == "--runs" && i + 1 < count) runs = std::atoi(arguments[++i]);
        else if (argument == "--only" && i + 1 < count) only = arguments[++i];
        else if (argument == "--brokers" && i + 1 < count) brokers = arguments[++i];
        else if (argument == "--memory-of" && i + 1 < count) {
            fmt::print("{}\n", bytes_of_an_entity(arguments[i + 1]));
            return 0;
        } else {
            fmt::print(stderr, "bench: `{}` is no option; see bench/run --help\n", argument);
            return 2;
        }
    }
    if (runs == 0) runs = long_form ? 11 : 5;
    if (runs < 1) {
        fmt::print(stderr, "bench: --runs takes a number from 1\n");
        return 2;
    }
    std::string place = (std::filesystem::temp_directory_path() / "ferry-bench-XXXXXX").string();
    if (!mkdtemp(place.data())) {
        std::perror("bench: cannot make a directory for the logs");
        return 1;
    }
    Bench bench{place, long_form, brokers, Table(runs)};
    const std::pair<std::string_view, void (*)(Bench&)> groups[] = {
        {"import", add_import_rows}, {"reading", add_reading_rows},  {"memory", add_memory_row},
        {"estate", add_estate_rows}, {"commands", add_command_rows}, {"deciding", add_deciding_row},
        {"growth", add_growth_rows}, {"waves", add_wave_rows},       {"kafka", add_kafka_rows}};
    bench.table.begin();
    for (const auto& [name, add] : groups)
        if (only.empty() || only == name) add(bench);
    bench.table.end();
    std::filesystem::remove_all(bench.scratch);
    return 0;
}
