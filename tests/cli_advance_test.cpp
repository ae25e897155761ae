#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

namespace {

constexpr const char* pool = "pool:ocs01.contoso.com";

/// One pool, three users of whom one is disabled, and an application.
struct SmallEstate : ProgramRunner {
    SmallEstate() {
        apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
              member_line("user:bob@contoso.com", "01", "paris") +
              member_line("user:carol@contoso.com", "01", "paris", R"(,"disabled":true)") +
              member_line("application:helpdesk", "01", "paris",
                          R"(,"applicationClass":"response-groups")"));
    }
    void pass(const std::vector<std::string>& checks, const std::string& entity = pool) {
        for (const std::string& check : checks)
            REQUIRE(run({"check", entity, check, "pass"}).exit == 0);
    }
    void verify_coexistence() {
        pass({"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users"});
    }
    void make_operational() {
        pass({"legacy-operational", "successor-operational", "features-verified"});
    }
    ProgramRun advance(std::vector<std::string> arguments, const std::string& to) {
        arguments.insert(arguments.begin(), "advance");
        arguments.insert(arguments.end(), {"--to", to});
        return run(arguments);
    }
    std::string lifecycle(const std::string& entity) {
        const ProgramRun shown = run({"show", entity, "--json"});
        INFO(shown);
        REQUIRE(shown.exit == 0);
        return std::string(boost::json::parse(shown.out).at("lifecycle").as_string());
    }
};

}  // namespace

TEST_CASE("a pool takes each step in turn") {
    SmallEstate ferry;
    ferry.verify_coexistence();
    const ProgramRun run = ferry.advance({pool}, "pilot");
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.out == "moved 1, already there 0, refused 0\n");
    CHECK(ferry.lifecycle(pool) == "pilot");
}

TEST_CASE("a refusal ends an entity's way, and is counted by each guard with one example") {
    SmallEstate ferry;
    const ProgramRun run = ferry.advance({"pool:ocs01.contoso.com/*"}, "pilot");
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.says("moved 0, already there 0, refused 4\n"));
    CHECK(run.says("  4 pool-in-coexistence, such as user:alice@contoso.com: "));
    CHECK(!run.says("no-transition"));
}

TEST_CASE("refusals are told to programs as one JSON object") {
    SmallEstate ferry;
    const ProgramRun run = ferry.advance({"pool:ocs01.contoso.com/users", "--json"}, "pilot");
    const auto json = boost::json::parse(run.out);
    CHECK(json.at("refused") == 3);
    CHECK(json.at("refusals").at(0).at("guard") == "pool-in-coexistence");
    CHECK(json.at("refusals").at(0).at("count") == 3);
    CHECK(json.at("dryRun") == false);
}

TEST_CASE("a share of a pool moves by two commands and never takes a disabled user") {
    SmallEstate ferry;
    ferry.verify_coexistence();
    REQUIRE(ferry.advance({pool}, "pilot").exit == 0);
    const ProgramRun run = ferry.advance({"100%", "--pool", "ocs01.contoso.com"}, "pilot");
    INFO(run);
    CHECK(run.out == "moved 2, already there 0, refused 0\n");
    CHECK(ferry.lifecycle("carol@contoso.com") == "legacy");
    const ProgramRun again = ferry.advance({"pool:OCS01.contoso.com/100%"}, "pilot");
    CHECK(again.out == "moved 0, already there 2, refused 0\n");
}

TEST_CASE("pools go first where their members are selected with them") {
    SmallEstate ferry;
    ferry.verify_coexistence();
    const ProgramRun run = ferry.advance({"pool:ocs01.contoso.com/*", pool}, "pilot");
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.out == "moved 5, already there 0, refused 0\n");
}

TEST_CASE("a whole pool retires: its applications first, then the pool, then its users") {
    SmallEstate ferry;
    ferry.verify_coexistence();
    ferry.make_operational();
    ferry.pass({"application-compatible"}, "application:helpdesk");
    REQUIRE(ferry.advance({pool, "alice@contoso.com"}, "pilot").exit == 0);
    REQUIRE(ferry.run({"approve", pool, "retire", "--actor", "erik"}).exit == 0);
    const ProgramRun run = ferry.advance({"site:paris/*", "--actor", "dana"}, "retired");
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.out == "moved 5, already there 0, refused 0\n");
    CHECK(ferry.lifecycle("user:carol@contoso.com") == "retired");
}

TEST_CASE("a list, narrowed and limited, moves whom it names") {
    SmallEstate ferry;
    REQUIRE(ferry.advance({pool}, "coexist-test").exit == 0);
    const std::string list = ferry.file("wave.txt", "alice@contoso.com\nuser:bob@contoso.com\n");
    const ProgramRun limited = ferry.advance({"@" + list, "--limit", "1"}, "coexist-test");
    CHECK(limited.out == "moved 1, already there 0, refused 0\n");
    const ProgramRun rest = ferry.advance({"@" + list}, "coexist-test");
    CHECK(rest.out == "moved 1, already there 1, refused 0\n");
    const ProgramRun narrowed =
        ferry.advance({"site:paris/*", "--kind", "application"}, "coexist-test");
    CHECK(narrowed.out == "moved 1, already there 0, refused 0\n");
}

TEST_CASE("a dry run says what would move and what would be refused, and writes nothing") {
    SmallEstate ferry;
    const ProgramRun run = ferry.advance({pool, "alice@contoso.com", "--dry-run"}, "pilot");
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.says("would move 0, already there 0, would be refused 2\n"));
    CHECK(run.says("coexistence-verified"));
    CHECK(ferry.lifecycle(pool) == "legacy");
}

TEST_CASE("a dry run lists what does not follow to the new side, of who would move and no other") {
    SmallEstate ferry;
    ferry.verify_coexistence();
    REQUIRE(ferry.advance({pool}, "pilot").exit == 0);
    const auto seen = [](const char* id, const char* who, const char* what) {
        return fmt::format(R"({{"commandId":"{}","entity":"user:{}@contoso.com",{}}})"
                           "\n",
                           id, who, what);
    };
    ferry.apply(
        seen("1", "alice",
             R"("observeMeeting":{"meeting":"m-1","client":"communicator-2007-r2"})") +
        seen("2", "alice", R"("observeMeeting":{"meeting":"m-2","client":"lync-2013"})") +
        seen("3", "alice", R"("observeClient":{"client":"live-meeting-2007"})") +
        seen("4", "alice", R"("observeClient":{"client":"communicator-2007-r2"})") +
        seen("5", "bob", R"("observeMeeting":{"meeting":"m-3","client":"communicator-2007"})"));
    const ProgramRun run = ferry.advance({"alice@contoso.com", "--dry-run"}, "pilot");
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("does not follow to the new side: 1 client, 1 client-with-less, 1 meeting\n"));
    CHECK(run.says("  user:alice@contoso.com: meeting m-1 was made with communicator-2007-r2 and "
                   "stays on the legacy side; it must be scheduled again\n"));
    CHECK(run.says("client live-meeting-2007 cannot sign in to the new side; install lync-2013"));
    CHECK(run.says("instant messages and presence only"));
    CHECK(!run.says("m-2"));
    CHECK(!run.says("m-3"));
    const ProgramRun json =
        ferry.advance({"pool:ocs01.contoso.com/users", "--dry-run", "--json"}, "pilot");
    const auto behind = boost::json::parse(json.out).at("staysBehind").as_array();
    CHECK(behind.size() == 4);
    CHECK(behind.at(0).at("subject") == "m-1");
    // Nobody goes to production yet, so nothing of theirs stays behind.
    CHECK(!ferry.advance({"alice@contoso.com", "--dry-run"}, "production").says("does not follow"));
    // To coexistence nobody changes sides.
    CHECK(!ferry.advance({"alice@contoso.com", "--dry-run"}, "coexist-test").says("not follow"));
    REQUIRE(ferry.advance({"alice@contoso.com"}, "pilot").exit == 0);
    CHECK(!ferry.advance({"alice@contoso.com", "--dry-run"}, "production").says("m-1"));
}

TEST_CASE("who was withdrawn is refused where it is named") {
    SmallEstate ferry;
    REQUIRE(ferry.run({"withdraw", "bob@contoso.com"}).exit == 0);
    const ProgramRun run = ferry.advance({"bob@contoso.com"}, "coexist-test");
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.says("1 no-transition, such as user:bob@contoso.com"));
}

TEST_CASE("names that nobody knows are bad input, with what was perhaps meant") {
    SmallEstate ferry;
    const ProgramRun user = ferry.advance({"alise@contoso.com"}, "pilot");
    CHECK(user.exit == 65);
    CHECK(user.warns("did you mean `user:alice@contoso.com`?"));
    CHECK(ferry.advance({"pool:nowhere/*"}, "pilot").exit == 65);
    CHECK(ferry.advance({"site:nowhere/*"}, "pilot").exit == 65);
    CHECK(ferry.advance({"5%", "--pool", "nowhere"}, "pilot").exit == 65);
    const ProgramRun list =
        ferry.advance({"@" + ferry.file("w.txt", "\nx@contoso.com\n")}, "pilot");
    CHECK(list.exit == 65);
    CHECK(list.warns("w.txt:2"));
}

TEST_CASE("a state that does not exist or lies behind is a mistake of usage") {
    SmallEstate ferry;
    CHECK(ferry.advance({pool}, "gone").exit == 2);
    CHECK(ferry.advance({pool}, "legacy").exit == 2);
    CHECK(ferry.advance({"5%"}, "pilot").exit == 2);
    CHECK(ferry.run({"advance", pool}).exit == 2);
}

TEST_CASE("advancing where nothing is registered says how to begin") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"advance", pool, "--to", "pilot"});
    CHECK(run.exit == 65);
    CHECK(run.warns("ferry import"));
}

TEST_CASE("leavers are withdrawn once, and those who cannot leave are refused") {
    SmallEstate ferry;
    const ProgramRun dry = ferry.run({"withdraw", "pool:ocs01.contoso.com/users", "--dry-run"});
    CHECK(dry.out == "would be withdrawn 3, already there 0, would be refused 0\n");
    const ProgramRun run = ferry.run({"withdraw", "alice@contoso.com", "application:helpdesk"});
    CHECK(run.exit == 0);
    CHECK(run.out == "withdrawn 2, already there 0, refused 0\n");
    const ProgramRun again = ferry.run({"withdraw", "alice@contoso.com", pool});
    INFO(again);
    CHECK(again.exit == 1);
    CHECK(again.says("withdrawn 0, already there 1, refused 1\n"));
}

}  // namespace ferry::testing
