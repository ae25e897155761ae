#include "engine/command_index.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

std::uint64_t always_seven(std::string_view) { return 7; }

CommandIndex copy_of(const CommandIndex& index, CommandIndex into = CommandIndex()) {
    std::vector<std::uint64_t> columns;
    std::vector<std::string> collisions;
    index.store(columns, collisions);
    into.load(columns, collisions);
    return into;
}

bool may_stand_at(const CommandIndex& index, std::string_view id, std::uint64_t position) {
    const auto places = index.candidates(id);
    return std::find(places.begin(), places.end(), Position{position}) != places.end();
}

}  // namespace

TEST_CASE("a command is found at the last of its events") {
    CommandIndex index;
    index.note("a", {3});
    index.note("a", {4});
    index.note("b", {5});
    CHECK(index.candidates("a") == std::vector<Position>{{4}});
    CHECK(index.candidates("b") == std::vector<Position>{{5}});
    CHECK(index.candidates("c").empty());
    CHECK(index.size() == 2);
}

TEST_CASE("events without a command id are not indexed") {
    CommandIndex index;
    index.note("", {1});
    CHECK(index.size() == 0);
    CHECK(index.candidates("").empty());
}

TEST_CASE("ids whose hashes meet are each found, however many there are") {
    CommandIndex index(always_seven);
    for (std::uint64_t i = 0; i < 50; ++i) {
        index.note(fmt::format("id {}", i), {2 * i + 1});
        index.note(fmt::format("id {}", i), {2 * i + 2});
    }
    CHECK(index.size() == 50);
    for (std::uint64_t i = 0; i < 50; ++i)
        CHECK(may_stand_at(index, fmt::format("id {}", i), 2 * i + 2));
    // The caller compares the ids; a stranger costs one look at the log and no more.
    CHECK(index.candidates("stranger").size() == 1);
}

TEST_CASE("an index stored and loaded answers as the one it was made of") {
    CommandIndex plain;
    CommandIndex meeting(always_seven);
    for (std::uint64_t i = 1; i <= 2000; ++i) {
        plain.note(fmt::format("command {}", i), {i});
        if (i <= 40) meeting.note(fmt::format("command with spaces {}", i), {i});
    }
    const CommandIndex plain_again = copy_of(plain);
    const CommandIndex meeting_again = copy_of(meeting, CommandIndex(always_seven));
    CHECK(plain_again.size() == plain.size());
    CHECK(meeting_again.size() == meeting.size());
    for (std::uint64_t i = 1; i <= 2000; ++i) {
        const std::string id = fmt::format("command {}", i);
        CHECK(plain_again.candidates(id) == plain.candidates(id));
    }
    for (std::uint64_t i = 1; i <= 40; ++i)
        CHECK(may_stand_at(meeting_again, fmt::format("command with spaces {}", i), i));
}

TEST_CASE("slots find what was added under a hash, however they grew and wherever it fell") {
    HashSlots<std::uint32_t> slots;
    CHECK(slots.find(1) == nullptr);
    // Hashes of three places, so that long runs pass over each other and over the end.
    const auto hash = [](std::uint32_t value) { return value % 3 == 0 ? ~0U : value % 3; };
    for (std::uint32_t value = 1; value <= 300; ++value) {
        slots.add(hash(value), value);
        for (const std::uint32_t known : {1U, value / 2 + 1, value}) {
            const auto is_known = [&](std::uint32_t found) { return found == known; };
            const std::uint32_t* const found = slots.find(hash(known), is_known);
            REQUIRE(found != nullptr);
            CHECK(*found == known);
        }
    }
    CHECK(slots.size() == 300);
    CHECK(slots.find(7) == nullptr);
    std::uint64_t sum = 0;
    slots.for_each([&](const auto& slot) { sum += slot.value; });
    CHECK(sum == 300 * 301 / 2);
}

TEST_CASE("an index goes on after it was loaded, and after it was cleared") {
    CommandIndex index;
    index.note("a", {1});
    CommandIndex again = copy_of(index);
    again.note("b", {2});
    CHECK(may_stand_at(again, "a", 1));
    CHECK(may_stand_at(again, "b", 2));
    again.clear();
    CHECK(again.size() == 0);
    again.note("b", {9});
    CHECK(again.candidates("b") == std::vector<Position>{{9}});
}

}  // namespace ferry
