// `ferry pack`: check, show, diff and adopt.
#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

namespace {

constexpr const char* pool = "pool:ocs01.contoso.com";

std::string default_toml() { return std::string(built_in_packs().front().toml); }

/// The default pack whose coexistence asks for one more check.
std::string stricter() {
    std::string toml = default_toml() + "[checks.network-ready]\n";
    const std::string list = "checks = [\n";
    return toml.insert(toml.find(list) + list.size(), "  \"network-ready\",\n");
}

struct TwoSites : ProgramRunner {
    TwoSites() {
        apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
              pool_line("02", "lyon"));
        for (const char* check : {"services-started", "site-administrable",
                                  "clients-reach-current-users", "clients-reach-legacy-users"})
            REQUIRE(run({"check", pool, check, "pass"}).exit == 0);
        REQUIRE(run({"advance", pool, "--to", "coexist-test"}).exit == 0);
    }
};

}  // namespace

TEST_CASE("pack check says that a pack is right") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"pack", "check", "side-by-side", "ocs2007r2-to-lync2013",
                                      "sfb-to-teams", ferry.file("ours.toml", stricter())});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("side-by-side: pack side-by-side is right, "));
    CHECK(run.says("ours.toml: pack side-by-side is right, "));
}

TEST_CASE("pack check names what is wrong with file, line, column and a suggestion") {
    ProgramRunner ferry;
    const std::string path = ferry.file("ours.toml", "name = \"ours\"\ntransfer = \"confimed\"\n"
                                                     "[coexistence]\nchecks = [\"a\"]\n"
                                                     "[checks.a]\n[pilot]\nmembres = 3\n");
    const ProgramRun run = ferry.run({"pack", "check", path});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.out.empty());
    CHECK(run.err == path + ":2:12: unknown transfer `confimed`; did you mean `confirmed`?\n" +
                         path +
                         ":7:1: unknown key of [pilot] `membres`; did you mean "
                         "`members`?\n");
    const ProgramRun json = ferry.run({"pack", "check", path, "--json"});
    CHECK(json.exit == 65);
    const auto parsed = boost::json::parse(json.out);
    CHECK(parsed.at("right") == false);
    CHECK(parsed.at("findings").as_array().size() == 2);
    CHECK(parsed.at("findings").at(1).at("line") == 7);
}

TEST_CASE("a pack that is neither built in nor a file is bad input, with the nearest name") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"pack", "show", "side-by-sid"});
    CHECK(run.exit == 65);
    CHECK(run.warns("did you mean `side-by-side`?"));
    CHECK(ferry.run({"pack", "check", "absent.toml"}).exit == 65);
    CHECK(ferry.run({"pack", "adopt"}).exit == 2);
    CHECK(ferry.run({"pack", "show", "a", "b"}).exit == 2);
    CHECK(ferry.run({"pack", "read"}).exit == 2);
}

TEST_CASE("pack show tells the rules, or gives the pack as it is written") {
    TwoSites ferry;
    const ProgramRun built_in = ferry.run({"pack", "show", "ocs2007r2-to-lync2013"});
    INFO(built_in);
    CHECK(built_in.says("mediation come after users of the site"));
    CHECK(built_in.says("start-pilot of a user asks user-replicator-30024 of its pool"));
    CHECK(ferry.run({"pack", "show", "side-by-side", "--toml"}).out == default_toml());
    const ProgramRun sites = ferry.run({"pack", "show"});
    CHECK(sites.says("paris: side-by-side, built in: no pack was adopted"));
    CHECK(sites.says("lyon: side-by-side, built in"));
    const ProgramRun json = ferry.run({"pack", "show", "--site", "paris", "--json"});
    const auto parsed = boost::json::parse(json.out);
    CHECK(parsed.at("site") == "paris");
    CHECK(parsed.at("position") == 0);
    CHECK(std::string(parsed.at("toml").as_string()) == default_toml());
}

TEST_CASE("pack diff compares two packs, or one with what decides in each site") {
    TwoSites ferry;
    const std::string path = ferry.file("ours.toml", stricter());
    const ProgramRun two = ferry.run({"pack", "diff", "side-by-side", path});
    INFO(two);
    CHECK(two.exit == 0);
    CHECK(two.out == "side-by-side → " + path +
                         "\n  + coexistence asks network-ready\n  + check network-ready\n");
    CHECK(ferry.run({"pack", "diff", "side-by-side", "side-by-side"}).says(": no difference"));
    const ProgramRun json = ferry.run({"pack", "diff", path, "--site", "lyon", "--json"});
    CHECK(boost::json::parse(json.out).at("added").as_array().size() == 2);
}

TEST_CASE("pack adopt records the pack, shows what follows, and is what decides from then on") {
    TwoSites ferry;
    const std::string path = ferry.file("ours.toml", stricter());
    const ProgramRun dry = ferry.run({"pack", "adopt", path, "--site", "paris", "--dry-run"});
    INFO(dry);
    CHECK(dry.exit == 0);
    CHECK(dry.says("would be done: paris:"));
    CHECK(dry.says("  pool:ocs01.contoso.com coexistence: verified → degraded"));
    CHECK(ferry.run({"pack", "show"}).says("paris: side-by-side, built in"));
    const ProgramRun adopted = ferry.run(
        {"pack", "adopt", path, "--site", "paris", "--actor", "dana", "--reason", "as agreed"});
    INFO(adopted);
    CHECK(adopted.exit == 0);
    CHECK(adopted.says("done: paris:"));
    CHECK(adopted.says("  pool:ocs01.contoso.com coexistence: verified → degraded"));
    const ProgramRun shown = ferry.run({"pack", "show", "--site", "paris"});
    INFO(shown);
    CHECK(shown.says("paris: side-by-side, adopted at paris:"));
    CHECK(shown.says("by dana: as agreed"));
    CHECK(shown.says("coexistence asks network-ready"));
    CHECK(ferry.run({"pack", "show", "--site", "lyon"}).says("lyon: side-by-side, built in"));
    const ProgramRun why = ferry.run({"why", pool, "start-pilot"});
    CHECK(why.says("network-ready (never recorded)"));
    CHECK(ferry.run({"check", pool, "network-ready", "pass"}).err.empty());
    CHECK(ferry.run({"why", pool, "start-pilot"}).exit == 0);
    CHECK(ferry.run({"pack", "adopt", path, "--site", "paris"}).warns("is in force already"));
    CHECK(ferry.run({"events", "--entity", "site:paris"}).says("pack adopted: side-by-side"));
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("a pack that is wrong is not adopted") {
    TwoSites ferry;
    const std::string path = ferry.file("ours.toml", stricter() + "[limts]\n");
    const ProgramRun run = ferry.run({"pack", "adopt", path});
    CHECK(run.exit == 65);
    CHECK(run.warns("unknown key of the pack `limts`; did you mean `limits`?"));
    CHECK(ferry.run({"pack", "show"}).says("paris: side-by-side, built in"));
    CHECK(ferry.run({"pack", "adopt", "side-by-side", "--site", "rome"}).exit == 65);
}

TEST_CASE(
    "a rollback does not bring an old pack back, and the pack that was in force is seen then") {
    TwoSites ferry;
    REQUIRE(ferry.run({"mark", "before"}).exit == 0);
    const std::string path = ferry.file("ours.toml", stricter());
    REQUIRE(ferry.run({"pack", "adopt", path, "--site", "paris"}).exit == 0);
    const ProgramRun back =
        ferry.run({"rollback", "--to", "before", "site:paris/*", "--yes", "--actor", "dana"});
    INFO(back);
    CHECK(back.exit == 0);
    CHECK(ferry.run({"show", pool, "--json"}).says("\"coexistence\":\"verified\""));
    CHECK(ferry.run({"pack", "show", "--site", "paris"}).says("coexistence asks network-ready"));
    CHECK(ferry.run({"why", pool, "start-pilot"}).exit == 1);
    CHECK(ferry.run({"pack", "show", "--at", "before"}).says("paris: side-by-side, built in"));
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("who agrees and is in no role that counts is told so") {
    ProgramRunner ferry;
    ferry.apply(pool_line("01", "paris"));
    const std::string toml = std::string(built_in_packs().front().toml) +
                             "[roles.board]\npeople = [\"mia\", \"noa\"]\n"
                             "[[approval]]\nkind = \"pool\"\naction = \"promote\"\npeople = 1\n"
                             "role = \"board\"\n";
    REQUIRE(ferry.run({"pack", "adopt", ferry.file("ours.toml", toml)}).exit == 0);
    const ProgramRun outside = ferry.run({"approve", pool, "promote", "--actor", "erik"});
    INFO(outside);
    CHECK(outside.exit == 0);
    CHECK(outside.warns(
        "erik is in none of the roles whose agreement counts here: board (mia, noa)"));
    CHECK(ferry.run({"approve", pool, "promote", "--actor", "noa"}).err.empty());
}

}  // namespace ferry::testing
