// An entity's home moves to another site by release and accept: one owner, and everything it had.
#include "engine/carried_state.hpp"
#include "engine/done_commands.hpp"
#include "events/hash.hpp"
#include "projections/decided_state.hpp"
#include "projections/digest.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/home_sites.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

const std::string alice = "user:alice@contoso.com";

v1::CommandResult done(HomeSites& sites, const std::string& site, const v1::Command& command) {
    const v1::CommandResult result = sites.give(site, command);
    INFO(result.ShortDebugString());
    CHECK(result.outcome() == "DONE");
    return result;
}

std::string guard_of(const v1::CommandResult& result) {
    return result.failed_guards().empty() ? result.outcome() : result.failed_guards(0).guard();
}

/// Alice in pilot in paris, with something of everything that is observed.
struct Paris : HomeSites {
    Paris() : HomeSites(v1::STATE_PILOT) {
        v1::Command registered = add_user("alice@contoso.com", "paris-ocs");
        registered.mutable_register_()->set_site("paris");
        first = done(*this, "paris", with_id(registered, "c-first"));
        for (const v1::Command& each :
             {enter_coexistence(alice), start_pilot(alice), observe_client(alice, "lync-2013"),
              observe_meeting(alice, "m-17", "lync-2013"),
              observe_policy(alice, "voice", "paris-voice"), check(alice, "headset-tried")})
            done(*this, "paris", each);
        moved = done(*this, "paris", with_id(observe_client(alice, "lync-2010"), "c-last"));
    }
    std::string release() {
        const auto result = done(*this, "paris", release_to(alice, "lyon"));
        return "paris:" + std::to_string(result.position());
    }
    const Entity& entity(const Replica& replica) const {
        return replica.fleet.at(*replica.fleet.find(alice));
    }
    v1::CommandResult first, moved;
};

TEST_CASE(
    "an entity goes on in the next site with its state, its version and what was seen of it") {
    Paris sites;
    const auto before = sites.read("paris");
    const v1::CarriedState had = carried_state(before->fleet, *before->fleet.find(alice));
    const std::string transfer = sites.release();
    CHECK(sites.owners(alice).empty());
    const auto accepted = done(sites, "lyon", accept_at(alice, "lyon", transfer));
    CHECK(sites.owners(alice) == std::vector<std::string>{"lyon"});
    const auto after = sites.read("lyon");
    const Entity& now = sites.entity(*after);
    CHECK(decided_state(now) == decided_state(sites.entity(*before)));
    CHECK(now.version == sites.entity(*before).version + 2);
    CHECK(accepted.version() == now.version);
    v1::CarriedState has = carried_state(after->fleet, *after->fleet.find(alice));
    CHECK(has.clients_size() == 2);
    CHECK(has.meetings(0).meeting() == "m-17");
    CHECK(has.policies(0).name() == "paris-voice");
    CHECK(has.checks(0).check() == "headset-tried");
    CHECK(has.checks(0).recorded_microseconds() == had.checks(0).recorded_microseconds());
    CHECK(has.pool() == "lyon-ocs");
    CHECK(after->fleet.home(*after->fleet.find(alice)) == "new.lyon");
}

TEST_CASE("the site that released an entity refuses everything for it and names the next owner") {
    Paris sites;
    sites.release();
    for (const v1::Command& each :
         {promote(alice), withdraw(alice), check(alice, "headset-tried"),
          observe_client(alice, "lync-2013"), release_to(alice, "montreal")}) {
        const auto refused = sites.give("paris", each);
        CHECK(guard_of(refused) == "owned-here");
        CHECK(says(refused.failed_guards(0).reason(), "released to site lyon at paris:"));
    }
    v1::Command again = add_user("alice@contoso.com", "paris-ocs");
    CHECK(guard_of(sites.give("paris", again)) == "owned-here");
}

TEST_CASE("a command that was done gets its old answer in every home, and another one is refused") {
    Paris sites;
    done(sites, "lyon", accept_at(alice, "lyon", sites.release()));
    const v1::Command last = with_id(observe_client(alice, "lync-2010"), "c-last");
    for (const char* site : {"paris", "lyon"}) {
        const auto answer = done(sites, site, last);
        CHECK(answer.position() == sites.moved.position());
        CHECK(answer.version() == sites.moved.version());
        CHECK(sites.give(site, with_id(promote(alice), "c-last")).outcome() == "INVALID");
    }
    // And once more from a home after that.
    const auto left = done(sites, "lyon", release_to(alice, "montreal"));
    done(sites, "montreal",
         accept_at(alice, "montreal", "lyon:" + std::to_string(left.position())));
    CHECK(done(sites, "montreal", last).position() == sites.moved.position());
}

TEST_CASE("a release is accepted once, also asked again after the entity has gone on") {
    Paris sites;
    const std::string transfer = sites.release();
    const auto once = done(sites, "lyon", accept_at(alice, "lyon", transfer));
    const auto twice = done(sites, "lyon", accept_at(alice, "lyon", transfer));
    CHECK(twice.position() == once.position());
    const auto left = done(sites, "lyon", release_to(alice, "paris"));
    done(sites, "paris", accept_at(alice, "paris", "lyon:" + std::to_string(left.position())));
    CHECK(done(sites, "lyon", accept_at(alice, "lyon", transfer)).position() == once.position());
    CHECK(sites.owners(alice) == std::vector<std::string>{"paris"});
}

TEST_CASE("what no release in the other log says is not accepted") {
    Paris sites;
    const std::string transfer = sites.release();
    for (const auto& [site, named] :
         {std::pair("montreal", transfer), std::pair("lyon", std::string("paris:1")),
          std::pair("lyon", std::string("montreal:2")), std::pair("lyon", std::string("nowhere:2")),
          std::pair("lyon", std::string("paris:99999")), std::pair("paris", transfer)}) {
        const auto refused = sites.give(site, accept_at(alice, site, named));
        INFO(site << " " << named);
        CHECK(guard_of(refused) == "release-verified");
    }
    const auto other = sites.give("lyon", accept_at("user:bob@contoso.com", "lyon", transfer));
    CHECK(guard_of(other) == "release-verified");
    CHECK(sites.owners(alice).empty());
}

TEST_CASE("what the next owner has declined is taken back, and never accepted there") {
    Paris sites;
    const std::string transfer = sites.release();
    const auto early = sites.give("paris", accept_at(alice, "paris", transfer));
    CHECK(guard_of(early) == "release-verified");
    const auto declined = done(sites, "lyon", decline_at(alice, "lyon", transfer));
    CHECK(done(sites, "lyon", decline_at(alice, "lyon", transfer)).position() ==
          declined.position());
    CHECK(guard_of(sites.give("lyon", accept_at(alice, "lyon", transfer))) == "release-verified");
    done(sites, "paris", accept_at(alice, "paris", transfer));
    CHECK(sites.owners(alice) == std::vector<std::string>{"paris"});
    CHECK(guard_of(sites.give("lyon", accept_at(alice, "lyon", transfer))) == "release-verified");
    const auto replica = sites.read("paris");
    CHECK(sites.entity(*replica).lifecycle == v1::STATE_PILOT);
    CHECK(replica->fleet.home(*replica->fleet.find(alice)) == "new.paris");
}

TEST_CASE("what was accepted is not declined any more") {
    Paris sites;
    const std::string transfer = sites.release();
    done(sites, "lyon", accept_at(alice, "lyon", transfer));
    CHECK(guard_of(sites.give("lyon", decline_at(alice, "lyon", transfer))) ==
          "already-registered");
    CHECK(guard_of(sites.give("paris", accept_at(alice, "paris", transfer))) == "release-verified");
}

TEST_CASE(
    "a pool that cannot take the entity as it is refuses it, and it stays between the sites") {
    HomeSites sites;
    v1::Command found = add_user("alice@contoso.com", "paris-ocs");
    done(sites, "paris", found);
    const std::string pool = "pool:paris-ocs";
    for (const char* each : {"services-started", "site-administrable",
                             "clients-reach-current-users", "clients-reach-legacy-users"})
        done(sites, "paris", check(pool, each));
    for (const v1::Command& each :
         {enter_coexistence(pool), start_pilot(pool), enter_coexistence(alice), start_pilot(alice)})
        done(sites, "paris", each);
    v1::Command leaving = release_to(alice, "lyon");
    const auto released = done(sites, "paris", leaving);
    const std::string transfer = "paris:" + std::to_string(released.position());
    const auto refused = sites.give("lyon", accept_at(alice, "lyon", transfer));
    CHECK(guard_of(refused) == "pool-fits");
    CHECK(says(refused.failed_guards(0).reason(), "pilot needs its pool in pilot"));
    CHECK(sites.owners(alice).empty());
}

TEST_CASE("a pool moves with its state, and members that are left behind wait until they follow") {
    Paris sites;
    const std::string pool = "pool:paris-ocs";
    const auto left = done(sites, "paris", release_to(pool, "lyon"));
    done(sites, "lyon", accept_at(pool, "lyon", "paris:" + std::to_string(left.position())));
    const auto lyon = sites.read("lyon");
    const Entity& moved = lyon->fleet.at(*lyon->fleet.find(pool));
    CHECK(moved.lifecycle == v1::STATE_PILOT);
    CHECK(moved.knowledge == v1::STATE_COEXISTENCE_VERIFIED);
    CHECK(moved.pilot_ran);
    CHECK(guard_of(sites.give("paris", promote(alice))) == "owned-here");
    CHECK(guard_of(sites.give("paris", add_user("bob@contoso.com", "paris-ocs"))) == "owned-here");
    v1::Command follows = release_to(alice, "lyon");
    follows.mutable_release()->set_pool("paris-ocs");
    const auto member = done(sites, "paris", follows);
    done(sites, "lyon", accept_at(alice, "lyon", "paris:" + std::to_string(member.position())));
    const auto after = sites.read("lyon");
    CHECK(after->fleet.members(*after->fleet.find(pool)).users[v1::STATE_PILOT] == 1);
    CHECK(sites.read("paris")->fleet.members({1}).users[v1::STATE_PILOT] == 0);
}

TEST_CASE("an entity whose real move is in flight is not released") {
    Pack confirmed = side_by_side();
    confirmed.transfer = Transfer::confirmed;
    Estate estate(1, confirmed);
    estate.with_pool("ocs01", 1);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done(
        {enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com")});
    const auto refused = estate.give(release_to("user:user1@contoso.com", "lyon"));
    CHECK(guard_of(refused) == "no-move-in-flight");
}

TEST_CASE("a withdrawn entity and one of this very site are not released") {
    Paris sites;
    CHECK(sites.give("paris", release_to(alice, "paris")).outcome() == "INVALID");
    done(sites, "paris", withdraw(alice));
    CHECK(sites.give("paris", release_to(alice, "lyon")).outcome() == "NO_TRANSITION");
}

TEST_CASE("a release names the head of the history and every command that was done, in one batch "
          "too") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const std::string user = "user:user1@contoso.com";
    // Given together, the release still finds what the batch did before it.
    auto results = estate.give_all({with_id(observe_client(user, "lync-2013"), "seen"),
                                    with_id(release_to(user, "lyon"), "gone")});
    REQUIRE(results.size() == 2);
    CHECK(results[1].outcome() == "DONE");
    const auto found = find_event(estate.replica, {results[1].position()});
    const v1::CarriedState& state = (*found)->event.released().state();
    const auto head = commit_hash_at(estate.replica, {state.history_position()});
    CHECK(state.history_hash() == text_of(*head));
    std::vector<std::string> ids;
    for (const auto& each : state.done()) ids.push_back(each.command_id());
    CHECK(std::ranges::find(ids, "seen") != ids.end());
    CHECK(ids.size() == 2);
}

TEST_CASE("a snapshot carries who came and who went") {
    Paris sites;
    done(sites, "lyon", accept_at(alice, "lyon", sites.release()));
    for (const char* site : {"paris", "lyon"}) {
        const auto replica = sites.read(site);
        const auto state = read_snapshot(snapshot_bytes(*replica));
        REQUIRE(state);
        CHECK(fleet_digest(state->fleet) == fleet_digest(replica->fleet));
        CHECK(state->fleet.releases.size() == replica->fleet.releases.size());
        CHECK(state->fleet.arrivals.size() == replica->fleet.arrivals.size());
    }
}

}  // namespace
}  // namespace ferry::test
