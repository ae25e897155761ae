#include "ferry/v1/event.pb.h"
#include "tests/read_estate.hpp"

#include <google/protobuf/util/json_util.h>

namespace ferry {

TEST_CASE("history prints what happened to one entity, oldest first") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"history", "alice@x.com"});
    CHECK(run.exit == 0);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == 7);
    CHECK(contains(lines[0], "what"));
    CHECK(contains(lines[1], "registered in ocs01, legacy"));
    CHECK(contains(lines[2], "legacy → coexist-test"));
    CHECK(contains(lines[3], "coexist-test → pilot"));
    CHECK(contains(lines[3], "dana: wave 1"));
    CHECK(contains(lines[5], "client: legacy-client → upgraded-client"));
}

TEST_CASE("what somebody wrote is shown, and does nothing to the terminal") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    ferry.run({"check", "user:alice@x.com", "tested", "pass", "--evidence", "\x1b[2Jgone",
               "--actor", "da\x1b[31mna", "--reason", "one\ntwo"});
    for (const std::vector<std::string>& asked :
         {std::vector<std::string>{"history", "alice@x.com"}, {"show", "user:alice@x.com"}}) {
        const ProgramRun run = ferry.run(asked);
        CHECK(run.exit == 0);
        CHECK(run.out.find('\x1b') == std::string::npos);
        CHECK(run.says("\\x1b[2Jgone"));
    }
    CHECK(ferry.run({"history", "alice@x.com"}).says("da\\x1b[31mna: one\\x0atwo"));
}

TEST_CASE("history as of a moment ends there") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"history", "alice@x.com", "--at", "before-pilot", "--json"});
    CHECK(lines_of(run.out).size() == 2);
    CHECK(contains(run.err, "as of paris:16"));
}

TEST_CASE("history of a site is its own stream") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto lines = lines_of(ferry.run({"history", "site:paris"}).out);
    REQUIRE(lines.size() == 4);
    CHECK(contains(lines[1], "LogCreated"));
    CHECK(contains(lines[3], "Marked: label before-pilot"));
}

TEST_CASE("events prints a whole site in log order, each line one event in protobuf's JSON") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto lines = lines_of(ferry.run({"events", "--site", "paris", "--json"}).out);
    REQUIRE(lines.size() == std::size_t{paris_end});
    std::uint64_t position = 0;
    for (const std::string& line : lines) {
        v1::Event event;
        REQUIRE(google::protobuf::util::JsonStringToMessage(line, &event).ok());
        CHECK(event.position() == ++position);
        CHECK(event.site() == "paris");
        CHECK_FALSE(event.event_id().empty());
    }
}

TEST_CASE("events lets through what its filters say") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto count = [&](std::vector<std::string> filter) {
        filter.insert(filter.begin(), {"events", "--json"});
        return lines_of(ferry.run(filter).out).size();
    };
    CHECK(count({"--site", "paris", "--from", "3", "--to", "5"}) == 3);
    CHECK(count({"--site", "paris", "--from", "before-pilot"}) == std::size_t{paris_end} - 15);
    CHECK(count({"--entity", "alice@x.com"}) == 6);
    CHECK(count({"--actor", "agent"}) == 3);
    CHECK(count({"--type", "CheckRecorded"}) == 4);
    CHECK(count({"--correlation", "wave-1"}) == 1);
    CHECK(count({"--since", "2000-01-01T00:00:00Z"}) > 20);
    CHECK(count({"--until", "2000-01-01T00:00:00Z"}) == 0);
}

TEST_CASE("events as text says who did what to whom") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const std::string text =
        ferry.run({"events", "--entity", "pool:ocs01", "--type", "CheckRecorded"}).out;
    CHECK(contains(text, "check services-started PASS, evidence: run 7"));
    CHECK(contains(text, "(probe)"));
}

TEST_CASE("events and history refuse what they cannot find") {
    ProgramRunner ferry;
    CHECK(ferry.run({"events"}).exit == 69);
    CHECK(ferry.run({"history", "bob@x.com"}).exit == 69);
    apply_read_estate(ferry);
    CHECK(ferry.run({"history", "nobody@nowhere.com"}).exit == 65);
    CHECK(ferry.run({"events", "--type", "Danced"}).exit == 2);
    CHECK(ferry.run({"events", "--since", "yesterday"}).exit == 2);
    CHECK(ferry.run({"events", "--from", "3"}).exit == 2);
    CHECK(ferry.run({"events", "--site", "rome"}).exit == 65);
    CHECK(ferry.run({"events", "--site", "paris", "--to", "4000"}).exit == 2);
}

}  // namespace ferry
