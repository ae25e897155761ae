// Logs that must not be written to, and appends that fail.
#include "engine/machine.hpp"
#include "engine/writer.hpp"

#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/faulty_vfs.hpp"
#include "tests/log_homes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";

/// What keeps a writer from opening the log; fails the test where nothing does.
Error refusal(std::unique_ptr<Log> log) {
    Replica replica(std::move(log));
    ManualClock clock;
    SeededRandomness randomness(9);
    Writer writer(replica, side_by_side(), clock, randomness);
    const auto opened = writer.open();
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
}

CommitHeader next_header(const Estate& estate) {
    const AcceptanceState& state = estate.replica.acceptance;
    CommitHeader header;
    header.log_id = state.log_id;
    header.commit_id = id_of<CommitId>(77);
    header.first = state.position.next();
    header.term = state.term;
    header.writer = state.writer;
    header.previous = state.head;
    header.recorded = state.recorded;
    header.machine_digest = machine_digest();
    return header;
}

v1::StoredEvent event_of_the_future() {
    v1::StoredEvent event;
    event.set_version(9);
    event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(999, "to come");
    return event;
}

/// A batch of one command, through a writer that is expected to fail.
Error failure_of(Estate& estate, const v1::Command& command) {
    const auto failed = estate.writer.execute(std::span(&command, 1));
    REQUIRE_FALSE(failed.has_value());
    return failed.error();
}

}  // namespace

TEST_CASE("a damaged log is not written to, and the message names the place and the remedy") {
    SqliteHome home;
    {
        Estate estate(home.log());
        estate.with_pool("ocs01", 3);
        estate.done(enter_coexistence(pool));
        REQUIRE(estate.replica.log->stop().has_value());
    }
    auto database = SqliteDatabase::open(home.file(), SqliteAccess::write, "");
    REQUIRE(database.has_value());
    SUBCASE("a row that was changed") {
        REQUIRE(database->run("UPDATE commits SET bytes = zeroblob(length(bytes)) "
                              "WHERE position = 3"));
    }
    SUBCASE("a row that is missing") {
        REQUIRE(database->run("DELETE FROM commits WHERE position = 3"));
    }
    const Error error = refusal(home.log());
    CHECK(error.code == Errc::damaged);
    CHECK(says(error.message, "ferry repair"));
}

TEST_CASE("a log with a body that this build does not know is read but not written to") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    REQUIRE(estate.store->append(commit_of(next_header(estate), {event_of_the_future()})));
    const Error error = refusal(std::make_unique<MemoryLog>(estate.store, "paris"));
    CHECK(error.code == Errc::configuration);
    CHECK(says(error.message, "an event body it does not know at position 5"));
    CHECK(says(error.message, "may read it but not write"));
    // Also the writer that was open before stops, and so does a rehearsal.
    CHECK(failure_of(estate, with_id(mark("x"), "a")).code == Errc::configuration);
    const v1::Command command = with_id(mark("x"), "a");
    CHECK_FALSE(estate.writer.rehearse(std::span(&command, 1)).has_value());
    CHECK(estate.replica.fleet.position == Position{5});
}

TEST_CASE("a log decided with other transition tables is not written to") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CommitHeader header = next_header(estate);
    header.machine_digest = Hash{};
    v1::StoredEvent event;
    event.set_version(3);
    event.mutable_marked()->set_label("x");
    REQUIRE(estate.store->append(commit_of(header, {event})));
    const Error error = refusal(std::make_unique<MemoryLog>(estate.store, "paris"));
    CHECK(error.code == Errc::configuration);
    CHECK(says(error.message, "transition tables it does not know"));
}

TEST_CASE("a sealed log is read-only here") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CommitHeader header = next_header(estate);
    header.kind = CommitKind::seal;
    header.next_writer = id_of<WriterId>(5);
    v1::StoredEvent event;
    event.set_version(3);
    event.mutable_sealed()->set_destination("kafka://elsewhere");
    REQUIRE(estate.store->append(commit_of(header, {event})));
    const Error error = refusal(std::make_unique<MemoryLog>(estate.store, "paris"));
    CHECK(error.code == Errc::configuration);
    CHECK(says(error.message, "sealed at position 5"));
    CHECK(failure_of(estate, with_id(mark("x"), "a")).code == Errc::configuration);
}

TEST_CASE("a log of a later format is not even read on") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CommitHeader header = next_header(estate);
    header.format_version = commit_format_version + 1;
    v1::StoredEvent event;
    event.mutable_marked()->set_label("x");
    REQUIRE(estate.store->append(commit_of(header, {event})));
    const Error error = refusal(std::make_unique<MemoryLog>(estate.store, "paris"));
    CHECK(error.code == Errc::configuration);
    CHECK(says(error.message, "newer ferry"));
}

TEST_CASE("an append that fails answers nothing done, and a restart finds what was acknowledged") {
    for (const auto kind : {MemoryFault::Kind::fail, MemoryFault::Kind::fail_unknown}) {
        MemoryHome home;
        Position acknowledged;
        {
            Estate estate(home.log());
            estate.with_pool("ocs01", 2);
            acknowledged = estate.position();
            home.store->inject({kind, 0});
            const Error error = failure_of(estate, with_id(enter_coexistence(pool), "a"));
            CHECK(error.code == Errc::io);
        }
        Estate estate(home.log(), 2);
        const bool stands = kind == MemoryFault::Kind::fail_unknown;
        CHECK(estate.position().value == acknowledged.value + (stands ? 1 : 0));
        // Asked again by its id, it is known or decided, and done once either way.
        estate.done(with_id(enter_coexistence(pool), "a"));
        CHECK(estate.entity(pool).version == 2);
    }
}

TEST_CASE("a disk that fails a sync stops the writer, and a restart finds what was acknowledged") {
    for (const DiskCall call : {DiskCall::sync, DiskCall::write}) {
        SqliteHome home;
        home.options.vfs = faulty_vfs();
        Position acknowledged;
        {
            Estate estate(home.log());
            estate.with_pool("ocs01", 2);
            acknowledged = estate.position();
            fail_call(call, 1, true);
            CHECK(failure_of(estate, with_id(enter_coexistence(pool), "a")).code == Errc::io);
            CHECK(heal_disk());
        }
        Estate estate(home.log(), 2);
        CHECK(estate.position() >= acknowledged);
        CHECK(estate.position() <= acknowledged.next());
        estate.done(with_id(enter_coexistence(pool), "a"));
        CHECK(estate.entity(pool).version == 2);
    }
}

}  // namespace ferry::test
