// What shells and `man` are given: checked with the real programs where they are installed.
#include "cli/program_tree.hpp"
#include "tests/read_estate.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>

namespace ferry {

namespace {

/// What `command` prints, both streams together; the exit code follows on the last line.
std::string shell(const std::string& command) {
    std::string said;
    FILE* pipe = popen(("{ " + command + "\n} 2>&1; echo \"exit $?\"").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer;
    while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
        said.append(buffer.data(), count);
    pclose(pipe);
    return said;
}

bool installed(const std::string& program) {
    return contains(shell("command -v " + program), "exit 0");
}

/// What the Tab key offers in bash after these words.
std::vector<std::string> offered(const std::string& script, const std::string& words) {
    const std::string said = shell("bash -c '. " + script + "; COMP_WORDS=(" + words +
                                   "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ferry; "
                                   "printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
    auto lines = lines_of(said);
    CHECK(lines.back() == "exit 0");
    lines.pop_back();
    return lines;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("bash is offered verbs, options and the words that an option takes") {
    if (!installed("bash")) return;
    ProgramRunner ferry;
    const std::string script = ferry.file("ferry.bash", ferry.run({"completion", "bash"}).out);
    CHECK(has(offered(script, "ferry \"\""), "status"));
    CHECK(offered(script, "ferry hist") == std::vector<std::string>{"history"});
    CHECK(has(offered(script, "ferry status --"), "--json"));
    CHECK(offered(script, "ferry diagram --format s") == std::vector<std::string>{"svg"});
    CHECK(offered(script, "ferry --log x diagram us") == std::vector<std::string>{"user"});
    CHECK(offered(script, "ferry completion z") == std::vector<std::string>{"zsh"});
}

TEST_CASE("the scripts for zsh and fish name every verb and are taken by those shells") {
    ProgramRunner ferry;
    for (const std::string name : {"zsh", "fish"}) {
        const ProgramRun run = ferry.run({"completion", name});
        CHECK(run.exit == 0);
        for (const std::string verb : {"import", "status", "why", "completion"})
            CHECK(contains(run.out, verb));
        const std::string script = ferry.file("script." + name, run.out);
        if (installed(name)) CHECK(contains(shell(name + " -n " + script), "exit 0"));
    }
    CHECK(ferry.run({"completion", "tcsh"}).exit == 2);
}

TEST_CASE("the manual page names every verb and option, and groff has nothing against it") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"man"});
    CHECK(run.exit == 0);
    Session session{std::cin, std::cout, std::cerr};
    const auto app = build_program(session);
    for (const VerbForm& verb : program_form(*app).verbs) {
        CAPTURE(verb.name);
        CHECK_FALSE(verb.summary.empty());
        CHECK_FALSE(verb.examples.empty());
        std::string name = verb.name;  // as troff writes a hyphen that is no hyphenation
        for (auto at = name.find('-'); at != std::string::npos; at = name.find('-', at + 2))
            name.insert(at, "\\");
        CHECK(contains(run.out, "\\fBferry " + name + "\\fR"));
    }
    CHECK(contains(run.out, "\\fB\\-\\-json\\fR"));
    CHECK(contains(run.out, "ferry import pools.csv"));
    if (!installed("groff")) return;
    const std::string page = ferry.file("ferry.1", run.out);
    CHECK(shell("groff -man -Tutf8 -ww -K utf8 " + page + " > /dev/null") == "exit 0\n");
}

TEST_CASE("every verb's help leads with an example") {
    ProgramRunner ferry;
    Session session{std::cin, std::cout, std::cerr};
    for (const VerbForm& verb : program_form(*build_program(session)).verbs) {
        const ProgramRun run = ferry.run({verb.name, "--help"});
        CAPTURE(verb.name);
        CHECK(run.exit == 0);
        const std::size_t example = run.out.find("Example");
        CHECK(example < run.out.find("Usage"));
        // Nothing but what the verb is for stands before it.
        CHECK(example == run.out.find("\n\n") + 2);
    }
}

TEST_CASE("every verb that reads takes --json, and every one that writes takes --dry-run") {
    ProgramRunner ferry;
    for (const char* reads : {"status", "show", "why", "history", "events", "diff", "trace",
                              "conform", "verify", "remediations"}) {
        CAPTURE(reads);
        CHECK(ferry.run({reads, "--help"}).says("--json"));
    }
    for (const char* writes : {"import", "apply", "advance", "check", "approve", "withdraw", "mark",
                               "rollback", "remediations", "repair"}) {
        CAPTURE(writes);
        CHECK(ferry.run({writes, "--help"}).says("--dry-run"));
    }
}

TEST_CASE("a verb that does not exist is named, with the nearest one that does") {
    ProgramRunner ferry;
    const ProgramRun near = ferry.run({"statsu"});
    CHECK(near.exit == 2);
    CHECK(near.err == "ferry: there is no verb `statsu`\nDid you mean `ferry status`?\n"
                      "Run `ferry --help` for what can be given.\n");
    const ProgramRun far = ferry.run({"xyzzy"});
    CHECK(far.warns("there is no verb `xyzzy`"));
    CHECK(!far.warns("Did you mean"));
}

TEST_CASE("an option that does not exist is named with the verb whose help to read") {
    ProgramRunner ferry;
    const ProgramRun run = ferry.run({"status", "--jsno"});
    CHECK(run.exit == 2);
    CHECK(run.warns("--jsno"));
    CHECK(run.warns("Run `ferry status --help`"));
}

TEST_CASE("a directory given for a log is met with the way to write it") {
    ProgramRunner ferry;
    const std::string folder = ferry.folder().string();
    const ProgramRun run = ferry.run_at(folder, {"status"});
    INFO(run);
    CHECK(run.exit == 78);
    CHECK(run.warns("did you mean `sqlite:" + folder + "`?"));
}

TEST_CASE("who reads no more ends a verb that reads quietly, and a full disk does not") {
    ProgramRunner ferry;
    std::ostream broken(nullptr);
    std::ostringstream said;
    const char* const words[] = {"ferry", "diagram", "pool"};
    for (const bool gone : {true, false}) {
        Session into{std::cin, broken, said};
        into.reader_is_gone = [gone] { return gone; };
        CHECK(run_program(3, words, into) == (gone ? 141 : 74));
    }
    CHECK(said.str().find("stdout cannot be written") != std::string::npos);
}

}  // namespace ferry
