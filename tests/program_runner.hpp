#pragma once
/// Runs `ferry` in this process, with a folder of its own for its log and files, and gives back
/// what it said. One thread.
#include "cli/program.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <boost/json.hpp>

#include <fstream>
#include <sstream>

namespace ferry::testing {

struct ProgramRun {
    int exit = 0;
    std::string out;
    std::string err;
    bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
    bool warns(std::string_view text) const { return err.find(text) != std::string::npos; }
};

inline std::ostream& operator<<(std::ostream& to, const ProgramRun& run) {
    return to << "exit " << run.exit << "\nout: " << run.out << "\nerr: " << run.err;
}

/// Lines of `ferry apply` that register a pool NN of a site, replaced by a new one, and a member.
inline std::string pool_line(std::string_view pool, std::string_view site) {
    return fmt::format(R"({{"commandId":"{0}","entity":"pool:ocs{0}.contoso.com",)"
                       R"("register":{{"site":"{1}","successor":"lync{0}.contoso.com"}}}})"
                       "\n",
                       pool, site);
}
inline std::string member_line(std::string_view entity, std::string_view pool,
                               std::string_view site, std::string_view more = "") {
    return fmt::format(R"({{"commandId":"{0}","entity":"{0}",)"
                       R"("register":{{"site":"{2}","pool":"ocs{1}.contoso.com"{3}}}}})"
                       "\n",
                       entity, pool, site, more);
}

class ProgramRunner {
public:
    /// What follows `ferry` on the command line; `in` is what stdin gives. `at_terminal` lets it
    /// ask questions and show progress.
    ProgramRun run(std::vector<std::string> arguments, const std::string& in = "",
                   bool at_terminal = false) {
        return run_at("sqlite:" + log().string(), std::move(arguments), in, at_terminal);
    }

    /// The same on the logs at another URL.
    ProgramRun run_at(const std::string& url, std::vector<std::string> arguments,
                      const std::string& in = "", bool at_terminal = false) {
        arguments.insert(arguments.begin(), {"ferry", "--log", url});
        std::vector<const char*> pointers;
        for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
        std::istringstream given(in);
        std::ostringstream out;
        std::ostringstream err;
        Session session{given, out, err};
        session.err_is_terminal = at_terminal;
        session.pack = &pack;
        const int exit = run_program(static_cast<int>(pointers.size()), pointers.data(), session);
        return {exit, out.str(), err.str()};
    }

    /// Erik agrees to what a `ferry take-over` with these arguments would do for the site `taker`.
    void agree_to_takeover(std::vector<std::string> arguments, const std::string& taker) {
        arguments.insert(arguments.end(), {"--dry-run", "--json"});
        const ProgramRun planned = run(std::move(arguments));
        INFO(planned);
        REQUIRE(planned.exit == 0);
        const auto plan = boost::json::parse(planned.out);
        const ProgramRun agreed =
            run({"approve", "site:" + taker, "take-over-site", "--plan",
                 std::string(plan.at("hash").as_string()), "--actor", "erik"});
        INFO(agreed);
        REQUIRE(agreed.exit == 0);
    }

    /// Applies lines of JSON commands, each of which must be done.
    void apply(const std::string& lines) {
        const ProgramRun applied = run({"apply", "-"}, lines);
        INFO(applied);
        REQUIRE(applied.exit == 0);
        std::istringstream answers(applied.out);
        for (std::string answer; std::getline(answers, answer);)
            REQUIRE(answer.find("\"DONE\"") != std::string::npos);
    }

    /// Writes a file beside the log and gives its path.
    std::string file(const std::string& name, std::string_view content) const {
        const std::filesystem::path path = folder_ / name;
        std::ofstream(path, std::ios::binary) << content;
        return path.string();
    }

    Pack pack = side_by_side();  ///< whose rules decide

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path log() const { return folder_ / "log"; }

private:
    test::ScratchDirectory scratch_;
    std::filesystem::path folder_{scratch_.path()};
};

}  // namespace ferry::testing
