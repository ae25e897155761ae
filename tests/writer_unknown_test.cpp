// Appends whose outcome nobody knows, leases that end, and a log that was cut off behind its
// reader.
#include "tests/answers.hpp"
#include "tests/log_sample.hpp"
#include "tests/unsure_estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("an append of unknown outcome is settled by a takeover, and the command is done once") {
    using Next = UnsureLog::Next;
    for (const Next what : {Next::unsure_stands, Next::unsure_lost, Next::unsure_late}) {
        CAPTURE(static_cast<int>(what));
        Unsure unsure;
        unsure.estate.with_pool("ocs01.contoso.com", 2);
        const Term term = unsure.estate.replica.acceptance.term;
        unsure.log->next(what);
        const auto result = unsure.estate.done(check("pool:ocs01.contoso.com", "services-started"));
        CHECK(unsure.estate.replica.acceptance.term > term);
        const Replica fresh = unsure.fresh();
        CHECK(fresh.acceptance.head == unsure.estate.replica.acceptance.head);
        CHECK(unsure.estate.entity("pool:ocs01.contoso.com").version == result.version());
        CHECK(result.version() == 2);
        const std::uint64_t voids = what == Next::unsure_late ? 1 : 0;
        std::uint64_t counted = 0;
        for (const auto& [reason, count] : fresh.voids) counted += count;
        CHECK(counted == voids);
    }
}

TEST_CASE("an unknown outcome of a log's first commit leaves one log and one answer") {
    using Next = UnsureLog::Next;
    for (const Next what : {Next::unsure_stands, Next::unsure_lost}) {
        Unsure unsure;
        unsure.log->next(what);
        unsure.estate.done(add_pool("ocs01.contoso.com"));
        CHECK(unsure.fresh().fleet.size() == 1);
    }
}

TEST_CASE("where leases are kept, an overtaken leader steps down and answers nothing more") {
    Unsure unsure;
    unsure.estate.with_pool("ocs01.contoso.com", 1);
    unsure.log->steps_down = true;
    Replica rival_replica(std::make_unique<MemoryLog>(unsure.store, "paris"));
    Writer rival(rival_replica, side_by_side(), unsure.estate.clock, unsure.estate.randomness);
    REQUIRE(rival.open().has_value());
    v1::Command command = check("pool:ocs01.contoso.com", "services-started");
    command.set_command_id("rival-1");
    REQUIRE(rival.execute(std::span(&command, 1)).has_value());

    v1::Command late = check("pool:ocs01.contoso.com", "site-administrable");
    late.set_command_id("late-1");
    const auto refused = unsure.estate.writer.execute(std::span(&late, 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(says(refused.error().message, "steps down"));
    CHECK(unsure.fresh().acceptance.head == rival_replica.acceptance.head);
}

TEST_CASE("a writer whose lease is lost appends nothing") {
    Unsure unsure;
    unsure.estate.with_pool("ocs01.contoso.com", 1);
    const std::size_t before = unsure.store->size();
    unsure.log->forbids = Error{Errc::unavailable, "the lease is lost"};
    v1::Command command = check("pool:ocs01.contoso.com", "services-started");
    command.set_command_id("late-1");
    const auto refused = unsure.estate.writer.execute(std::span(&command, 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "the lease is lost");
    CHECK(unsure.store->size() == before);
}

TEST_CASE("a log cut off behind its reader is named after a reconnect and before a takeover") {
    Unsure unsure;
    unsure.estate.with_pool("ocs01.contoso.com", 3);
    unsure.estate.done(check("pool:ocs01.contoso.com", "services-started"));
    const Position head = unsure.estate.position();
    Replica reader(std::make_unique<UnsureLog>(unsure.store));
    REQUIRE(reader.catch_up().has_value());
    unsure.store->truncate(unsure.store->size() - 1);
    REQUIRE(reader.catch_up().has_value());  // nothing was asked for that would show it
    static_cast<UnsureLog&>(*reader.log).reconnect();
    const auto seen = reader.catch_up();
    REQUIRE_FALSE(seen.has_value());
    CHECK(seen.error().code == Errc::damaged);
    CHECK(says(seen.error().message, "log truncated after position " + std::to_string(head.value)));

    unsure.log->next(UnsureLog::Next::unsure_lost);
    v1::Command command = check("pool:ocs01.contoso.com", "site-administrable");
    command.set_command_id("late-1");
    Writer taker(reader, side_by_side(), unsure.estate.clock, unsure.estate.randomness);
    const auto refused = taker.execute(std::span(&command, 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::damaged);
}

}  // namespace ferry::test
