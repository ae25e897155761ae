// Writes the seeds that are bytes, so that none has to be kept: made of a small estate's own log,
// of the stored forms that tests/golden keeps as hexadecimal text, and of commands written as JSON.
#include "events/hash.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/fuzz/small_fleet.hpp"

#include <google/protobuf/util/delimited_message_util.h>
#include <openssl/crypto.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace ferry::fuzz {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

/// Nothing where the text is no hexadecimal.
std::string from_hex(const std::string& hex) {
    long size = 0;
    unsigned char* bytes = OPENSSL_hexstr2buf(hex.c_str(), &size);
    if (bytes == nullptr) return {};
    std::string read(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return read;
}

std::string framed(std::string_view record) {
    std::string frame;
    for (const int shift : {24, 16, 8, 0})
        frame += static_cast<char>((record.size() >> shift) & 0xff);
    return frame + std::string(record);
}

/// tests/golden/events.txt: a name, the event in hexadecimal, and what it says.
void events(const fs::path& golden, const fs::path& to) {
    std::ifstream in(golden / "events.txt");
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string name, hex;
        if (words >> name >> hex) write(to / "stored_events" / name, from_hex(hex));
    }
}

/// The other files: lines of hexadecimal up to an empty one.
void records(const fs::path& golden, const fs::path& to) {
    std::string log;
    for (const auto& record : small_log()) log += framed(text_of(record));
    write(to / "record_headers" / "log", log);
    for (const auto& entry : fs::directory_iterator(golden)) {
        if (entry.path().filename() == "events.txt") continue;
        std::ifstream in(entry.path());
        std::string hex;
        for (std::string line; std::getline(in, line) && !line.empty();) hex += line;
        write(to / "record_headers" / entry.path().stem(), framed(from_hex(hex)));
    }
}

void commands(const fs::path& lines, const fs::path& to) {
    for (const auto& entry : fs::directory_iterator(lines)) {
        std::ifstream in(entry.path());
        std::ostringstream out;
        for (std::string line; std::getline(in, line);)
            if (const auto command = command_of_line(line))
                google::protobuf::util::SerializeDelimitedToOstream(*command, &out);
        write(to / "commands" / entry.path().stem(), out.str());
    }
}

void snapshots(const fs::path& to) {
    SmallFleet fleet;
    write(to / "snapshots" / "snapshot", text_of(snapshot_bytes(fleet.replica())));
    write(to / "snapshots" / "index", text_of(index_bytes(fleet.replica())));
}

}  // namespace
}  // namespace ferry::fuzz

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "Usage: fuzz_seeds GOLDEN COMMAND_LINES TO\n";
        return 2;
    }
    const std::filesystem::path golden = arguments[1], lines = arguments[2], to = arguments[3];
    ferry::fuzz::events(golden, to);
    ferry::fuzz::records(golden, to);
    ferry::fuzz::commands(lines, to);
    ferry::fuzz::snapshots(to);
    return 0;
}
