#pragma once
/// One pool in pilot whose transfers are confirmed, run by `ferry` in this process.
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

class ConfirmedEstate : public ProgramRunner {
public:
    ConfirmedEstate() {
        pack.transfer = Transfer::confirmed;
        apply(pool_line("01", "paris") + member_line(alice, "01", "paris") +
              member_line(bob, "01", "paris"));
        for (const std::string check :
             {"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users"})
            must({"check", pool, check, "pass"});
        must({"advance", pool, "--to", "pilot"});
        must({"mark", "before"});
        must({"advance", alice, "--to", "pilot"});
    }
    ProgramRun must(const std::vector<std::string>& arguments) {
        const ProgramRun done = run(arguments);
        INFO(done);
        REQUIRE(done.exit == 0);
        return done;
    }
    /// Runs a mover until nothing is open.
    ProgramRun mover(const std::string& command, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"mover", "--once", "--back-off",
                                           "1ms",   "--exec", command};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    std::string shown(const std::string& entity, const std::string& key) {
        const auto json = boost::json::parse(run({"show", entity, "--json"}).out).as_object();
        const auto* found = json.if_contains(key);
        return found ? std::string(found->as_string()) : "";
    }
};

}  // namespace ferry::testing
