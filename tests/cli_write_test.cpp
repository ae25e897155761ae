#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

namespace {

constexpr const char* pool = "pool:ocs01.contoso.com";

/// One pool with one user in each of two sites.
struct TwoSites : ProgramRunner {
    TwoSites() {
        apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
              pool_line("02", "lyon"));
    }
};

}  // namespace

TEST_CASE("a check that is recorded is answered with its position and version") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"check", pool, "services-started", "pass"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.out == "done: paris:5 pool:ocs01.contoso.com version 2\n");
    CHECK(run.err.empty());
}

TEST_CASE("a check's words may be typed in any case, and an address as it is written anywhere") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"check", "SIP:Alice@Contoso.com", "Client-Ready", "FAIL"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("user:alice@contoso.com version 2"));
    CHECK(run.warns("no rule of the pack side-by-side asks for the check `client-ready`"));
}

TEST_CASE("a check that is nearly one the pack asks for says which was perhaps meant") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"check", pool, "service-started", "pass"});
    CHECK(run.exit == 0);
    CHECK(run.warns("did you mean `services-started`?"));
}

TEST_CASE("a file given as evidence is recorded by its digest and name") {
    TwoSites ferry;
    const std::string path = ferry.file("services.log", "abc");
    const ProgramRun run = ferry.run({"check", pool, "services-started", "pass", "--evidence",
                                      "@" + path, "--deployment", "successor"});
    INFO(run);
    REQUIRE(run.exit == 0);
    const ProgramRun events = ferry.run({"events", "--entity", pool, "--json"});
    CHECK(events.says("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad "
                      "services.log"));
}

TEST_CASE("evidence that cannot be read is bad input and records nothing") {
    TwoSites ferry;
    const ProgramRun run =
        ferry.run({"check", pool, "services-started", "pass", "--evidence", "@/nowhere/x.log"});
    CHECK(run.exit == 65);
    CHECK(run.warns("/nowhere/x.log: cannot be opened"));
    CHECK(ferry.run({"show", pool, "--json"}).says("\"version\":1"));
}

TEST_CASE("a check given for a site is recorded on its pools") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"check", "site:lyon", "services-started", "pass"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("done: lyon:4 site:lyon"));
    CHECK(ferry.run({"show", "pool:ocs02.contoso.com", "--json"}).says("\"version\":2"));
}

TEST_CASE("what is unknown or misspelt is bad input or usage, and says what would be right") {
    TwoSites ferry;
    const ProgramRun entity = ferry.run({"check", "pool:osc01.contoso.com", "x", "pass"});
    CHECK(entity.exit == 65);
    CHECK(entity.warns("did you mean `pool:ocs01.contoso.com`?"));
    const ProgramRun site = ferry.run({"check", "site:rome", "x", "pass"});
    CHECK(site.exit == 65);
    CHECK(site.warns("the sites are lyon, paris"));
    CHECK(ferry.run({"check", "nonsense", "x", "pass"}).exit == 65);
    CHECK(ferry.run({"check", pool, "x", "perhaps"}).exit == 2);
    CHECK(ferry.run({"check", pool, "x", "pass", "--deployment", "both"}).exit == 2);
}

TEST_CASE("a dry run of a check answers as if and writes nothing") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"check", pool, "services-started", "pass", "--dry-run"});
    CHECK(run.out == "would be done: paris:5 pool:ocs01.contoso.com version 2\n");
    CHECK(ferry.run({"show", pool, "--json"}).says("\"version\":1"));
}

TEST_CASE("a pool of the same batch counts where a member of another site is asked for in it") {
    TwoSites ferry;
    const ProgramRun run =
        ferry.run({"apply", "-"},
                  pool_line("03", "lyon") + member_line("user:alice@contoso.com", "03", "lyon"));
    INFO(run);
    CHECK(run.says("REFUSED"));
    CHECK(run.says("already-registered"));
}

TEST_CASE("who expects that nobody registered an entity hears that another site has it") {
    TwoSites ferry;
    const ProgramRun run =
        ferry.run({"apply", "-"}, R"({"commandId":"late","entity":"pool:ocs01.contoso.com",)"
                                  R"("expectedVersion":"none","register":{"site":"lyon"}})"
                                  "\n");
    INFO(run);
    CHECK(run.says("CONFLICT"));
    CHECK(run.says("is at version 1 in site paris"));
}

TEST_CASE("an approval names an action in either spelling") {
    TwoSites ferry;
    CHECK(ferry.run({"approve", pool, "retire", "--actor", "erik"}).exit == 0);
    CHECK(ferry.run({"approve", pool, "enter-coexistence"}).exit == 0);
    CHECK(ferry.run({"approve", pool, "enterCoexistence"}).exit == 0);
    const ProgramRun wrong = ferry.run({"approve", pool, "dance"});
    CHECK(wrong.exit == 2);
    CHECK(wrong.warns("`dance` is no action that can be approved"));
    CHECK(ferry.run({"approve", pool, "withdraw"}).exit == 65);
    CHECK(ferry.run({"approve", "user:nobody@contoso.com", "retire"}).exit == 65);
}

TEST_CASE("a command to somebody withdrawn says that nothing but coming back is possible") {
    TwoSites ferry;
    REQUIRE(ferry.run({"withdraw", "alice@contoso.com"}).exit == 0);
    const ProgramRun run = ferry.run({"approve", "alice@contoso.com", "retire"});
    INFO(run);
    CHECK(run.exit == 1);
    CHECK(run.warns("possible now: register"));
}

TEST_CASE("a label marks every site's log, and is refused where it is used already") {
    TwoSites ferry;
    const ProgramRun one = ferry.run({"mark", "before-pilot", "--site", "lyon"});
    INFO(one);
    CHECK(one.exit == 0);
    CHECK(one.out == "done: lyon:4 site:lyon version 3\n");
    const ProgramRun all = ferry.run({"mark", "before-pilot"});
    INFO(all);
    CHECK(all.exit == 1);
    CHECK(all.says("done: paris:5 site:paris"));
    CHECK(all.warns("refused: site:lyon"));
    CHECK(all.warns("label-unused"));
}

TEST_CASE("a label that looks like a position, an unknown site or no log at all cannot be marked") {
    TwoSites ferry;
    CHECK(ferry.run({"mark", "120"}).exit == 65);
    CHECK(ferry.run({"mark", "wave-1", "--site", "rome"}).exit == 65);
    ProgramRunner empty;
    const ProgramRun run = empty.run({"mark", "wave-1"});
    CHECK(run.exit == 65);
    CHECK(run.warns("ferry import"));
}

TEST_CASE("answers come as JSON where they are asked for so") {
    TwoSites ferry;
    const ProgramRun run = ferry.run({"mark", "wave-1", "--site", "paris", "--json"});
    const auto json = boost::json::parse(run.out);
    CHECK(json.at("outcome") == "DONE");
    CHECK(json.at("position") == "5");
}

}  // namespace ferry::testing
