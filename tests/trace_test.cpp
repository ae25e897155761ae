#include "projections/trace.hpp"

#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

v1::Command caused(v1::Command command, std::string_view id, std::string_view cause) {
    command.set_command_id(std::string(id));
    command.set_causation_id(std::string(cause));
    command.set_correlation_id("campaign-1");
    return command;
}

/// Three generations: one check brings two others, one of which brings a mark.
struct Family {
    Estate estate;
    Position grandchild;

    Family() {
        estate.with_pool("ocs01.contoso.com", 1);
        const std::string pool = "pool:ocs01.contoso.com";
        estate.done(caused(check(pool, "services-started"), "root", ""));
        estate.done(caused(check(pool, "site-administrable"), "child-1", "root"));
        const std::string event = "paris:" + std::to_string(estate.position().value);
        estate.done(caused(check(pool, "legacy-operational"), "child-2", "root"));
        estate.done(caused(mark("done"), "grandchild", event));
        grandchild = estate.position();
        estate.done(caused(mark("other"), "stranger", "somebody else"));
    }
    Trace trace(Position position) {
        Replica* replicas[] = {&estate.replica};
        auto traced = trace_event(replicas, 0, position);
        REQUIRE_MESSAGE(traced, traced.error().message);
        return std::move(*traced);
    }
};

}  // namespace

TEST_CASE("a trace begins at the first cause and holds everything that came of it") {
    Family family;
    const Trace trace = family.trace(family.grandchild);
    CHECK(trace.site == "paris");
    CHECK(trace.position == family.grandchild);
    CHECK(!trace.cause_unknown);
    CHECK(trace.root.id == "root");
    REQUIRE(trace.root.events.size() == 1);
    CHECK(trace.root.events[0].type() == "CheckRecorded");
    REQUIRE(trace.root.effects.size() == 2);
    CHECK(trace.root.effects[0].id == "child-1");
    CHECK(trace.root.effects[1].id == "child-2");
    CHECK(trace.root.effects[1].effects.empty());
    REQUIRE(trace.root.effects[0].effects.size() == 1);
    const TracedCommand& grandchild = trace.root.effects[0].effects[0];
    CHECK(grandchild.id == "grandchild");
    REQUIRE(grandchild.events.size() == 1);
    CHECK(grandchild.events[0].position() == family.grandchild.value);
    CHECK(!grandchild.events[0].event_id().empty());
}

TEST_CASE("a cause that no log here holds is named as unknown") {
    Family family;
    const Trace trace = family.trace(family.estate.position());
    CHECK(trace.cause_unknown);
    CHECK(trace.root.id == "stranger");
    CHECK(trace.root.cause == "somebody else");
    CHECK(trace.root.effects.empty());
}

TEST_CASE("an event that the engine appended by itself has no cause and no effects") {
    Family family;
    const Trace trace = family.trace({2});
    CHECK(trace.root.events.size() == 1);
    CHECK(trace.root.events_count == 1);
    CHECK(trace.root.effects.empty());
}

TEST_CASE("a command whose cause is itself, or one of its effects, ends the way up") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 0);
    const std::string pool = "pool:ocs01.contoso.com";
    estate.done(caused(check(pool, "services-started"), "a", "b"));
    estate.done(caused(check(pool, "services-started"), "b", "a"));
    Replica* replicas[] = {&estate.replica};
    const auto trace = trace_event(replicas, 0, estate.position());
    REQUIRE(trace);
    CHECK(trace->root.events_count == 1);
    CHECK(trace->root.effects.size() == 1);
}

TEST_CASE("a cause in one site's log is followed into another's") {
    Estate paris;
    Estate lyon(2);
    paris.with_pool("ocs01.contoso.com", 0);
    lyon.done(add_pool("ocs02.contoso.com", "new.contoso.com", "lyon"));
    lyon.done(caused(check("pool:ocs02.contoso.com", "services-started"), "first", ""));
    const std::string event = "lyon:" + std::to_string(lyon.position().value);
    paris.done(caused(check("pool:ocs01.contoso.com", "services-started"), "second", event));
    lyon.done(caused(check("pool:ocs02.contoso.com", "legacy-operational"), "third", "second"));
    Replica* replicas[] = {&paris.replica, &lyon.replica};
    const auto trace = trace_event(replicas, 1, lyon.position());
    REQUIRE(trace);
    CHECK(trace->root.id == "first");
    REQUIRE(trace->root.effects.size() == 1);
    CHECK(trace->root.effects[0].id == "second");
    REQUIRE(trace->root.effects[0].effects.size() == 1);
    CHECK(trace->root.effects[0].effects[0].events[0].site() == "lyon");
    CHECK(place_of_command(replicas, "second").value()->first == 0);
    CHECK(!place_of_command(replicas, "nobody").value());
}

TEST_CASE("a position that the log does not have is an error that says what there is") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 0);
    Replica* replicas[] = {&estate.replica};
    const auto trace = trace_event(replicas, 0, {4711});
    REQUIRE(!trace);
    CHECK(trace.error().code == Errc::usage);
    CHECK(trace.error().message.find("4711") != std::string::npos);
}

}  // namespace ferry::test
