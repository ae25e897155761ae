// A campaign on the real broker: its log is a topic beside those of its sites, the coordinator
// writes there alone, sites wait at their gates, and a cut is a moment.
#include "cli/program.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/program_runner.hpp"

namespace ferry::testing {
namespace {

constexpr const char* emea = R"(name = "emea"
[sites.paris]
[sites.lyon]
[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
)";

struct OnKafka : ProgramRunner {
    std::string url = to_text(test::fresh_address());

    ProgramRun there(std::vector<std::string> arguments, const std::string& in = "") {
        return run_at(url, std::move(arguments), in);
    }
    ProgramRun must(std::vector<std::string> arguments, const std::string& in = "") {
        ProgramRun done = there(std::move(arguments), in);
        INFO(done);
        REQUIRE(done.exit == 0);
        return done;
    }
    void site(const std::string& pool, const std::string& name) {
        std::string lines = pool_line(pool, name) + member_line("user:u@" + name, pool, name);
        for (const char* check :
             {"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users", "legacy-operational", "successor-operational",
              "features-verified"})
            lines += fmt::format(R"({{"commandId":"{0}-{1}","entity":"pool:ocs{0}.contoso.com",)"
                                 R"("recordCheck":{{"check":"{1}","outcome":"PASS"}}}})"
                                 "\n",
                                 pool, check);
        must({"apply", "-"}, lines);
    }
    void pilot(const std::string& pool, const std::string& name) {
        must({"advance", "pool:ocs" + pool + ".contoso.com", "--to", "pilot"});
        must({"advance", "user:u@" + name, "--to", "pilot"});
    }
};

TEST_CASE("a campaign keeps sites in step on the broker as it does in a directory") {
    OnKafka ferry;
    ferry.site("01", "paris");
    ferry.site("02", "lyon");
    ferry.must({"campaign", "create", ferry.file("emea.toml", emea)});
    ferry.must({"campaign", "start", "emea"});
    ferry.pilot("01", "paris");
    ferry.must({"coordinate", "emea", "--once"});
    const ProgramRun waits =
        ferry.there({"advance", "pool:ocs01.contoso.com", "--to", "production"});
    INFO(waits);
    CHECK(waits.exit == 1);
    CHECK((waits.out + waits.err).find("gate-open") != std::string::npos);
    ferry.pilot("02", "lyon");
    const ProgramRun decided = ferry.must({"coordinate", "emea", "--once"});
    CHECK(decided.says("pilots-done"));
    CHECK(ferry.must({"coordinate", "emea", "--once"}).out.empty());
    ferry.must({"check", "pool:ocs01.contoso.com", "services-started", "pass"});
    ferry.must({"check", "pool:ocs02.contoso.com", "services-started", "pass"});
    ferry.must({"campaign", "cut", "emea", "pilots"});
    ferry.must({"advance", "pool:ocs01.contoso.com", "--to", "production"});
    CHECK(ferry.must({"show", "pool:ocs01.contoso.com", "--json", "--at", "emea/pilots"})
              .says(R"("lifecycle":"pilot")"));
    CHECK_FALSE(ferry.must({"status", "--json"}).says("campaign"));
    CHECK(ferry.must({"verify"}).says("campaign_emea: intact"));
    ferry.must({"rollback", "--to", "emea/pilots", "--yes"});
    CHECK(ferry.must({"campaign", "status", "emea"}).says("passed"));
}

}  // namespace
}  // namespace ferry::testing
