// Commands as JSON, one a line, as `ferry apply` takes them, decided on a small estate.
#include "tests/fuzz/small_fleet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<ferry::v1::Command> commands;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (const auto command = ferry::fuzz::command_of_line(text.substr(0, end)))
            commands.push_back(*command);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    ferry::fuzz::SmallFleet fleet;
    fleet.give(commands);
    return 0;
}
