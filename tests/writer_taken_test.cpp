// Commands taken from a topic: one id never gets two answers, whoever takes it and however often.
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

std::vector<v1::CommandResult> take(Writer& writer, const std::vector<v1::Command>& commands,
                                    Offset next) {
    writer.begin_taken(commands, next);
    auto results = writer.finish();
    REQUIRE_MESSAGE(results, results.error().message);
    return std::move(*results);
}

const std::string pool = "pool:ocs01.contoso.com";

}  // namespace

TEST_CASE("a refusal of a taken command is answered the same after what it lacked was mended") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const std::vector<v1::Command> commands{with_id(start_pilot(pool), "k1"),
                                            with_id(enter_coexistence(pool), "k2"),
                                            with_id(start_pilot(pool), "k3")};
    const auto first = take(estate.writer, commands, {7});
    CHECK(first[0].outcome() == "NO_TRANSITION");
    CHECK(first[1].outcome() == "DONE");
    CHECK(first[2].outcome() == "REFUSED");
    CHECK(estate.replica.fleet.commands_next == Offset{7});
    for (const char* const needed : {"services-started", "site-administrable",
                                     "clients-reach-current-users", "clients-reach-legacy-users"})
        estate.done(check(pool, needed));

    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer next_leader(replica, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(next_leader.open().has_value());
    const auto again = take(next_leader, commands, {7});
    for (std::size_t i = 0; i < commands.size(); ++i)
        CHECK(again[i].SerializeAsString() == first[i].SerializeAsString());
    // Asked by another id it is decided anew, and done by now.
    CHECK(take(next_leader, {with_id(start_pilot(pool), "k4")}, {8}).front().outcome() == "DONE");
}

TEST_CASE("an answer given before the log began is given again when it has, by whoever leads") {
    Estate estate;
    const v1::Command early = with_id(enter_coexistence(pool), "k1");
    const auto first = take(estate.writer, {early}, {1});
    CHECK(first.front().outcome() == "INVALID");
    const auto begun = take(
        estate.writer,
        {with_id(add_pool("ocs01.contoso.com"), "k2"), early, with_id(retire(pool), "k1")}, {4});
    CHECK(begun[0].outcome() == "DONE");
    CHECK(begun[1].SerializeAsString() == first.front().SerializeAsString());
    CHECK(begun[2].outcome() == "INVALID");

    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer next_leader(replica, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(next_leader.open().has_value());
    CHECK(replica.fleet.commands_next == Offset{4});
    const auto again = take(next_leader, {early}, {5});
    CHECK(again.front().SerializeAsString() == first.front().SerializeAsString());
}

TEST_CASE("the same id twice in one batch gets one answer, also where it is refused") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const auto results = take(estate.writer,
                              {with_id(start_pilot(pool), "k1"), with_id(start_pilot(pool), "k1"),
                               with_id(retire(pool), "k1")},
                              {3});
    CHECK(results[0].SerializeAsString() == results[1].SerializeAsString());
    CHECK(results[2].outcome() == "INVALID");
    CHECK(says(results[2].message(), "used for another command"));
}

TEST_CASE("what was taken is noted with what came of it, and not where nothing did") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const auto refused = with_id(start_pilot(pool), "k1");
    take(estate.writer, {refused}, {5});
    const Position head = estate.position();
    take(estate.writer, {refused, with_id(ask("nonsense"), "k2")}, {9});
    CHECK(estate.position() == head);
    CHECK(estate.replica.fleet.commands_next == Offset{5});
}

TEST_CASE("a log begins with a batch whose first command nothing could record yet") {
    Estate estate;
    const auto results = take(
        estate.writer, {with_id(start_pilot(pool), "k1"), with_id(add_pool("ocs01"), "k2")}, {2});
    CHECK(results[0].outcome() == "INVALID");
    CHECK(results[1].outcome() == "DONE");
    CHECK(estate.replica.fleet.commands_next == Offset{2});
}

}  // namespace ferry::test
