#include "events/writer_lock.hpp"

#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

namespace ferry::test {

TEST_CASE("a lock names its holder to whom it refuses, and is free when its holder ends") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.lock";
    ManualClock clock;
    {
        const auto held = WriterLock::take(file, "ferry serve", clock);
        REQUIRE(held.has_value());
        CHECK(held->created());
        const auto refused = WriterLock::take(file, "ferry apply", clock);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == Errc::unavailable);
        for (const std::string& part :
             {std::to_string(getpid()), std::string("ferry serve"), to_rfc3339(clock.now())})
            CHECK(refused.error().message.find(part) != std::string::npos);
    }
    const auto next = WriterLock::take(file, "ferry apply", clock);
    REQUIRE(next.has_value());
    CHECK_FALSE(next->created());
    CHECK(read_writer_note(file)->command == "ferry apply");
}

TEST_CASE("a lock carries the clocks at one stop to the next writer, over any that wrote nothing") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.lock";
    ManualClock clock;
    clock.pass(std::chrono::seconds(90));
    const ClockReading reading = read_clocks(clock);
    CHECK_FALSE(reading.boot_id.empty());
    {
        auto lock = WriterLock::take(file, "ferry", clock);
        CHECK_FALSE(lock->last_stop().has_value());
        REQUIRE(lock->note_stop(reading).has_value());
        CHECK(read_writer_note(file)->process == 0);
    }
    clock.jump(std::chrono::hours(5));
    for (int i = 0; i < 2; ++i) {
        auto lock = WriterLock::take(file, "ferry", clock);
        REQUIRE(lock.has_value());
        REQUIRE(lock->last_stop().has_value());
        CHECK(lock->last_stop()->boot_id == reading.boot_id);
        CHECK(lock->last_stop()->boot_time == reading.boot_time);
        CHECK(lock->last_stop()->wall == reading.wall);
        REQUIRE(lock->note_stop({}).has_value());
    }
}

TEST_CASE("a lock file with other bytes in it is a lock all the same") {
    const ScratchDirectory scratch;
    const std::string file = scratch.path() + "/paris.lock";
    std::ofstream(file) << "{\"pid\": ";
    CHECK_FALSE(read_writer_note(file).has_value());
    CHECK_FALSE(read_writer_note(scratch.path() + "/none").has_value());
    const ManualClock clock;
    const auto lock = WriterLock::take(file, "ferry", clock);
    REQUIRE(lock.has_value());
    CHECK(read_writer_note(file)->process == getpid());
    std::ofstream(file) << "?";
    const auto refused = WriterLock::take(file, "ferry", clock);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find("another process") != std::string::npos);
}

TEST_CASE("a lock that cannot be taken for want of its directory is an error") {
    const ScratchDirectory scratch;
    const auto lock = WriterLock::take(scratch.path() + "/none/paris.lock", "ferry", ManualClock());
    REQUIRE_FALSE(lock.has_value());
    CHECK(lock.error().code == Errc::io);
    CHECK(lock.error().message.find("No such file") != std::string::npos);
}

}  // namespace ferry::test
