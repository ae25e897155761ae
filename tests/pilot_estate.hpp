#pragma once
/// One pool in pilot, run by `ferry` in this process: the estate that rollbacks are tried on. Marks
/// `start` (the pool in legacy) and `before` (nobody moved yet).
#include "tests/program_runner.hpp"

#include <boost/json.hpp>

namespace ferry::testing {

inline constexpr const char* pool = "pool:ocs01.contoso.com";
inline constexpr const char* members = "pool:ocs01.contoso.com/*";
inline constexpr const char* alice = "user:alice@contoso.com";
inline constexpr const char* bob = "user:bob@contoso.com";
inline constexpr const char* helpdesk = "application:helpdesk";

inline std::string read_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class PilotEstate : public ProgramRunner {
public:
    PilotEstate() {
        apply(pool_line("01", "paris") + member_line(alice, "01", "paris") +
              member_line(bob, "01", "paris") +
              member_line(helpdesk, "01", "paris", R"(,"applicationClass":"response-groups")"));
        apply(command(alice, R"("observePolicy":{"policy":"voice","name":"paris-voice"})"));
        must({"mark", "start"});
        for (const std::string check :
             {"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users"})
            must({"check", pool, check, "pass"});
        must({"advance", pool, "--to", "pilot"});
        must({"mark", "before"});
    }

    /// Alice and the help desk go into pilot; she gets what does not go back by itself.
    void move_alice() {
        must({"advance", alice, helpdesk, "--to", "pilot"});
        apply(command(alice, R"("observeClient":{"client":"lync-2013"})") +
              command(alice, R"("observeMeeting":{"meeting":"m-17","client":"lync-2013"})") +
              command(alice, R"("observePolicy":{"policy":"voice","name":"lync-voice"})"));
    }

    /// The whole way to the end.
    void retire_pool() {
        must({"advance", alice, "--to", "pilot"});
        for (const std::string check :
             {"legacy-operational", "successor-operational", "features-verified"})
            must({"check", pool, check, "pass"});
        must({"check", helpdesk, "application-compatible", "pass"});
        must({"approve", pool, "retire", "--actor", "erik"});
        must({"advance", "site:paris/*", "--to", "retired", "--actor", "dana"});
    }

    void must(const std::vector<std::string>& arguments) {
        const ProgramRun done = run(arguments);
        INFO(done);
        REQUIRE(done.exit == 0);
    }

    ProgramRun as(const std::string& actor, std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--actor", actor});
        return run(arguments);
    }

    std::string lifecycle(const std::string& entity) {
        const ProgramRun shown = run({"show", entity, "--json"});
        INFO(shown);
        REQUIRE(shown.exit == 0);
        return std::string(boost::json::parse(shown.out).at("lifecycle").as_string());
    }

    /// A plan's file and its hash.
    std::pair<std::string, std::string> plan(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "rollback");
        arguments.insert(arguments.end(), {"--dry-run", "--json"});
        const ProgramRun planned = run(arguments);
        INFO(planned);
        REQUIRE(planned.exit == 0);
        const auto json = boost::json::parse(planned.out);
        return {file("plan.json", planned.out), std::string(json.at("hash").as_string())};
    }

    std::size_t remediations() {
        const std::string listed = run({"remediations", "--json"}).out;
        return static_cast<std::size_t>(std::count(listed.begin(), listed.end(), '\n'));
    }

    /// One line of `ferry apply`.
    std::string command(const std::string& entity, const std::string& action) {
        return fmt::format(R"({{"commandId":"p{}","entity":"{}",{}}})"
                           "\n",
                           ++commands_, entity, action);
    }

private:
    int commands_ = 0;
};

}  // namespace ferry::testing
