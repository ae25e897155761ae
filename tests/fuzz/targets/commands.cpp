// Commands as protobuf, as a topic of commands holds them: each behind its length, decided on a
// small estate.
#include "tests/fuzz/small_fleet.hpp"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    google::protobuf::io::ArrayInputStream in(data, static_cast<int>(size));
    std::vector<ferry::v1::Command> commands;
    ferry::v1::Command command;
    bool at_end = false;
    while (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&command, &in, &at_end)) {
        commands.push_back(std::move(command));
        command.Clear();
    }
    ferry::fuzz::SmallFleet fleet;
    fleet.give(commands);
    return 0;
}
