// A campaign's definition: what it says, and what is wrong with it, by line.
#include "engine/campaign_toml.hpp"

#include <doctest/doctest.h>

namespace ferry {
namespace {

constexpr const char* emea = R"(name = "emea"
about = "Three sites"
at_most = 2

[budget]
failed = 3
over = "propose-rollback"

[sites.paris]
[sites.lyon]
failed = 1
[sites.rome]

[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
quorum = 2
timeout_hours = 48

[[barrier]]
name = "lyon-after-paris"
sites = ["lyon"]
before = "pilot"
of = ["paris"]
after = "production"
)";

/// What is found, one a line: `3:1 what; remedy`.
std::string findings(const std::string& toml) {
    std::string text;
    for (const PackFinding& each : read_campaign(toml).findings) text += to_text(each, "f") + "\n";
    return text;
}

std::string with(const std::string& more) { return std::string(emea) + more; }

TEST_CASE("a campaign says who goes, in which order, and what they wait for") {
    INFO(findings(emea));
    const auto plan = read_campaign(emea).plan;
    REQUIRE(plan);
    CHECK(plan->name == "emea");
    CHECK(plan->at_most == 2);
    CHECK(plan->over_budget == OverBudget::propose_rollback);
    REQUIRE(plan->sites.size() == 3);
    CHECK(plan->sites[0].name == "paris");
    CHECK(plan->sites[0].budget.failed == 3);
    CHECK(plan->sites[1].budget.failed == 1);
    REQUIRE(plan->barriers.size() == 2);
    CHECK(plan->barriers[0].of.size() == 3);
    CHECK(plan->barriers[0].quorum == 2);
    CHECK(plan->barriers[0].timeout == std::chrono::hours(48));
    CHECK(plan->barriers[1].holds == std::vector<std::string>{"lyon"});
    CHECK(plan->has_gate("lyon", v1::STATE_PILOT));
    CHECK_FALSE(plan->has_gate("lyon", v1::STATE_COEXIST_TEST));
}

TEST_CASE("what is wrong with a campaign is named with its line and a suggestion") {
    CHECK(findings("nam = \"x\"\n[sites.paris]\n")
              .find("f:1:1: unknown key of the campaign `nam`; "
                    "did you mean `name`?") != std::string::npos);
    CHECK(findings(with("[[barrier]]\nname = \"b\"\nbefore = \"piolt\"\nafter = \"pilot\"\n"))
              .find("did you mean `pilot`?") != std::string::npos);
    CHECK(findings(with("[[barrier]]\nname = \"b\"\nbefore = \"pilot\"\nafter = \"coexist-test\"\n"
                        "of = [\"pariss\"]\n"))
              .find("unknown site `pariss`; did you mean `paris`?") != std::string::npos);
    CHECK(findings(with("[[barrier]]\nname = \"pilots-done\"\nbefore = \"retired\"\n"
                        "after = \"production\"\n"))
              .find("two barriers are called `pilots-done`") != std::string::npos);
    CHECK(findings("name = \"x\"\n[sites.paris]\n[[barrier]]\nname = \"b\"\nbefore = \"pilot\"\n"
                   "after = \"coexist-test\"\nquorum = 2\n")
              .find("f:7:10: the quorum is 2 of 1 sites") != std::string::npos);
    CHECK(findings("name = \"x\"\n").find("the campaign has no sites") != std::string::npos);
    CHECK(findings("name = \"x\n").find("not TOML") != std::string::npos);
}

TEST_CASE("barriers that make a site wait for itself are refused") {
    CHECK(findings(with("[[barrier]]\nname = \"b\"\nsites = [\"paris\"]\nbefore = \"pilot\"\n"
                        "of = [\"lyon\"]\nafter = \"pilot\"\n"))
              .find("wait for itself") != std::string::npos);
    CHECK(findings("name = \"x\"\n[sites.paris]\n[[barrier]]\nname = \"b\"\nbefore = \"pilot\"\n"
                   "after = \"pilot\"\n")
              .find("wait for itself") != std::string::npos);
    CHECK(findings("name = \"x\"\n[sites.paris]\n[sites.lyon]\n[[barrier]]\nname = \"b\"\n"
                   "before = \"production\"\nafter = \"pilot\"\n")
              .empty());
}

}  // namespace
}  // namespace ferry
