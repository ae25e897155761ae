#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

using Random = std::mt19937_64;

/// FERRY_SEED replays a run.
std::uint64_t seed_of_this_run() {
    const char* given = std::getenv("FERRY_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::size_t below(Random& random, std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

std::string random_bytes(Random& random, std::size_t length) {
    std::string bytes(length, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(below(random, 256));
    return bytes;
}

/// Some pieces that a parser may stumble over.
std::string awkward_piece(Random& random) {
    static const std::vector<std::string> pieces = {"\"",
                                                    "\"\"",
                                                    ",",
                                                    ";",
                                                    "\r",
                                                    "\n",
                                                    "\r\n",
                                                    ":<",
                                                    "::",
                                                    " ",
                                                    "=",
                                                    "CN=",
                                                    "\\",
                                                    "\xFF\xFE",
                                                    "\xEF\xBB\xBF",
                                                    std::string(1, '\0'),
                                                    "\n\n",
                                                    "#TYPE",
                                                    "\n ",
                                                    "\xC3",
                                                    "dn:",
                                                    "--",
                                                    "?"};
    return pieces[below(random, pieces.size())];
}

void mutate(Random& random, std::string& bytes) {
    const auto at = below(random, bytes.size() + 1);
    const auto piece =
        below(random, 3) == 0 ? random_bytes(random, 1 + below(random, 8)) : awkward_piece(random);
    switch (below(random, 4)) {
        case 0: bytes.insert(at, piece); break;
        case 1: bytes.erase(at, 1 + below(random, 40)); break;
        case 2: bytes.replace(at, piece.size(), piece); break;
        default: bytes.resize(at); break;
    }
}

/// The beginning of each sample file, so that a round is quick.
std::vector<std::string> samples() {
    std::vector<std::string> files;
    for (const auto* name : {"pools.csv", "paris-users.csv", "lyon-users.csv", "montreal-users.ldf",
                             "applications.csv"}) {
        std::ifstream file(std::string(FERRY_SOURCE_DIR) + "/deploy/sample/" + name,
                           std::ios::binary);
        std::string bytes(std::istreambuf_iterator<char>(file), {});
        files.push_back(bytes.substr(0, 12'000));
    }
    return files;
}

/// Whatever was read can be resolved, and every row and finding has a place and clean names.
void check_sound(const Result<Reading>& reading) {
    if (!reading) {
        CHECK(reading.error().code == Errc::bad_input);
        CHECK(reading.error().message.starts_with("f:"));
        return;
    }
    for (const auto& user : reading->users) CHECK(user.address.find('@') != std::string::npos);
    for (const auto& reject : reading->rejects) {
        CHECK(reject.place.spot.line > 0);
        CHECK(!reject.what.empty());
    }
    const Reading files[] = {read(pools_text, "pools.csv"), *reading};
    const auto resolution = resolve(files, {}, {});
    for (const auto& one : resolution.registrations) CHECK(!one.site.empty());
}

}  // namespace

TEST_CASE("random bytes are refused or read, and never break anything") {
    const auto seed = seed_of_this_run();
    MESSAGE("FERRY_SEED=" << seed);
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 300; ++round) {
        const auto bytes = random_bytes(random, below(random, 400));
        check_sound(read_export("f", bytes));
        check_sound(read_export("f", std::string(users_header) + bytes));
        check_sound(read_export("f", "dn: CN=a\nmsRTCSIP-PrimaryUserAddress: " + bytes));
    }
}

TEST_CASE("damaged exports are refused or read, and never break anything") {
    const auto seed = seed_of_this_run();
    MESSAGE("FERRY_SEED=" << seed);
    CAPTURE(seed);
    Random random(seed);
    const auto files = samples();
    for (int round = 0; round < 300; ++round) {
        auto bytes = files[below(random, files.size())];
        for (auto times = 1 + below(random, 6); times > 0; --times) mutate(random, bytes);
        check_sound(read_export("f", bytes));
    }
}

TEST_CASE("one cut record in an export costs that record and no other") {
    const auto seed = seed_of_this_run();
    MESSAGE("FERRY_SEED=" << seed);
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 300; ++round) {
        std::string text(users_header);
        const auto cut_at = below(random, 9);
        for (std::size_t row = 0; row < 9; ++row) {
            auto line = user_line("user" + std::to_string(row) + "@contoso.com", home_dn("OCS01"),
                                  below(random, 2) == 0 ? "" : "ocs01.contoso.com");
            // A cut that leaves the last field whole or makes it null loses no field.
            if (row == cut_at) line = line.substr(0, 1 + below(random, line.size() - 7)) + "\r\n";
            text += line;
        }
        const auto reading = read(text);
        CAPTURE(text);
        CHECK(reading.users.size() == 8);
        CHECK(reading.rejects.size() == 1);
    }
}

}  // namespace ferry::intake
