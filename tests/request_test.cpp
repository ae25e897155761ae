#include "engine/request.hpp"

#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry {

using namespace test;

namespace {

v1::Command numbered(v1::Command command) {
    command.set_command_id("c1");
    return command;
}

/// A JSON line as `ferry apply` takes it, with id, actor and entity filled in.
v1::Command line(std::string_view entity, std::string_view rest) {
    return from_json("{\"commandId\":\"c1\",\"actor\":\"dana\",\"entity\":\"" +
                     std::string(entity) + "\"," + std::string(rest) + "}");
}

/// What is wrong with a command; empty where it is understood.
std::string wrong_with(const v1::Command& command) {
    const auto request = understand(command);
    if (request) return "";
    CHECK(request.error().code == Errc::bad_input);
    return request.error().message;
}

void check_bad(const v1::Command& command, std::string_view says) {
    const std::string message = wrong_with(command);
    INFO(command.ShortDebugString() << " => " << message);
    CHECK(message.find(says) != std::string::npos);
}

}  // namespace

TEST_CASE("the lines of the design are understood") {
    CHECK(wrong_with(numbered(add_pool("ocs01.contoso.com"))) == "");
    CHECK(wrong_with(numbered(add_user("alice@contoso.com", "ocs01.contoso.com"))) == "");
    CHECK(wrong_with(line("application:rgs", R"("register":{"site":"paris","pool":"ocs01",)"
                                             R"("applicationClass":"response-groups"})")) == "");
    CHECK(wrong_with(line("pool:a", R"("recordCheck":{"check":"services-started","outcome":"PASS",)"
                                    R"("evidence":"run 7","deployment":"successor"})")) == "");
    CHECK(wrong_with(line("user:a@b", R"("expectedVersion":"3","promote":{})")) == "");
    CHECK(wrong_with(line("user:a@b", R"("observeClient":{"client":"lync-2013"})")) == "");
    CHECK(wrong_with(line("user:a@b", R"("reportMove":{"move":"paris:4","outcome":"FAILED",)"
                                      R"("cause":"disk full","reversible":"false"})")) == "");
    CHECK(wrong_with(line("site:paris", R"("mark":{"label":"before wave 2"})")) == "");
    CHECK(wrong_with(line("site:paris", R"("recordCheck":{"check":"x","outcome":"FAIL"})")) == "");
    CHECK(wrong_with(line("pool:a", R"("approve":{"action":"retire"})")) == "");
}

TEST_CASE("a command without id, entity or action is a bad line") {
    check_bad(promote("user:a@b"), "commandId is missing");
    check_bad(numbered(ask("user:a@b")), "no action is given");
    check_bad(numbered(promote("")), "none of pool:NAME");
    v1::Command long_id = promote("user:a@b");
    long_id.set_command_id(std::string(129, 'x'));
    check_bad(long_id, "commandId is longer than 128 bytes");
}

TEST_CASE("an entity id must have a known kind and a lower-case name without sip:") {
    for (const auto* id : {"alice@contoso.com", "people:alice", "users:a", "User:a"})
        check_bad(numbered(promote(id)), "none of pool:NAME");
    check_bad(numbered(promote("user:")), "is empty");
    check_bad(numbered(promote("user:Alice@contoso.com")), "lower case: `alice@contoso.com`");
    check_bad(numbered(promote("user:sip:alice@contoso.com")), "without `sip:`");
    check_bad(numbered(promote("user: a")), "a space at its edge");
    check_bad(numbered(promote("user:a ")), "a space at its edge");
    check_bad(numbered(promote("user:a\tb")), "control character");
    check_bad(numbered(promote("user:" + std::string(513, 'a'))), "longer than 512 bytes");
}

TEST_CASE("a site takes marks and checks only, and nothing else takes a mark") {
    check_bad(numbered(promote("site:paris")), "not an entity");
    check_bad(numbered(withdraw("site:paris")), "not an entity");
    check_bad(line("user:a@b", R"("mark":{"label":"x"})"), "given to `site:NAME`");
}

TEST_CASE("an expected version is any, none, exists or a number") {
    for (const auto* text : {"any", "none", "exists", "1", "18446744073709551615"}) {
        v1::Command command = numbered(promote("user:a@b"));
        command.set_expected_version(text);
        CHECK(wrong_with(command) == "");
    }
    for (const auto* text : {"0", "-1", "1.5", "latest", "3 ", "18446744073709551616", "0x3"}) {
        v1::Command command = numbered(promote("user:a@b"));
        command.set_expected_version(text);
        check_bad(command, "expectedVersion");
    }
    CHECK(Expected{Expected::Kind::any, {}}.met_by({0}));
    CHECK(Expected{Expected::Kind::none, {}}.met_by({0}));
    CHECK_FALSE(Expected{Expected::Kind::none, {}}.met_by({1}));
    CHECK(Expected{Expected::Kind::exists, {}}.met_by({7}));
    CHECK_FALSE(Expected{Expected::Kind::exists, {}}.met_by({0}));
    CHECK(Expected{Expected::Kind::exactly, {7}}.met_by({7}));
    CHECK_FALSE(Expected{Expected::Kind::exactly, {7}}.met_by({8}));
}

TEST_CASE("a registration that cannot be placed is a bad line, with the reason") {
    const auto bad = [](std::string_view entity, const char* body, std::string_view says) {
        check_bad(line(entity, std::string("\"register\":") + body), says);
    };
    bad("user:a@b", R"({"pool":"p"})", "site is empty");
    bad("user:a@b", R"({"site":"paris"})", "pool is empty");
    bad("user:a@b", R"({"site":"paris","pool":"P"})", "lower case: `p`");
    bad("pool:p", R"({"site":"paris","pool":"q"})", "belongs to no pool");
    bad("pool:p", R"({"site":"paris","successor":"New"})", "lower case");
    bad("user:a@b", R"({"site":"paris","pool":"p","successor":"n"})",
        "only a pool has a successor");
    bad("user:a@b", R"({"site":"paris","pool":"p","applicationClass":"c"})",
        "only an application has");
    bad("user:a@b", R"({"site":"paris","pool":"p","lifecycle":"retired"})", "legacy, or pilot or");
    bad("user:a@b", R"({"site":"paris","pool":"p","lifecycle":"moved"})", "legacy, or pilot or");
    bad("pool:p", R"({"site":"paris","lifecycle":"pilot"})", "a pool starts in legacy");
}

TEST_CASE("unknown words in a body are bad lines that name the right ones") {
    check_bad(line("pool:a", R"("approve":{"action":"withdraw"})"), "enterCoexistence, startPilot");
    check_bad(line("pool:a", R"("approve":{"action":"restore"})"), "enterCoexistence, startPilot");
    check_bad(line("pool:a", R"("approve":{})"), "enterCoexistence, startPilot");
    check_bad(line("pool:a", R"("approve":{"action":"retire","plan":"aa"})"), "is of a rollback");
    check_bad(line("site:a", R"("approve":{"action":"retire"})"),
              "restore, adoptPack, takeOverSite");
    check_bad(line("site:a", R"("approve":{"action":"restore","plan":"aa"})"), "64 hexadecimal");
    check_bad(line("user:a", R"("observePolicy":{"name":"n"})"), "policy is empty");
    check_bad(line("pool:a", R"("recordCheck":{"check":"x","outcome":"pass"})"), "PASS, FAIL");
    check_bad(line("pool:a", R"("recordCheck":{"check":"x"})"), "PASS, FAIL, INCONCLUSIVE");
    check_bad(line("pool:a", R"("recordCheck":{"outcome":"PASS"})"), "check is empty");
    check_bad(line("pool:a", R"("recordCheck":{"check":"x","outcome":"PASS","deployment":"new"})"),
              "legacy, successor");
    check_bad(line("user:a", R"("observeClient":{})"), "client is empty");
    check_bad(line("user:a", R"("observeMeeting":{"client":"c"})"), "meeting is empty");
    check_bad(line("user:a", R"("observeMeeting":{"meeting":"m"})"), "client is empty");
    check_bad(line("user:a", R"("reportMove":{"outcome":"FAILED"})"), "move is empty");
    check_bad(line("user:a", R"("reportMove":{"move":"m","outcome":"DONE"})"), "SUCCEEDED, FAILED");
    check_bad(line("user:a", R"("reportMove":{"move":"m","outcome":"FAILED","reversible":"no"})"),
              "true, false");
    check_bad(line("user:a", R"("correct":{"field":"name","value":"x"})"), "pool, successor, side");
    check_bad(line("user:a", R"("correct":{"field":"pool"})"), "pool is empty");
}

TEST_CASE("texts have a limit, so that one command always fits one commit") {
    const std::string text(4097, 'x');
    v1::Command command = numbered(check("pool:a", "x"));
    command.mutable_record_check()->set_evidence(text);
    check_bad(command, "evidence is longer than 4096 bytes; put the rest into a file");
    command = numbered(promote("user:a@b"));
    command.set_reason(text);
    check_bad(command, "reason is longer");
    command = numbered(promote("user:a@b"));
    command.set_actor(text);
    check_bad(command, "actor is longer");
    command = numbered(promote("user:a@b"));
    command.set_correlation_id(text);
    check_bad(command, "correlationId is longer");
    command = numbered(promote("user:a@b"));
    command.set_causation_id(text);
    check_bad(command, "causationId is longer");
    command = line("user:a", R"("reportMove":{"move":"m","outcome":"FAILED"})");
    command.mutable_report_move()->set_cause(text);
    check_bad(command, "cause is longer");
    command = line("pool:a", R"("correct":{"field":"successor","value":"x"})");
    command.mutable_correct()->set_evidence(text);
    check_bad(command, "evidence is longer");
    command.mutable_correct()->set_evidence("");
    command.mutable_correct()->set_value(text);
    check_bad(command, "longer than 512 bytes");
}

TEST_CASE("a text that is not UTF-8 is refused, because it could never be read back") {
    v1::Command command = numbered(promote("user:a@b"));
    command.set_reason("caf\xe9");
    check_bad(command, "not UTF-8");
    command = numbered(promote("user:caf\xe9@b"));
    check_bad(command, "not UTF-8");
    command = promote("user:a@b");
    command.set_command_id("\xff");
    check_bad(command, "not UTF-8");
}

TEST_CASE("whichever text is not UTF-8 is found, however long the others are") {
    const auto& fields = *v1::Command::descriptor();
    for (const char* name : {"command_id", "actor", "reason", "correlation_id", "causation_id"})
        for (const std::size_t size : {1, 2, 126, 128})
            for (const std::size_t others : {1, 30, 127, 128}) {
                v1::Command command = line("user:anna@contoso.com", "\"promote\":{}");
                for (const char* other : {"command_id", "actor", "reason", "correlation_id"})
                    v1::Command::GetReflection()->SetString(&command, fields.FindFieldByName(other),
                                                            std::string(others, 'a'));
                const auto set = [&](const std::string& text) {
                    v1::Command::GetReflection()->SetString(&command, fields.FindFieldByName(name),
                                                            text);
                };
                INFO(name << " of " << size << " beside " << others);
                const std::string rest(size - 1, 'a');
                set("\xff" + rest);
                check_bad(command, "not UTF-8");
                set(rest + "\x91");
                check_bad(command, "not UTF-8");
                if (size == 1) continue;
                set("\xC3\xA9" + rest.substr(1));
                CHECK(wrong_with(command).empty());
            }
}

TEST_CASE("a label may not look like a time or a position") {
    for (const auto* label : {"before wave 2", "wave-2", "2026 plan", "v1.2", "pilot"})
        CHECK(check_label(label).has_value());
    for (const auto* label : {"120", "paris:120", "2026-11-23T08:00:00Z"}) {
        const auto checked = check_label(label);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().message.find("looks like a position or a time") != std::string::npos);
    }
    CHECK_FALSE(check_label("").has_value());
    CHECK_FALSE(check_label("two\nlines").has_value());
    CHECK_FALSE(check_label(std::string(129, 'x')).has_value());
}

TEST_CASE("the digest says what is asked and not under which id") {
    const auto digest = [](v1::Command command, std::string_view id) {
        command.set_command_id(std::string(id));
        return understand(command)->digest;
    };
    const std::uint64_t first = digest(promote("user:a@b"), "c1");
    CHECK(first == digest(promote("user:a@b"), "c2"));
    CHECK(first != digest(promote("user:a@c"), "c1"));
    CHECK(first != digest(retire("user:a@b"), "c1"));
    v1::Command other = promote("user:a@b");
    other.set_actor("erik");
    CHECK(first != digest(other, "c1"));
    other = promote("user:a@b");
    other.set_expected_version("3");
    CHECK(first != digest(other, "c1"));
}

}  // namespace ferry
