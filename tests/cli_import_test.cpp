#include "tests/import_text.hpp"
#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

namespace {

using intake::home_dn;
using intake::pools_text;
using intake::user_line;

constexpr std::string_view applications_text =
    "\"Identity\",\"Class\",\"PoolFQDN\",\"Site\"\r\n"
    "\"Help Desk\",\"response-groups\",\"ocs01.contoso.com\",\"paris\"\r\n";

std::string users_text(std::string_view lines) {
    return std::string(intake::users_header) + std::string(lines);
}

std::string alice(std::string_view registrar = "", std::string_view enabled = "True",
                  std::string_view pool = "ocs01.contoso.com") {
    return user_line("sip:Alice@contoso.com", home_dn(pool), registrar, enabled);
}

/// An estate of two pools, in two sites, and these users.
struct Imported : ProgramRunner {
    explicit Imported(const std::string& lines = alice()) {
        pools = file("pools.csv", pools_text);
        const ProgramRun first = run({"import", pools, users(lines)});
        INFO(first);
        REQUIRE(first.exit == 0);
    }
    std::string users(std::string_view lines) const { return file("users.csv", users_text(lines)); }
    /// One import of users alone, with options.
    ProgramRun again(std::string_view lines, std::vector<std::string> options = {}) {
        options.insert(options.begin(), {"import", users(lines)});
        return run(options);
    }
    std::string pools;
};

boost::json::object json_of(const ProgramRun& run) {
    INFO(run);
    return boost::json::parse(run.out).as_object();
}

}  // namespace

TEST_CASE("an import registers pools, users and applications of several sites and counts them") {
    ProgramRunner ferry;
    const std::string lines =
        alice() + user_line("sip:bob@contoso.com", "", "lync02.contoso.com", "False");
    const ProgramRun run = ferry.run({"import", ferry.file("applications.csv", applications_text),
                                      ferry.file("users.csv", users_text(lines)),
                                      ferry.file("pools.csv", pools_text)});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("users.csv: 2 users\n"));
    CHECK(run.says("registered: 2 pools, 2 users, 1 application; 1 already on the new side; "
                   "1 disabled\n"));
    CHECK(run.err.empty());
    const auto bob = json_of(ferry.run({"show", "bob@contoso.com", "--json"}));
    CHECK(bob.at("lifecycle") == "pilot");
    CHECK(bob.at("site") == "lyon");
    CHECK(json_of(ferry.run({"show", "application:help desk", "--json"})).at("pool") ==
          "ocs01.contoso.com");
}

TEST_CASE("a dry run tells the same and registers nothing") {
    ProgramRunner ferry;
    const std::string users = ferry.file("users.csv", users_text(alice()));
    const ProgramRun run =
        ferry.run({"import", ferry.file("pools.csv", pools_text), users, "--dry-run"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("would register: 2 pools, 1 user, 0 applications\n"));
    CHECK(!std::filesystem::exists(ferry.log()));
}

TEST_CASE("importing again registers what is new and knows the rest") {
    Imported ferry;
    const ProgramRun run = ferry.again(alice() + user_line("bob@contoso.com", home_dn("ocs01")));
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("registered: 0 pools, 1 user, 0 applications\n"));
    CHECK(run.says("known before: 1\n"));
}

TEST_CASE("a record that is rejected is named by its place, and the rest is imported") {
    Imported ferry;
    const ProgramRun run = ferry.again(user_line("bob@contoso.com", home_dn("nowhere")) +
                                       user_line("carol@contoso.com", home_dn("ocs01")));
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns("users.csv:2:"));
    CHECK(run.warns("nowhere"));
    CHECK(run.says("registered: 0 pools, 1 user, 0 applications\n"));
    CHECK(run.says("not imported: 1 rejected, 0 ambiguous, 0 being moved, 0 without a pool\n"));
}

TEST_CASE("many records rejected for one reason are counted, and on a terminal cut short") {
    std::string lines;
    for (int i = 0; i < 25; ++i)
        lines += user_line("u" + std::to_string(i) + "@contoso.com", home_dn("nowhere"));
    Imported ferry;
    const ProgramRun piped = ferry.again(lines);
    CHECK(piped.warns("users.csv:26:"));
    CHECK(piped.warns("25 records in all: import the list of pools first"));
    const std::string file = ferry.file("many.csv", users_text(lines));
    const ProgramRun terminal = ferry.run({"import", file}, "", true);
    INFO(terminal);
    CHECK(terminal.exit == 65);
    CHECK(terminal.warns("many.csv:21:"));
    CHECK(!terminal.warns("many.csv:22:"));
    CHECK(terminal.warns("25 records in all: import the list of pools first"));
    CHECK(terminal.says("25 rejected"));
}

TEST_CASE("a file that is refused whole does not keep the others out") {
    ProgramRunner ferry;
    const std::string dump =
        ferry.file("dump.csv", "\"ClassId2e4f51ef21dd47e99d3c952918aff9cd\"\n");
    const ProgramRun run = ferry.run({"import", dump, ferry.file("pools.csv", pools_text)});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.says("dump.csv: refused whole\n"));
    CHECK(run.warns("dump.csv:1:"));
    CHECK(run.says("registered: 2 pools, 0 users, 0 applications\n"));
}

TEST_CASE("a file that is not there is refused with its name") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"import", (ferry.folder() / "absent.csv").string()});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns("absent.csv: cannot be opened"));
}

TEST_CASE("who is being moved or has no pool is a warning, not a reject") {
    Imported ferry;
    const ProgramRun run =
        ferry.again(user_line("bob@contoso.com", home_dn("ocs01"), "", "True", "lync01") +
                    user_line("carol@contoso.com", ""));
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.warns("users.csv:2:1: warning: bob@contoso.com is being moved"));
    CHECK(run.warns("carol@contoso.com has no pool"));
    CHECK(run.says("not imported: 0 rejected, 0 ambiguous, 1 being moved, 1 without a pool\n"));
}

TEST_CASE("a long list of one kind of warning is cut short") {
    std::string lines;
    for (int i = 0; i < 25; ++i) lines += user_line("u" + std::to_string(i) + "@contoso.com", "");
    Imported ferry;
    const ProgramRun run = ferry.again(lines);
    CHECK(run.exit == 0);
    CHECK(run.warns("and 5 more like this"));
    const auto json = json_of(ferry.again(lines, {"--json"}));
    CHECK(json.at("unassigned").as_array().size() == 25);
}

TEST_CASE("what cannot be told is ambiguous until a mapping says which pool") {
    Imported ferry;
    const std::string line = user_line("bob@contoso.com", home_dn("1:1"));
    const ProgramRun run = ferry.again(line);
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns("--map"));
    CHECK(ferry.again(line, {"--map", "bob@contoso.com=ocs02.contoso.com"}).exit == 0);
    CHECK(json_of(ferry.run({"show", "user:bob@contoso.com", "--json"})).at("home") ==
          "lync02.contoso.com");
}

TEST_CASE("a mapping of no such form is a mistake of usage") {
    Imported ferry;
    const ProgramRun run = ferry.again(alice(), {"--map", "nonsense"});
    CHECK(run.exit == 2);
    CHECK(run.warns("--map nonsense"));
}

TEST_CASE("an account of which the export does not say whether it is enabled is neither") {
    Imported ferry(alice() + user_line("bob@contoso.com", home_dn("ocs01"), "", ""));
    const auto enabled = [&](const char* user) {
        return json_of(ferry.run({"show", user, "--json"})).at("enabled");
    };
    CHECK(enabled("user:bob@contoso.com").is_null());
    CHECK(enabled("user:alice@contoso.com") == true);
    CHECK(ferry.run({"show", "user:bob@contoso.com"}).says("the export does not say"));
    const std::string told = user_line("bob@contoso.com", home_dn("ocs01"), "", "False");
    const ProgramRun drift = ferry.again(told, {"--accept-drift"});
    INFO(drift);
    CHECK(drift.says("user:bob@contoso.com enabled: unknown → false"));
    CHECK(enabled("user:bob@contoso.com") == false);
}

TEST_CASE("what differs is listed and nothing is changed") {
    Imported ferry;
    const ProgramRun run = ferry.again(alice("lync01.contoso.com", "False"));
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("user:alice@contoso.com side: legacy → new"));
    CHECK(run.says("user:alice@contoso.com enabled: true → false"));
    const auto known = json_of(ferry.run({"show", "alice@contoso.com", "--json"}));
    CHECK(known.at("lifecycle") == "legacy");
    CHECK(known.at("enabled") == true);
}

TEST_CASE("accepted drift is recorded with the digest of the file that showed it") {
    Imported ferry;
    const ProgramRun run =
        ferry.again(alice("lync01.contoso.com", "False"), {"--accept-drift", "--actor", "dana"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("side: legacy → new"));
    CHECK(run.says("accepted"));
    const auto known = json_of(ferry.run({"show", "alice@contoso.com", "--json"}));
    CHECK(known.at("lifecycle") == "pilot");
    CHECK(known.at("enabled") == false);
    CHECK(ferry.run({"history", "alice@contoso.com", "--json"}).says("sha256:"));
    CHECK(ferry.again(alice("lync01.contoso.com", "False")).says("known before: 1\n"));
}

TEST_CASE("an entity that an export shows in another site is listed and stays") {
    Imported ferry;
    const auto json =
        json_of(ferry.again(alice("", "True", "ocs02.contoso.com"), {"--accept-drift", "--json"}));
    const auto& drift = json.at("drift").as_array();
    REQUIRE(drift.size() == 2);
    CHECK(drift[0].at("field") == "site");
    CHECK(drift[0].at("accepted") == false);
    CHECK(drift[1].at("accepted") == false);
    CHECK(json_of(ferry.run({"show", "alice@contoso.com", "--json"})).at("site") == "paris");
}

TEST_CASE(
    "who was withdrawn and stands in the export again is listed, and comes back if accepted") {
    Imported ferry;
    REQUIRE(ferry.run({"withdraw", "alice@contoso.com"}).exit == 0);
    const ProgramRun listed = ferry.again(alice());
    INFO(listed);
    CHECK(listed.exit == 0);
    CHECK(listed.says("presence: withdrawn → present"));
    CHECK(listed.says("registered: 0 pools, 0 users"));
    const ProgramRun accepted = ferry.again(alice(), {"--accept-drift"});
    INFO(accepted);
    CHECK(accepted.says("presence: withdrawn → present"));
    CHECK(accepted.says("accepted"));
    const auto known = json_of(ferry.run({"show", "alice@contoso.com", "--json"}));
    CHECK(known.at("presence") == "present");
    CHECK(known.at("lifecycle") == "legacy");
}

TEST_CASE("a pool whose site is no name that a log could have is rejected") {
    ProgramRunner ferry;
    const std::string pools = "\"PoolFQDN\",\"Site\",\"SuccessorPoolFqdn\"\r\n"
                              "\"ocs01.contoso.com\",\"paris.fr\",\"lync01.contoso.com\"\r\n";
    const ProgramRun run = ferry.run({"import", ferry.file("pools.csv", pools)});
    INFO(run);
    CHECK(run.exit == 65);
    CHECK(run.warns("pools.csv:2:"));
    CHECK(!std::filesystem::exists(ferry.log() / "paris.fr.db"));
}

TEST_CASE("an import of a thousand users shows its progress on a terminal and leaves no trace") {
    ProgramRunner ferry;
    std::string lines;
    for (int i = 0; i < 1500; ++i)
        lines += user_line("u" + std::to_string(i) + "@contoso.com", home_dn("ocs01"));
    const ProgramRun run = ferry.run(
        {"import", ferry.file("pools.csv", pools_text), ferry.file("users.csv", users_text(lines))},
        "", true);
    CHECK(run.exit == 0);
    CHECK(run.says("1500 users"));
    CHECK(run.warns("registering  1,000 of 1,502"));
    CHECK(run.err.ends_with("\r\x1b[K"));
}

}  // namespace ferry::testing
