#include "tests/read_estate.hpp"

namespace ferry {

using testing::member_line;
using testing::pool_line;

TEST_CASE("show prints an entity with the keys that scripts rely on, in their order") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    CHECK(
        ferry.run({"show", "pool:ocs01", "--json"}).out ==
        R"({"entity":"pool:ocs01","kind":"pool","site":"paris","pool":"ocs01","lifecycle":"pilot",)"
        R"("version":8,"position":14,"successor":"lync01","coexistence":"verified",)"
        R"("pilotRan":true,"presence":"present"})"
        "\n");
    CHECK(ferry.run({"show", "user:alice@x.com", "--json"}).out ==
          R"({"entity":"user:alice@x.com","kind":"user","site":"paris","pool":"ocs01",)"
          R"("lifecycle":"pilot","version":6,"position":20,"home":"lync01",)"
          R"("client":"upgraded-client","transfer":"settled","enabled":true,"presence":"present"})"
          "\n");
    CHECK(ferry.run({"show", "application:rgs", "--json"}).out ==
          R"({"entity":"application:rgs","kind":"application","site":"paris","pool":"ocs01",)"
          R"("lifecycle":"legacy","version":1,"position":7,"applicationClass":"response-groups",)"
          R"("compatibility":"unverified","home":"ocs01","transfer":"settled",)"
          R"("presence":"present"})"
          "\n");
}

TEST_CASE("show takes ids as people type them") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const std::string right = ferry.run({"show", "user:alice@x.com", "--json"}).out;
    CHECK(ferry.run({"show", "Alice@X.com", "--json"}).out == right);
    CHECK(ferry.run({"show", "sip:alice@x.com", "--json"}).out == right);
}

TEST_CASE("show --all prints every entity of all sites once, sorted by id, withdrawn ones too") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const auto lines = lines_of(ferry.run({"show", "--all", "--json"}).out);
    REQUIRE(lines.size() == 7);
    CHECK(contains(lines[0], R"("entity":"application:rgs")"));
    CHECK(contains(lines[1], R"("entity":"pool:ocs-lyon")"));
    CHECK(contains(lines[4], R"("entity":"user:bob@x.com")"));
    CHECK(contains(lines[4], R"("enabled":false)"));
    CHECK(contains(lines[5], R"("presence":"withdrawn")"));
    CHECK(contains(lines[6], R"("site":"lyon")"));
}

TEST_CASE("show as of a moment shows what stood then, and says which moment it took") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun before =
        ferry.run({"show", "user:alice@x.com", "--at", "before-pilot", "--json"});
    CHECK(contains(before.out, R"("lifecycle":"coexist-test")"));
    CHECK(contains(before.out, R"("client":"legacy-client")"));
    CHECK(contains(before.err, "as of paris:16 (label before-pilot), 20"));
    const ProgramRun early = ferry.run({"show", "user:alice@x.com", "--at", "3"});
    CHECK(early.exit == 65);
    CHECK(contains(early.err, "was not registered yet as of paris:3"));
}

TEST_CASE("show of every entity as of one site's position shows that site alone") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    CHECK(lines_of(ferry.run({"show", "--all", "--json", "--at", "paris:4"}).out).size() == 2);
    const ProgramRun unclear = ferry.run({"show", "--all", "--at", "4"});
    CHECK(unclear.exit == 2);
    CHECK(contains(unclear.err, "say which, as in lyon:4"));
    CHECK(ferry.run({"show", "--all", "--at", "rome:4"}).exit == 2);
    CHECK(ferry.run({"show", "--all", "--at", "before-dawn"}).exit == 2);
    CHECK(ferry.run({"show", "--all", "--at", "paris:400"}).exit == 2);
}

TEST_CASE("a site without the label asked for is left out with a warning") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"show", "--all", "--json", "--at", "before-pilot"});
    CHECK(run.exit == 0);
    CHECK(lines_of(run.out).size() == 5);
    CHECK(contains(run.err, "warning: `before-pilot` is no label of site lyon"));
}

TEST_CASE("show's text says what is known and what is possible next") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const std::string pool = ferry.run({"show", "pool:ocs01"}).out;
    CHECK(contains(pool, "services-started"));
    CHECK(contains(pool, "run 7"));
    CHECK(contains(pool, "promote  not yet: checks-passed (`ferry why pool:ocs01 promote`)"));
    const std::string alice = ferry.run({"show", "alice@x.com"}).out;
    CHECK(contains(alice, "lync01 (new side)"));
    CHECK(contains(alice, "upgraded-client (lync-2013)"));
    CHECK(contains(alice, "m-17 (made with lync-2013)"));
    CHECK(contains(alice, "withdraw  now"));
    CHECK(contains(ferry.run({"show", "site:paris"}).out, "before-pilot  paris:16"));
    CHECK(contains(ferry.run({"show", "carol@x.com"}).out, "legacy, withdrawn"));
}

TEST_CASE("show names the nearest id where one is unknown, and still shows the others") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"show", "user:alcie@x.com", "user:bob@x.com", "--json"});
    CHECK(run.exit == 65);
    CHECK(contains(run.err, "did you mean `user:alice@x.com`?"));
    CHECK(contains(run.out, "user:bob@x.com"));
}

TEST_CASE("a short name, or an id without its kind, is met with the id that begins so") {
    ProgramRunner ferry;
    ferry.apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
                member_line("user:alice.b@contoso.com", "01", "paris"));
    for (const auto& [typed, meant] : {std::pair("pool:ocs01", "pool:ocs01.contoso.com"),
                                       std::pair("ocs01", "pool:ocs01.contoso.com"),
                                       std::pair("ocs01.contoso.com", "pool:ocs01.contoso.com"),
                                       std::pair("alice", "user:alice@contoso.com")}) {
        CAPTURE(typed);
        const ProgramRun run = ferry.run({"show", typed});
        CHECK(run.exit == 65);
        CHECK(run.warns(std::string("did you mean `") + meant + "`?"));
        const ProgramRun advance = ferry.run({"advance", typed, "--to", "pilot"});
        CHECK(advance.warns(std::string("did you mean `") + meant + "`?"));
    }
    CHECK(!ferry.run({"show", "nobody"}).warns("did you mean"));
}

TEST_CASE("show without entities, and without a log, says what to give") {
    ProgramRunner ferry;
    CHECK(ferry.run({"show"}).exit == 2);
    const ProgramRun empty = ferry.run({"show", "--all"});
    CHECK(empty.exit == 69);
    CHECK(contains(empty.err, "begin one with `ferry import"));
}

}  // namespace ferry
