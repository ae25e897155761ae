// `ferry plan`: the checklist from here to retired.
#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

namespace {

constexpr const char* pool = "pool:ocs01.contoso.com";

struct OnePool : ProgramRunner {
    OnePool() {
        apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
              member_line("user:bob@contoso.com", "01", "paris") +
              member_line("application:desk", "01", "paris",
                          R"(,"applicationClass":"response-groups")") +
              member_line("application:gateway", "01", "paris",
                          R"(,"applicationClass":"mediation")"));
    }

    void pass(const char* entity, std::initializer_list<const char*> checks) {
        for (const char* check : checks) REQUIRE(run({"check", entity, check, "pass"}).exit == 0);
    }
    void advance(const char* entity, const char* to) {
        const ProgramRun advanced = run({"advance", entity, "--to", to});
        INFO(advanced);
        REQUIRE(advanced.exit == 0);
    }
    /// The steps of the pool, by name.
    std::map<std::string, boost::json::object> steps() {
        const ProgramRun planned = run({"plan", pool, "--json", "--actor", "dana"});
        INFO(planned);
        REQUIRE(planned.exit == 0);
        std::map<std::string, boost::json::object> all;
        const boost::json::value plan = boost::json::parse(planned.out);
        for (const auto& step : plan.at("steps").as_array())
            all[std::string(step.at("step").as_string())] = step.as_object();
        return all;
    }
};

std::string standing(const boost::json::object& step) {
    return std::string(step.at("standing").as_string());
}

std::string first_guard(const boost::json::object& step) {
    const auto& blockers = step.at("blockedBy").as_array();
    return blockers.empty() ? "" : std::string(blockers.front().at("guard").as_string());
}

}  // namespace

TEST_CASE("a plan begins with what can be done now and says what each later step needs") {
    OnePool ferry;
    auto steps = ferry.steps();
    CHECK(standing(steps["enter-coexistence"]) == "next");
    CHECK(standing(steps["start-pilot"]) == "later");
    CHECK(first_guard(steps["start-pilot"]) == "coexistence-verified");
    CHECK(steps["promote users"].at("left") == 2);
    CHECK(steps["promote response-groups"].at("left") == 1);
    CHECK(standing(steps["retire"]) == "later");
    CHECK(steps["retire"].at("people") == 2);
    CHECK(steps["retire"].contains("noReturn"));
    ferry.advance(pool, "coexist-test");
    steps = ferry.steps();
    CHECK(standing(steps["enter-coexistence"]) == "done");
    CHECK(standing(steps["start-pilot"]) == "blocked");
}

TEST_CASE("a plan counts who is left of each class, and whom which guard blocks") {
    OnePool ferry;
    ferry.pass(pool, {"services-started", "site-administrable", "clients-reach-current-users",
                      "clients-reach-legacy-users", "legacy-operational", "successor-operational",
                      "features-verified"});
    ferry.advance(pool, "coexist-test");
    ferry.advance(pool, "pilot");
    auto steps = ferry.steps();
    CHECK(standing(steps["pilot members"]) == "next");
    CHECK(first_guard(steps["promote"]) == "pilot-ran");
    ferry.advance("user:alice@contoso.com", "pilot");
    steps = ferry.steps();
    CHECK(standing(steps["pilot members"]) == "done");
    CHECK(standing(steps["promote"]) == "next");
    ferry.advance(pool, "production");
    ferry.advance("user:alice@contoso.com", "production");
    steps = ferry.steps();
    CHECK(standing(steps["promote users"]) == "next");
    CHECK(steps["promote users"].at("done") == 1);
    CHECK(steps["promote users"].at("left") == 1);
    CHECK(steps["promote users"].at("ready") == 1);
    CHECK(standing(steps["promote response-groups"]) == "blocked");
    CHECK(first_guard(steps["promote response-groups"]) == "compatible");
    CHECK(standing(steps["retire"]) == "blocked");
    CHECK(first_guard(steps["retire"]) == "members-moved");
    const ProgramRun text = ferry.run({"plan", "ocs01.contoso.com", "--actor", "dana"});
    INFO(text);
    CHECK(text.says("pool:ocs01.contoso.com → lync01.contoso.com, in production"));
    CHECK(text.says("NO RETURN for 2 people"));
    CHECK(text.says("promote response-groups is blocked for 1 by compatible: application:desk is "
                    "unverified"));
    CHECK(text.says("retire is blocked by members-moved: still on the legacy side"));
    CHECK(text.says("retire cannot be undone: "));
}

TEST_CASE("the pack's order is the order of the plan, and its points of no return are marked") {
    OnePool ferry;
    std::string toml(built_in_packs().front().toml);
    toml += "[classes.mediation]\n[classes.response-groups]\n"
            "[[order]]\nclass = \"mediation\"\nafter = [\"response-groups\"]\n"
            "[[irreversible]]\nclass = \"mediation\"\nonce = \"moved\"\nreason = \"gone\"\n";
    REQUIRE(ferry.run({"pack", "adopt", ferry.file("ours.toml", toml)}).exit == 0);
    const ProgramRun text = ferry.run({"plan", "site:paris"});
    INFO(text);
    CHECK(text.exit == 0);
    CHECK(text.out.find("promote response-groups") < text.out.find("promote mediation"));
    CHECK(text.says("promote mediation cannot be undone: gone"));
    CHECK(ferry.steps()["promote mediation"].at("noReturn") == "gone");
}

TEST_CASE("where the pack orders nothing, classes are listed as it names them") {
    OnePool ferry;
    const std::string toml = std::string(built_in_packs().front().toml) +
                             "[classes.response-groups]\n[classes.mediation]\n";
    REQUIRE(ferry.run({"pack", "adopt", ferry.file("ours.toml", toml)}).exit == 0);
    const ProgramRun text = ferry.run({"plan", pool});
    INFO(text);
    CHECK(text.out.find("promote response-groups") < text.out.find("promote mediation"));
}

TEST_CASE("a plan of a retired pool is done, and of a moment is what was known then") {
    OnePool ferry;
    ferry.pass(pool, {"services-started", "site-administrable", "clients-reach-current-users",
                      "clients-reach-legacy-users", "legacy-operational", "successor-operational",
                      "features-verified"});
    REQUIRE(ferry.run({"mark", "early"}).exit == 0);
    for (const char* gone : {"application:desk", "application:gateway", "user:bob@contoso.com"})
        REQUIRE(ferry.run({"withdraw", gone}).exit == 0);
    ferry.advance(pool, "coexist-test");
    ferry.advance(pool, "pilot");
    ferry.advance("user:alice@contoso.com", "pilot");
    ferry.advance(pool, "production");
    ferry.advance("user:alice@contoso.com", "production");
    auto steps = ferry.steps();
    CHECK(first_guard(steps["retire"]) == "approved");
    REQUIRE(ferry.run({"approve", pool, "retire", "--actor", "erik"}).exit == 0);
    CHECK(standing(ferry.steps()["retire"]) == "next");
    REQUIRE(ferry.run({"advance", pool, "--to", "retired", "--actor", "dana"}).exit == 0);
    steps = ferry.steps();
    CHECK(standing(steps["retire"]) == "done");
    CHECK(standing(steps["retire users"]) == "next");
    CHECK(ferry.run({"plan", pool, "--at", "early"}).says("promote response-groups"));
}

TEST_CASE("a pool or site that is not there is bad input, with the nearest name") {
    OnePool ferry;
    const ProgramRun run = ferry.run({"plan", "pool:ocs02.contoso.com"});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns("did you mean `ocs01.contoso.com`?"));
    CHECK(ferry.run({"plan", "site:rome"}).exit == 65);
    CHECK(ferry.run({"plan"}).exit == 2);
}

}  // namespace ferry::testing
