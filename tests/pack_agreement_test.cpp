// What a pack asks of the site: who agrees before another pack is adopted, and how many of a class
// may be in some states at once. And which pack an event says that it was decided under.
#include "engine/pack_toml.hpp"
#include "engine/public_event.hpp"
#include "events/hash.hpp"
#include "projections/pack_lines.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace ferry::test {

namespace {

const std::string agreed = R"(
[roles.board]
people = ["erik", "mia"]
[[approval]]
kind = "site"
action = "adopt-pack"
people = 2
role = "board"
)";

const std::string one_at_a_time = R"(
[classes.federation-route]
[[limit]]
class = "federation-route"
in = ["pilot", "production"]
at_most = 1
within = "site"
reason = "one Edge is federated at a time"
)";

std::string toml_with(const std::string& more) {
    return std::string(built_in_packs().front().toml) + more;
}

v1::Command adopt(const std::string& toml) {
    v1::Command command = ask("site:paris");
    command.mutable_adopt_pack()->set_toml(toml);
    return command;
}

v1::Command agree(const std::string& toml, const std::string& actor) {
    v1::Command command = ask("site:paris");
    command.set_actor(actor);
    command.mutable_approve()->set_action("adoptPack");
    command.mutable_approve()->set_plan(to_hex(sha256(bytes_of(toml))));
    return command;
}

std::string first_finding(const std::string& more) {
    const PackReading reading = read_pack(toml_with(more));
    return reading.findings.empty() ? "" : to_text(reading.findings.front(), "x.toml");
}

}  // namespace

TEST_CASE("a pack that asks for agreement is left only once enough people of the role agreed") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const std::string ruled = toml_with(agreed);
    const std::string next = toml_with("");
    // The default pack asks nobody.
    estate.done(adopt(ruled));
    const auto alone = estate.give(adopt(next));
    CHECK(failed_guards(alone) == Names{"approved"});
    CHECK(says(reason_of(alone, "approved"), "2 people of board (erik, mia) other than dana"));
    CHECK(says(reason_of(alone, "approved"), to_hex(sha256(bytes_of(next)))));
    estate.done(
        {agree(next, "erik"), agree(next, "erik"), agree(next, "noah"), agree(ruled, "mia")});
    CHECK(says(reason_of(estate.give(adopt(next)), "approved"), "and 1 have"));
    estate.done(agree(next, "mia"));
    // Who asks is not one of those who agree.
    v1::Command own = adopt(next);
    own.set_actor("mia");
    CHECK(failed_guards(estate.give(own)) == Names{"approved"});
    estate.done(adopt(next));
    // What was agreed to has happened; it does not count again.
    estate.done(adopt(ruled));
    CHECK(failed_guards(estate.give(adopt(next))) == Names{"approved"});
}

TEST_CASE("no more of a class than the pack allows are in the states of its limit at once") {
    Estate estate;
    estate.done({add_pool("ocs01"), add_pool("ocs02")});
    for (const char* pool : {"ocs01", "ocs02"}) estate.bring_pool_to(pool, v1::STATE_PILOT);
    estate.done(adopt(toml_with(one_at_a_time)));
    const std::string first = "application:route-1";
    const std::string second = "application:route-2";
    estate.done({add_application("route-1", "ocs01", "federation-route"),
                 add_application("route-2", "ocs02", "federation-route"),
                 add_application("other", "ocs02"), enter_coexistence(first),
                 enter_coexistence(second), enter_coexistence("application:other"),
                 start_pilot(first), start_pilot("application:other")});
    const auto refused = estate.give(start_pilot(second));
    CHECK(failed_guards(refused) == Names{"within-limits"});
    CHECK(says(reason_of(refused, "within-limits"), "one Edge is federated at a time"));
    // Who is counted already goes on; who leaves makes room.
    estate.done(withdraw(first));
    estate.done(start_pilot(second));
}

TEST_CASE("a member whose move is under way counts as where it is going") {
    Pack pack = *read_pack(toml_with(one_at_a_time)).pack;
    pack.transfer = Transfer::confirmed;
    Estate estate(1, pack);
    estate.done({add_pool("ocs01"), add_application("route-1", "ocs01", "federation-route"),
                 add_application("route-2", "ocs01", "federation-route")});
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done({enter_coexistence("application:route-1"), enter_coexistence("application:route-2"),
                 start_pilot("application:route-1")});
    CHECK(estate.entity("application:route-1").lifecycle == v1::STATE_COEXIST_TEST);
    CHECK(failed_guards(estate.give(start_pilot("application:route-2"))) == Names{"within-limits"});
}

TEST_CASE("the shipped pack lets one federated Edge be switched at a time") {
    for (const BuiltInPack& each : built_in_packs()) {
        if (each.name != "ocs2007r2-to-lync2013") continue;
        const Pack pack = *read_pack(each.toml).pack;
        REQUIRE(pack.limits.counted.size() == 1);
        const CountLimit& limit = pack.limits.counted.front();
        CHECK(limit.application_class == "federation-route");
        CHECK(limit.at_most == 1);
        CHECK(limit.whole_site);
    }
}

TEST_CASE("wrong limits and agreements are refused with their place") {
    CHECK(says(first_finding("[classes.x]\n[[limit]]\nclass = \"x\"\nin = [\"pilot\"]\n"),
               "[[limit]] has no `at_most`"));
    CHECK(says(first_finding("[classes.x]\n[[limit]]\nclass = \"x\"\nat_most = 1\n"),
               "[[limit]] has no `in`"));
    CHECK(says(first_finding("[[limit]]\nclass = \"y\"\nin = [\"pilot\"]\nat_most = 1\n"), "y"));
    CHECK(says(first_finding("[classes.x]\n[[limit]]\nclass = \"x\"\nin = [\"retired\"]\n"
                             "at_most = 1\n"),
               "state to limit"));
    CHECK(
        says(first_finding("[classes.x]\n[[limit]]\nclass = \"x\"\nin = [\"pilot\"]\nat_most = 1\n"
                           "[[limit]]\nclass = \"x\"\nin = [\"pilot\"]\nat_most = 2\n"),
             "has this limit already"));
    CHECK(says(first_finding("[[approval]]\nkind = \"site\"\n"), "does not say of what"));
    CHECK(
        says(first_finding("[[approval]]\nkind = \"site\"\naction = \"retire\"\n"), "adopt-pack"));
    CHECK(says(first_finding("[[approval]]\nkind = \"site\"\naction = \"adopt-pack\"\n"
                             "[[approval]]\nkind = \"site\"\naction = \"adopt-pack\"\n"),
               "has this approval already"));
}

TEST_CASE("what a pack limits and asks agreement for stands in its lines") {
    const auto lines = pack_lines(*read_pack(toml_with(agreed + one_at_a_time)).pack);
    const auto stands = [&](std::string_view line) {
        return std::ranges::find(lines, line) != lines.end();
    };
    CHECK(stands("adopting another pack needs 2 other people of the role board"));
    CHECK(stands("at most 1 of class federation-route of the site in pilot or production at once"));
}

TEST_CASE("a public event names the pack that it was decided under") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    std::string toml = toml_with("");
    const std::string named = "name = \"side-by-side\"";
    toml.replace(toml.find(named), named.size(), "name = \"our-own-rules\"");
    const Position before = estate.position();
    const Position adopted{estate.done(adopt(toml)).position()};
    estate.done(check("pool:ocs01", "services-started"));
    const auto shown = [&](Position at) {
        return public_event(estate.replica.fleet, at, {}, (*find_event(estate.replica, at))->event);
    };
    CHECK(shown(before).pack() == "side-by-side");
    CHECK(shown(before).pack_position() == 0);
    CHECK(shown(adopted).pack() == "side-by-side");
    CHECK(shown(estate.position()).pack() == "our-own-rules");
    CHECK(shown(estate.position()).pack_position() == adopted.value);
}

}  // namespace ferry::test
