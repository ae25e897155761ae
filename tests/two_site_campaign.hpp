#pragma once
/// A campaign over two sites on embedded logs in one directory, run by `ferry` in this process.
#include "tests/program_runner.hpp"

namespace ferry::testing {

inline constexpr const char* emea = R"(name = "emea"
[budget]
failed = 0
over = "propose-rollback"
[sites.paris]
[sites.lyon]
[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
)";

inline constexpr const char* paris_pool = "pool:ocs01.contoso.com";
inline constexpr const char* lyon_pool = "pool:ocs02.contoso.com";

/// `emea` has begun over paris and lyon, each with one pool and one user; nobody has moved yet.
struct TwoSiteCampaign : ProgramRunner {
    TwoSiteCampaign() {
        apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
              pool_line("02", "lyon") + member_line("user:claire@contoso.com", "02", "lyon"));
        for (const char* pool : {paris_pool, lyon_pool})
            for (const char* check :
                 {"services-started", "site-administrable", "clients-reach-current-users",
                  "clients-reach-legacy-users", "legacy-operational", "successor-operational",
                  "features-verified"})
                must({"check", pool, check, "pass"});
        must({"campaign", "create", file("emea.toml", emea)});
        must({"campaign", "start", "emea", "--actor", "dana", "--reason", "as agreed"});
    }
    ProgramRun must(std::vector<std::string> arguments) {
        ProgramRun done = run(std::move(arguments));
        INFO(done);
        REQUIRE(done.exit == 0);
        return done;
    }
    void pilot(const char* pool, const char* user) {
        must({"advance", pool, "--to", "pilot"});
        must({"advance", user, "--to", "pilot"});
    }
    void both_pilots() {
        pilot(paris_pool, "user:alice@contoso.com");
        pilot(lyon_pool, "user:claire@contoso.com");
    }
    /// Any command lets a site see what the campaign says to it.
    void both_see() {
        must({"check", paris_pool, "services-started", "pass"});
        must({"check", lyon_pool, "services-started", "pass"});
    }
    ProgramRun status() { return must({"campaign", "status", "emea"}); }
    ProgramRun coordinate() { return must({"coordinate", "emea", "--once"}); }
};

}  // namespace ferry::testing
