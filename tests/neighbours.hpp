#pragma once
/// Paris and Lyon beside each other, for tests of homes that move between sites. One thread.
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

inline constexpr const char* claire = "user:claire@contoso.com";
inline constexpr const char* lyon_pool = "pool:ocs02.contoso.com";

/// Lyon beside paris, its pool in pilot too.
struct Neighbours : PilotEstate {
    Neighbours() {
        apply(pool_line("02", "lyon") + member_line(claire, "02", "lyon"));
        for (const std::string check :
             {"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users"})
            must({"check", lyon_pool, check, "pass"});
        must({"advance", lyon_pool, "--to", "pilot"});
    }
    ProgramRun release_alice() {
        return run({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com"});
    }
    /// The first half alone, as if the program had been killed after it.
    std::string release_only() {
        apply(command(alice, R"("release":{"to":"lyon","pool":"ocs02.contoso.com"})"));
        const auto shown = boost::json::parse(run({"show", alice, "--json"}).out);
        return std::string(shown.at("release").as_string());
    }
    boost::json::value shown(const std::string& entity) {
        return boost::json::parse(run({"show", entity, "--json"}).out);
    }
};

}  // namespace ferry::testing
