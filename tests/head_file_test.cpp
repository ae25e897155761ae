#include "events/head_file.hpp"

#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {

namespace {

Head head_at(std::uint64_t position) {
    Head head{{position}, {}};
    head.hash.fill(static_cast<Byte>(position));
    return head;
}

std::optional<Head> stored(const std::string& file) {
    const auto read = read_head_file(file);
    REQUIRE(read.has_value());
    return *read;
}

void flip(const std::string& file, std::streamoff at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(at);
    const char byte = static_cast<char>(stream.get());
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ 1));
}

}  // namespace

TEST_CASE("a head file says the newest head, also to who opens it again") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.head";
    CHECK_FALSE(stored(file).has_value());
    for (std::uint64_t i = 1; i < 8; ++i) {
        HeadFile head(file);
        REQUIRE(head.write(head_at(2 * i)).has_value());
        CHECK(stored(file) == std::optional(head_at(2 * i)));
        REQUIRE(head.write(head_at(2 * i + 1)).has_value());
        REQUIRE(head.sync().has_value());
        CHECK(stored(file) == std::optional(head_at(2 * i + 1)));
    }
    CHECK(std::filesystem::file_size(file) == 2 * head_slot_bytes);
}

TEST_CASE("a damaged slot leaves the head before it") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.head";
    for (std::streamoff at = 0; at < 64; ++at) {
        HeadFile head(file);
        REQUIRE(head.write(head_at(1)).has_value());
        REQUIRE(head.write(head_at(2)).has_value());
        flip(file, 64 + at);
        CHECK(stored(file) == std::optional(head_at(1)));
        flip(file, at);
        CHECK_FALSE(stored(file).has_value());
        std::filesystem::remove(file);
    }
}

TEST_CASE("a head file cut short is no head") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.head";
    HeadFile head(file);
    REQUIRE(head.write(head_at(1)).has_value());
    std::filesystem::resize_file(file, 63);
    CHECK_FALSE(stored(file).has_value());
}

TEST_CASE("a head file that cannot be opened is named") {
    const ScratchDirectory scratch;
    HeadFile head(scratch.path() + "/none/paris.head");
    const auto written = head.write(head_at(1));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == Errc::io);
    CHECK(written.error().message.find("paris.head") != std::string::npos);
    const auto read = read_head_file(scratch.path());
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::io);
}

}  // namespace ferry::test
