#include "tests/pilot_estate.hpp"
#include "tests/read_estate.hpp"

namespace ferry {

using testing::PilotEstate;
using testing::pool_line;

TEST_CASE("status counts per site, kind and lifecycle, one object a line, sites sorted") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto lines = lines_of(ferry.run({"status", "--json"}).out);
    REQUIRE(lines.size() == 6);
    CHECK(contains(lines[0], R"({"site":"lyon","kind":"pool","legacy":1,)"));
    CHECK(lines[4] == R"({"site":"paris","kind":"user","legacy":1,"coexist-test":0,"pilot":1,)"
                      R"("production":0,"retired":0,"withdrawn":1})");
    CHECK(contains(lines[5], R"("kind":"application","legacy":1)"));
}

TEST_CASE("status is narrowed by site, kind, pool, state and class") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto line = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"status", "--json"});
        return ferry.run(more).out;
    };
    CHECK(lines_of(line({"--site", "lyon", "--kind", "user"})).size() == 1);
    CHECK(lines_of(line({"--pool", "ocs01"})).size() == 3);
    CHECK(contains(line({"--pool", "pool:ocs01", "--kind", "pool"}), R"("pilot":1)"));
    CHECK(contains(line({"--site", "paris", "--state", "pilot", "--kind", "user"}),
                   R"("legacy":0,"coexist-test":0,"pilot":1)"));
    CHECK(contains(line({"--site", "paris", "--class", "attendant", "--kind", "application"}),
                   R"("legacy":0)"));
    CHECK(contains(line({"--site", "paris", "--class", "response-groups", "--kind", "application"}),
                   R"("legacy":1)"));
}

TEST_CASE("status as a table names pools, their coexistence and how much is done") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"status"});
    CHECK(run.exit == 0);
    CHECK(contains(run.out, "ocs01 → lync01: pilot, coexistence verified\n"));
    CHECK(contains(run.out, "paris in all\n"));
    CHECK(contains(run.out, "0 %"));
    CHECK(contains(run.out, "before-pilot  paris:16"));
    CHECK_FALSE(contains(run.out, "\033["));
}

TEST_CASE("status of one pool begins with its site, whatever other sites there are") {
    ProgramRunner ferry;
    ferry.apply(pool_line("01", "lyon") + pool_line("02", "paris"));
    const ProgramRun run = ferry.run({"status", "--pool", "ocs02.contoso.com"});
    INFO(run);
    CHECK(run.out.starts_with("paris  paris:"));
    CHECK(!run.says("lyon"));
}

TEST_CASE("status names waves that are not over, and no other") {
    PilotEstate ferry;
    const std::string before = ferry.run({"status", "--json"}).out;
    CHECK_FALSE(contains(before, "unfinishedWaves"));
    ferry.must({"wave", "create", "w1", testing::alice, "--to", "pilot"});
    ferry.must({"wave", "create", "w2", testing::bob, testing::helpdesk, "--to", "pilot"});
    ferry.must({"wave", "start", "w1"});
    const ProgramRun shown = ferry.run({"status"});
    INFO(shown);
    CHECK(shown.says("\nwave  w2  planned  0 of 2 moved to pilot, 0 moving, 0 failed\n"));
    CHECK_FALSE(shown.says("wave  w1"));
    const auto json = lines_of(ferry.run({"status", "--json", "--kind", "user"}).out);
    REQUIRE(json.size() == 1);
    CHECK(contains(json[0], R"("unfinishedWaves":[{"wave":"w2","state":"planned","to":"pilot",)"
                            R"("total":2,"moving":0,"moved":0,"failed":0,"remaining":2}])"));
    CHECK_FALSE(ferry.run({"status", "--at", "before"}).says("wave  w2"));
    ferry.must({"wave", "stop", "w2"});
    CHECK_FALSE(contains(ferry.run({"status", "--json"}).out, "unfinishedWaves"));
}

TEST_CASE("status as of a moment counts what stood then") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"status", "--at", "paris:4", "--json", "--kind", "user"});
    CHECK(lines_of(run.out).size() == 1);
    CHECK(contains(run.out, R"("legacy":1,"coexist-test":0,"pilot":0)"));
    CHECK(contains(run.err, "as of paris:4, "));
}

TEST_CASE("status refuses sites and pools that are not there") {
    ProgramRunner ferry;
    CHECK(ferry.run({"status"}).exit == 69);
    apply_read_estate(ferry);
    CHECK(contains(ferry.run({"status", "--site", "rome"}).err, "known are: lyon, paris"));
    const ProgramRun pool = ferry.run({"status", "--pool", "ocs02"});
    CHECK(pool.exit == 65);
    CHECK(contains(pool.err, "did you mean `ocs01`?"));
    CHECK(ferry.run({"status", "--kind", "cat"}).exit == 2);
}

}  // namespace ferry
