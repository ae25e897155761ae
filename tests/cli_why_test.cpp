#include "tests/read_estate.hpp"

namespace ferry {

TEST_CASE("why names every guard that would refuse, with its remedy, and changes nothing") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const std::string before = ferry.run({"show", "--all", "--json"}).out;
    const ProgramRun refused = ferry.run({"why", "application:rgs", "promote"});
    CHECK(refused.exit == 1);
    CHECK(contains(refused.out, "application:rgs: promote would be refused\n"));
    CHECK(contains(refused.out, "  pool-in-production: pool:ocs01 is in pilot"));
    CHECK(contains(refused.out, "  compatible: "));
    CHECK(contains(refused.out, "`ferry check application:rgs application-compatible pass`"));
    CHECK(ferry.run({"show", "--all", "--json"}).out == before);
}

TEST_CASE("why says what is possible now, and that nothing was done") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun possible = ferry.run({"why", "bob@x.com", "enterCoexistence"});
    CHECK(possible.exit == 0);
    CHECK(possible.out == "user:bob@x.com: enter-coexistence is possible now\n");
    const ProgramRun json = ferry.run({"why", "bob@x.com", "enter-coexistence", "--json"});
    CHECK(json.out == "{\"outcome\":\"DONE\",\"message\":\"possible now; nothing was done\"}\n");
}

TEST_CASE("why answers a command that no row accepts with what is possible instead") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"why", "carol@x.com", "promote"});
    CHECK(run.exit == 1);
    CHECK(contains(run.out, "is in withdrawn: promote is not possible from there"));
    CHECK(contains(run.out, "possible from there: register"));
    const ProgramRun json = ferry.run({"why", "alice@x.com", "startPilot", "--json"});
    CHECK(json.exit == 1);
    CHECK(contains(json.out, R"("outcome":"NO_TRANSITION","possible":["promote","withdraw"])"));
}

TEST_CASE("why can be asked of registering: who left may come back, who is there may not") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    CHECK(ferry.run({"why", "carol@x.com", "register"}).exit == 0);
    const ProgramRun known = ferry.run({"why", "bob@x.com", "register"});
    CHECK(known.exit == 1);
    CHECK(contains(known.out, "already-registered"));
}

TEST_CASE("why asks in the name of the actor that is given") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    ferry.apply(
        R"({"commandId":"a1","entity":"pool:ocs01","actor":"erik","approve":{"action":"retire"}})");
    const std::string lyon = ferry.run({"why", "pool:ocs-lyon", "retire"}).out;
    CHECK(contains(lyon, "retire is not possible from there"));
    CHECK(contains(ferry.run({"show", "pool:ocs01"}).out, "retire by erik"));
}

TEST_CASE("why can be asked of a moment in the past") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"why", "pool:ocs01", "start-pilot", "--at", "paris:8"});
    CHECK(run.exit == 1);
    CHECK(contains(run.out, "coexistence-verified"));
    CHECK(contains(run.err, "as of paris:8"));
}

TEST_CASE("why refuses what cannot be asked") {
    ProgramRunner ferry;
    CHECK(ferry.run({"why", "bob@x.com", "promote"}).exit == 69);
    apply_read_estate(ferry);
    CHECK(ferry.run({"why", "bob@x.com", "dance"}).exit == 2);
    CHECK(contains(ferry.run({"why", "bob@x.com", "approve"}).err, "asks no guard"));
    const ProgramRun unknown = ferry.run({"why", "user:bbo@x.com", "promote"});
    CHECK(unknown.exit == 65);
    CHECK(contains(unknown.err, "did you mean `user:bob@x.com`?"));
}

}  // namespace ferry
