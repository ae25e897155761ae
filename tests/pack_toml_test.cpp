// Packs as they are written: what can be said, and that whatever is wrong is refused with its place
// and what would be right.
#include "engine/pack_toml.hpp"
#include "engine/words.hpp"
#include "projections/pack_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace ferry::test {

namespace {

/// A pack that has nothing wrong with it, for one wrong thing to be added to.
const std::string right = R"(name = "ours"
[checks.services-started]
[checks.gateway-ready]
[classes.mediation]
[classes.response-groups]
[roles.board]
people = ["erik", "mia"]
[coexistence]
checks = ["services-started"]
)";

/// A pack with a rule of every sort.
const char* const every_rule = R"(name = "all"
about = "everything"
transfer = "confirmed"
[checks.a]
about = "first"
deployment = "each"
fresh_hours = 24
[checks.b]
[classes.mediation]
[roles.board]
people = ["erik", "mia"]
[coexistence]
checks = ["a"]
[pilot]
members = 3
hours = 72
[limits]
moves_in_flight = 5
members_in_pilot = 10
[rollback]
approval_above_users = 0
[[require]]
kind = "application"
class = "mediation"
action = "promote"
from = "pilot"
on = "pool"
checks = ["b"]
guards = ["coexistence-verified"]
[[order]]
class = "mediation"
after = ["users"]
within = "site"
reason = "because"
[[approval]]
kind = "pool"
action = "retire"
people = 2
role = "board"
[clients]
newer = ["lync-20"]
[[client]]
name = "lync-2013"
legacy = false
go_back_to = "communicator"
note = "less"
[[irreversible]]
class = "mediation"
once = "checked"
check = "b"
reason = "gone"
with_loss = true
)";

std::string refusal(const std::string& toml) {
    std::string text;
    for (const PackFinding& finding : read_pack(toml).findings)
        text += to_text(finding, "pack.toml") + "\n";
    return text;
}

/// What is said of a pack with this added at its end; lines count from the first added one.
std::string added(const std::string& more) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(right, '\n'));
    std::string text;
    for (PackFinding finding : read_pack(right + more).findings) {
        finding.line -= lines;
        text += to_text(finding, "pack.toml") + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("every built-in pack can be read, is called as its file, and none says a rule twice") {
    REQUIRE(built_in_packs().size() == 3);
    CHECK(built_in_packs().front().name == "side-by-side");
    for (const BuiltInPack& each : built_in_packs()) {
        CAPTURE(each.name);
        const std::string faults = refusal(std::string(each.toml));
        CHECK(faults == "");
        const auto reading = read_pack(each.toml);
        REQUIRE(reading.pack);
        CHECK(reading.pack->name == each.name);
        std::vector<std::string> lines = pack_lines(*reading.pack);
        std::ranges::sort(lines);
        CHECK(std::ranges::adjacent_find(lines) == lines.end());
    }
}

TEST_CASE("the default pack says what design.md section 8 says") {
    const Pack& pack = side_by_side();
    const std::vector<std::string> coexistence{"services-started", "site-administrable",
                                               "clients-reach-current-users",
                                               "clients-reach-legacy-users"};
    CHECK(pack.coexistence_checks == coexistence);
    CHECK(pack.checks_for(v1::KIND_POOL, v1::ACTION_ENTER_COEXISTENCE).empty());
    CHECK(std::ranges::equal(pack.checks_for(v1::KIND_POOL, v1::ACTION_START_PILOT), coexistence));
    CHECK(pack.checks_for(v1::KIND_POOL, v1::ACTION_PROMOTE).size() == 7);
    CHECK(pack.checks_for(v1::KIND_APPLICATION, v1::ACTION_PROMOTE).front() == compatibility_check);
    CHECK(pack.transfer == Transfer::immediate);
    CHECK(pack.order.empty());
    CHECK(pack.irreversible.empty());
    CHECK_FALSE(pack.approval_above);
    CHECK(
        std::ranges::all_of(pack.checks, [](const auto& rule) { return rule.fresh.count() == 0; }));
    CHECK(pack.clients.size() == 7);
    CHECK(pack.rule_of("lync-2013")->go_back_to == "communicator-2007-r2");
}

TEST_CASE("every rule that a pack can have is read") {
    const auto reading = read_pack(every_rule);
    REQUIRE(reading.pack);
    const Pack& pack = *reading.pack;
    CHECK(pack.transfer == Transfer::confirmed);
    CHECK(pack.check_rule("a")->side == CheckRule::Side::each);
    CHECK(pack.check_rule("a")->fresh == std::chrono::hours(24));
    CHECK(pack.pilot.members == 3);
    CHECK(pack.pilot.lasts == std::chrono::hours(72));
    CHECK(pack.limits.moves_in_flight == 5);
    CHECK(pack.approval_above == 0);
    CHECK(pack.required.front().of_pool);
    CHECK(pack.required.front().from == v1::STATE_PILOT);
    CHECK(pack.required.front().guards == std::vector{Guard::coexistence_verified});
    CHECK(pack.order.front().whole_site);
    CHECK(pack.approvals.front().people == 2);
    CHECK(pack.role("board")->people.size() == 2);
    CHECK(pack.is_newer("lync-2013"));
    CHECK(pack.irreversible.front().with_loss);
    CHECK(pack_lines(pack).size() > 15);
}

TEST_CASE("what is no TOML, and a key that stands twice, are refused with their place") {
    CHECK(refusal("name = \"ours\"\nname = \"again\"\n").starts_with("pack.toml:2:"));
    CHECK(refusal("name = ours\n").starts_with("pack.toml:1:"));
    CHECK(refusal("name = \"ours\"\n[checks.a]\n[checks.a]\n").starts_with("pack.toml:3:"));
}

TEST_CASE("what the TOML library takes for impossible is refused with its line") {
    for (const char* const text : {"[#", "[ #", "[[#", "[.", "[\n", "[#\n\n\n[checks.a]\n"})
        CHECK(added(text).starts_with("pack.toml:1:1: not TOML: something stands here that is no "
                                      "key, table or value; "));
    CHECK(added("[checks.a]\n\n[#]\n[checks.b]\n").starts_with("pack.toml:3:1: not TOML"));
    const std::string deep = std::string(40'000, '[');
    CHECK(added(deep).starts_with("pack.toml:1:"));
    std::string dotted = "a";
    for (int i = 0; i < 40'000; ++i) dotted += ".a";
    CHECK(added(dotted + " = 1").starts_with("pack.toml:1:1: not TOML: more than 2000 dots"));
    CHECK(added("[" + dotted + "]").starts_with("pack.toml:1:1: not TOML: more than 2000 dots"));
    dotted.resize(3000);
    CHECK(added("\n[" + dotted + "a]\n[#").starts_with("pack.toml:3:1: not TOML"));
}

TEST_CASE("letters outside ASCII where a key is looked for are refused with their place") {
    // U+00A1 to U+0499 and U+FE00 and on: the library calls them unreachable, U+3000 is a space.
    for (const char* const letter : {"\xC3\xA4", "\xD2\x90", "\xEF\xB8\x80", "\xE3\x80\x81"})
        for (const std::string before : {"", "[", "[checks", "name ", "name = ", "name = 1 "})
            CHECK(added(before + letter + "x]\n").starts_with("pack.toml:1:"));
}

TEST_CASE("an unknown key is refused with its line, its column and the nearest one") {
    CHECK(added("[pilot]\nmember = 3\n") ==
          "pack.toml:2:1: unknown key of [pilot] `member`; did you mean `members`?\n");
    CHECK(refusal("nane = \"ours\"\n" + right)
              .starts_with("pack.toml:1:1: unknown key of the "
                           "pack `nane`; did you mean `name`?\n"));
    CHECK(added("[[require]]\nkind = \"pool\"\naction = \"promote\"\nsteps = [\"x\"]\n")
              .starts_with("pack.toml:1:1: [[require]] asks for nothing"));
}

TEST_CASE("a value of the wrong type is refused with what to write") {
    CHECK(added("[pilot]\nmembers = \"three\"\n") ==
          "pack.toml:2:11: `members` is a text; write a whole number from 1 to 10000000\n");
    CHECK(added("[pilot]\nhours = 0\n").starts_with("pack.toml:2:9: `hours` is 0;"));
    CHECK(added("[clients]\nnewer = \"lync\"\n") ==
          "pack.toml:2:9: `newer` is a text; write a list: newer = [\"…\", \"…\"]\n");
    CHECK(added("[clients]\nnewer = [1]\n").starts_with("pack.toml:2:10: `newer` holds a whole"));
    CHECK(added("[[client]]\nname = \"x\"\nlegacy = \"no\"\n") ==
          "pack.toml:3:10: `legacy` is a text; write legacy = true or legacy = false\n");
    CHECK(added("[require]\nkind = \"pool\"\n")
              .starts_with("pack.toml:1:1: `require` is a table; write each as a table of its own: "
                           "[[require]]"));
}

TEST_CASE(
    "words that are not known are refused with the nearest: checks, classes, actions, guards") {
    const std::string require = "[[require]]\nkind = \"application\"\naction = \"promote\"\n";
    CHECK(added(require + "checks = [\"gateway-redy\"]\n") ==
          "pack.toml:4:11: unknown check `gateway-redy`; did you mean `gateway-ready`?\n");
    CHECK(added(require + "class = \"mediaton\"\nchecks = [\"gateway-ready\"]\n") ==
          "pack.toml:4:9: unknown class `mediaton`; did you mean `mediation`?\n");
    CHECK(added("[[require]]\nkind = \"pool\"\naction = \"promot\"\nchecks = "
                "[\"gateway-ready\"]\n") ==
          "pack.toml:3:10: unknown action `promot`; did you mean `promote`?\n");
    CHECK(added(require + "guards = [\"coexistence-verifed\"]\n") ==
          "pack.toml:4:11: unknown guard of applications `coexistence-verifed`; did you mean "
          "`coexistence-verified`?\n");
    CHECK(added("[[require]]\nkind = \"server\"\naction = \"promote\"\nchecks = []\n") ==
          "pack.toml:2:8: unknown kind `server`; it is one of pool, user, application\n");
    CHECK(added("[[approval]]\nkind = \"pool\"\naction = \"retire\"\nrole = \"bord\"\n") ==
          "pack.toml:4:8: unknown role `bord`; did you mean `board`?\n");
}

TEST_CASE("what stands twice is refused") {
    const std::string row =
        "[[require]]\nkind = \"pool\"\naction = \"promote\"\nchecks = [\"gateway-ready\"]\n";
    CHECK(added(row + row) == "pack.toml:5:1: promote of pool has this row already; write what "
                              "they ask for in one [[require]]\n");
    CHECK(added("[[require]]\nkind = \"pool\"\naction = \"promote\"\nchecks = [\"gateway-ready\", "
                "\"gateway-ready\"]\n")
              .starts_with("pack.toml:4:28: `gateway-ready` stands twice in `checks`;"));
    CHECK(added("[[client]]\nname = \"x\"\n[[client]]\nname = \"x\"\n")
              .starts_with("pack.toml:4:8: client `x` stands here twice;"));
    const std::string order = "[[order]]\nclass = \"mediation\"\nafter = [\"users\"]\n";
    CHECK(added(order + order).starts_with("pack.toml:4:1: `mediation` has an order already;"));
    const std::string approval = "[[approval]]\nkind = \"pool\"\naction = \"retire\"\n";
    CHECK(added(approval + approval).starts_with("pack.toml:4:1: retire of pool has this"));
    const std::string gone = "[[irreversible]]\nonce = \"moved\"\nreason = \"x\"\n";
    CHECK(added(gone + gone).starts_with("pack.toml:4:1: this rule stands here twice;"));
}

TEST_CASE("contradictions are refused") {
    CHECK(added("[[order]]\nclass = \"mediation\"\nafter = [\"response-groups\"]\n"
                "[[order]]\nclass = \"response-groups\"\nafter = [\"mediation\"]\n")
              .starts_with("pack.toml:1:1: `mediation` comes after itself, by way of the others;"));
    CHECK(added("[[order]]\nclass = \"mediation\"\nafter = [\"mediation\"]\n")
              .starts_with("pack.toml:3:10: `mediation` would wait for itself;"));
    CHECK(
        added("[limits]\nmoves_in_flight = 3\n")
            .starts_with("pack.toml:2:19: no move is ever in flight where transfer is immediate"));
    CHECK(added("[pilot]\nmembers = 9\n[limits]\nmembers_in_pilot = 3\n")
              .starts_with("pack.toml:4:20: the pilot needs 9 members and may have 3;"));
    CHECK(added("[[require]]\nkind = \"pool\"\naction = \"promote\"\nclass = \"mediation\"\n"
                "checks = [\"gateway-ready\"]\n")
              .starts_with("pack.toml:4:9: only applications have a class;"));
    CHECK(added("[[require]]\nkind = \"user\"\naction = \"start-pilot\"\nfrom = \"pilot\"\n"
                "checks = [\"gateway-ready\"]\n")
              .starts_with("pack.toml:4:8: start-pilot of a user does not begin in pilot;"));
    CHECK(
        added("[[approval]]\nkind = \"pool\"\naction = \"retire\"\npeople = 3\nrole = \"board\"\n")
            .starts_with("pack.toml:5:8: 3 people of the role `board` are asked for, and 2 have"));
    CHECK(added("[[client]]\nname = \"old\"\nsuccessor = false\ngo_back_to = \"x\"\n")
              .starts_with(
                  "pack.toml:4:14: this client can sign in to the legacy side and needs no"));
    CHECK(added("[[client]]\nname = \"new\"\nlegacy = false\ngo_back_to = \"new\"\n")
              .starts_with("pack.toml:4:14: `new` cannot sign in to the legacy side either;"));
    CHECK(added("[[irreversible]]\nonce = \"checked\"\nreason = \"x\"\n")
              .starts_with("pack.toml:1:1: once = \"checked\" does not say which check;"));
    CHECK(added("[[irreversible]]\nonce = \"moved\"\ncheck = \"gateway-ready\"\nreason = \"x\"\n")
              .starts_with("pack.toml:1:1: a check decides only where once = \"checked\";"));
    CHECK(refusal("name = \"ours\"\n").find("does not say when coexistence is verified") !=
          std::string::npos);
    CHECK(refusal("name = \"ours\"\n[coexistence]\nchecks = []\n")
              .starts_with("pack.toml:2:1: no check makes coexistence verified;"));
    CHECK(added("[classes.users]\n").starts_with("pack.toml:1:10: a class is called `users`;"));
}

TEST_CASE("all that is wrong is said at once, in the order of the lines") {
    const auto reading =
        read_pack("name = 3\ntransfer = \"slow\"\n[coexistence]\nchecks = [\"x\"]\n");
    CHECK_FALSE(reading.pack);
    REQUIRE(reading.findings.size() == 3);
    CHECK(reading.findings[0].line == 1);
    CHECK(reading.findings[1].line == 2);
    CHECK(reading.findings[2].line == 4);
}

TEST_CASE("two packs differ by the rules that one of them lacks") {
    const Pack before = *read_pack(right).pack;
    const Pack after = *read_pack(right + "[pilot]\nmembers = 3\n").pack;
    CHECK(pack_difference(before, before).none());
    const PackDifference found = pack_difference(before, after);
    CHECK(found.removed.empty());
    CHECK(found.added == std::vector<std::string>{"a pilot has at least 3 members"});
}

}  // namespace ferry::test
