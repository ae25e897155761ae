// `ferry script`: every value in it is a literal, whatever somebody named their account.
#include "cli/powershell.hpp"
#include "engine/pack_toml.hpp"
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

namespace {

bool is_quote(std::string_view text) {
    return text.starts_with("'") || text.starts_with("\u2018") || text.starts_with("\u2019") ||
           text.starts_with("\u201A") || text.starts_with("\u201B");
}

std::size_t bytes(std::string_view text) { return text.front() == '\'' ? 1 : 3; }

/// As PowerShell's tokenizer reads a line: single-quoted literals, and what is outside of them.
struct Line {
    std::vector<std::string> literals;
    std::string code;
};

Line read_line(std::string_view text) {
    Line line;
    while (!text.empty()) {
        if (!is_quote(text)) {
            line.code += text.front();
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(bytes(text));
        std::string& literal = line.literals.emplace_back();
        while (!text.empty()) {
            if (!is_quote(text)) {
                literal += text.front();
                text.remove_prefix(1);
                continue;
            }
            const std::string_view quote = text.substr(0, bytes(text));
            text.remove_prefix(quote.size());
            if (text.empty() || !is_quote(text)) break;
            literal += quote;  // doubled: the first of the two is meant
            text.remove_prefix(bytes(text));
        }
        line.code += "L";
    }
    return line;
}

std::vector<std::string> steps(const std::string& script) {
    std::vector<std::string> found;
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("Invoke-") || line.starts_with("Test-Pool ")) found.push_back(line);
    return found;
}

}  // namespace

TEST_CASE("a literal is read back as what it was, with every quote that PowerShell knows") {
    for (const std::string value :
         {"alice", "o'brien", "\u2018a\u2019\u201Ab\u201B", "''",
          "a'; Remove-Item C:\\ -Recurse; '", "$(Get-Date)", "`n", "\u2019", "a\u2019'b"}) {
        CAPTURE(value);
        const auto quoted = powershell_quoted(value);
        REQUIRE(quoted);
        const Line line = read_line(*quoted);
        CHECK(line.code == "L");
        REQUIRE(line.literals.size() == 1);
        CHECK(line.literals.front() == value);
    }
}

TEST_CASE("what no literal can carry is refused") {
    for (const std::string value :
         {"", "a\nb", "a\rb", "\x1b[31m", "a\u2028b", "a\u0085b", "\xff", "a\x7f"}) {
        CAPTURE(value);
        const auto quoted = powershell_quoted(value);
        REQUIRE_FALSE(quoted);
        CHECK(quoted.error().code == Errc::bad_input);
    }
}

TEST_CASE("the scripts move, check and take back by recorded state") {
    PilotEstate ferry;
    const auto part = [&](const std::string& name) {
        const ProgramRun run = ferry.run({"script", members, "--to", "pilot", "--part", name});
        INFO(run);
        REQUIRE(run.exit == 0);
        return steps(run.out);
    };
    const auto move = part("move");
    REQUIRE(move.size() == 3);
    CHECK(move[0] == "Invoke-Step 'user:alice@contoso.com' { Move-CsLegacyUser -Identity "
                     "'sip:alice@contoso.com' -Target 'lync01.contoso.com' -Confirm:$false }");
    CHECK(move[2] == "Invoke-Step 'application:helpdesk' { Move-CsRgsConfiguration -Source "
                     "'ocs01.contoso.com' -Destination 'lync01.contoso.com' }");
    const auto check = part("check");
    // A block, so that somebody who is not found ends the look at them and not the script.
    CHECK(check[0] == "Test-Pool 'user:alice@contoso.com' { (Get-CsUser -Identity "
                      "'sip:alice@contoso.com').RegistrarPool } 'lync01.contoso.com'");
    const auto back = part("rollback");
    CHECK(back[0] == "Invoke-Step 'user:alice@contoso.com' { Move-CsUser -Identity "
                     "'sip:alice@contoso.com' -Target 'ocs01.contoso.com' -Confirm:$false }");
    CHECK(back[1] == "Invoke-Grant 'user:alice@contoso.com' { Grant-CsVoicePolicy -Identity "
                     "'sip:alice@contoso.com' -PolicyName 'paris-voice' }");
}

TEST_CASE("no name of an account can become a statement") {
    PilotEstate ferry;
    const std::string name = "o\u2019brien';remove-item$(1)`@contoso.com";
    ferry.apply(member_line("user:" + name, "01", "paris"));
    const ProgramRun run = ferry.run({"script", "user:" + name, "--to", "pilot"});
    INFO(run);
    REQUIRE(run.exit == 0);
    const auto lines = steps(run.out);
    REQUIRE(lines.size() == 1);
    const Line line = read_line(lines.front());
    CHECK(line.code == "Invoke-Step L { Move-CsLegacyUser -Identity L -Target L -Confirm:$false }");
    CHECK(line.literals[1] == "sip:" + name);
}

TEST_CASE("what no cmdlet moves, and what has no way back, is said") {
    PilotEstate ferry;
    const auto application = [&](const std::string& name, const std::string& kind) {
        ferry.apply(member_line("application:" + name, "01", "paris",
                                R"(,"applicationClass":")" + kind + R"(")"));
    };
    application("route", "federation-route");
    application("directory-7", "conference-directory");
    application("hello", "um-contact");
    const ProgramRun run = ferry.run({"script", members, "--to", "pilot"});
    CHECK(run.warns("application:route: no cmdlet moves an application of class federation-route"));
    CHECK(run.warns("no way back: application:directory-7"));
    CHECK(run.warns("ExchUCUtil.ps1"));
    CHECK(run.says("Move-CsConferenceDirectory -Identity 7 -TargetPool 'lync01.contoso.com'"));
    CHECK(run.says("Move-CsExUmContact -Identity 'hello' -Target 'lync01.contoso.com'"));
}

TEST_CASE("scripts are written for Windows, and never over others") {
    PilotEstate ferry;
    const std::string out = (ferry.folder() / "wave").string();
    REQUIRE(ferry.run({"script", alice, "--to", "pilot", "--out", out}).exit == 0);
    const std::string text = read_text(out + "/move.ps1");
    CHECK(text.starts_with("\xEF\xBB\xBF#"));
    CHECK(text.find("\r\n") != std::string::npos);
    CHECK(text.find("Move-CsLegacyUser") != std::string::npos);
    // No script writes over the report of another.
    for (const std::string name : {"move", "check", "rollback"})
        CHECK(read_text(out + "/" + name + ".ps1").find("'" + name + "-report.csv'") !=
              std::string::npos);
    CHECK(read_text(out + "/rollback.ps1").find("Move-CsUser") != std::string::npos);
    CHECK(ferry.run({"script", alice, "--to", "pilot", "--out", out}).exit == 65);
}

TEST_CASE("a wave is scripted by its name, to where it was planned") {
    PilotEstate ferry;
    ferry.must({"wave", "create", "first", "pool:ocs01.contoso.com/users", "--to", "pilot"});
    const ProgramRun run = ferry.run({"script", "wave:first"});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(steps(run.out).size() == 2);
    CHECK(run.says("# Moves wave:first to pilot\n"));
    CHECK(ferry.run({"script", alice}).exit == 2);
}

TEST_CASE("scripts keep the pack's order, and name who goes along without being asked for") {
    PilotEstate ferry;
    std::string toml(built_in_packs().front().toml);
    toml += "[classes.response-groups]\n[[order]]\nclass = \"response-groups\"\n"
            "after = [\"users\"]\n";
    ferry.must({"pack", "adopt", ferry.file("ordered.toml", toml)});
    ferry.apply(member_line("application:sales", "01", "paris",
                            R"(,"applicationClass":"response-groups")"));
    const ProgramRun run = ferry.run({"script", helpdesk, bob, "--to", "pilot"});
    INFO(run);
    const auto lines = steps(run.out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("user:bob@contoso.com") != std::string::npos);
    CHECK(lines[1].find("Move-CsRgsConfiguration") != std::string::npos);
    CHECK(run.warns("application:sales: is moved with the response groups of its pool"));
}

TEST_CASE("an endpoint that is known by its address is named with the scheme") {
    PilotEstate ferry;
    ferry.apply(member_line("application:access@contoso.com", "01", "paris",
                            R"(,"applicationClass":"dial-in-number")"));
    const ProgramRun run = ferry.run({"script", "application:access@contoso.com", "--to", "pilot"});
    INFO(run);
    CHECK(run.says("{ Move-CsApplicationEndpoint -Identity 'sip:access@contoso.com' "
                   "-TargetApplicationPool 'lync01.contoso.com' }"));
}

TEST_CASE("a wave that has run is checked and taken back by what was recorded before it ran") {
    PilotEstate ferry;
    ferry.must({"wave", "create", "first", "pool:ocs01.contoso.com/users", "--to", "pilot"});
    ferry.must({"wave", "start", "first"});
    ferry.apply(ferry.command(alice, R"("observePolicy":{"policy":"voice","name":"lync-voice"})"));
    const auto part = [&](const std::string& name) {
        const ProgramRun run = ferry.run({"script", "wave:first", "--part", name});
        INFO(run);
        CHECK(run.exit == 0);
        CHECK(run.warns("2 members were moved by the wave"));
        return steps(run.out);
    };
    CHECK(part("move").empty());
    CHECK(part("check").size() == 2);
    const auto back = part("rollback");
    REQUIRE(back.size() == 3);
    CHECK(back[0].find("Move-CsUser -Identity 'sip:alice@contoso.com' -Target "
                       "'ocs01.contoso.com'") != std::string::npos);
    CHECK(back[1].find("-PolicyName 'paris-voice'") != std::string::npos);
}

TEST_CASE("who is on the new side already is not moved") {
    PilotEstate ferry;
    ferry.move_alice();
    const ProgramRun run = ferry.run({"script", members, "--to", "production"});
    CHECK(steps(run.out).size() == 1);
    CHECK(run.says("user:bob@contoso.com"));
    CHECK(run.warns("1 member is moved"));
}

}  // namespace ferry::testing
