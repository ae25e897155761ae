// What going back costs, by the tables of the pack: clients, meetings, policies, classes of
// application, pools that are retired.
#include "projections/as_of.hpp"
#include "projections/rollback_plan.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

constexpr const char* pool = "pool:ocs01.contoso.com";
constexpr const char* user = "user:user1@contoso.com";

RollbackPlan plan(const Estate& estate, const Pack& pack, Position target, const char* entity,
                  std::vector<EntityNumber> redeployed = {}) {
    const auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then);
    return plan_rollback(
        {estate.replica.fleet, *then, pack, {estate.number(entity)}, false, std::move(redeployed)});
}

/// A pool in pilot whose first user was moved there; what is observed then is up to the test.
struct Moved : Estate {
    explicit Moved(const Pack& with = side_by_side()) : Estate(1, with), pack(with) {
        with_pool("ocs01.contoso.com", 1);
        done(add_application("dir", "ocs01.contoso.com", "conference-directory"));
        bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
        legacy = position();
    }
    void move(const char* entity) { done({enter_coexistence(entity), start_pilot(entity)}); }
    PlanItem back(const char* entity) const { return only(plan(*this, pack, legacy, entity)); }
    static PlanItem only(const RollbackPlan& plan) {
        REQUIRE(plan.items.size() == 1);
        return plan.items.front();
    }
    const Pack& pack;
    Position legacy;
};

std::string reasons(const PlanItem& item) {
    std::string text;
    for (const std::string& reason : item.reasons) text += reason + "\n";
    return text;
}

bool says(const PlanItem& item, std::string_view part) {
    return reasons(item).find(part) != std::string::npos;
}

Pack with_rule(IrreversibleRule rule) {
    Pack pack = side_by_side();
    pack.name = "strict";
    pack.irreversible.push_back(std::move(rule));
    return pack;
}

}  // namespace

TEST_CASE("the client table says who cannot sign in to the legacy side, and what to go back to") {
    for (const auto& [client, lost] :
         {std::pair("lync-2013", true), std::pair("lync-2010", true),
          std::pair("communicator-2007-r2", false), std::pair("communicator-2007", false),
          std::pair("live-meeting-2007", false), std::pair("attendant-2007-r2", false),
          std::pair("lync-2016", true), std::pair("softphone-9", false)}) {
        CAPTURE(client);
        Moved estate;
        estate.move(user);
        estate.done(observe_client(user, client));
        const PlanItem item = estate.back(user);
        CHECK((item.group == Reversibility::with_loss) == lost);
        CHECK(item.remediations.empty() == !lost);
        if (lost) CHECK(item.remediations.front().kind == "downgrade-client");
    }
    Moved estate;
    estate.move(user);
    estate.done(observe_client(user, "lync-2013"));
    CHECK(says(estate.back(user), "go back to communicator-2007-r2"));
}

TEST_CASE("on the way forward the client table says who cannot sign in to the new side") {
    for (const auto& [client, lost] :
         {std::pair("lync-2013", false), std::pair("communicator-2007-r2", false),
          std::pair("communicator-2007", true), std::pair("live-meeting-2007", true),
          std::pair("attendant-2007-r2", true)}) {
        CAPTURE(client);
        Moved estate;
        estate.move(user);
        const Position moved = estate.position();
        estate.done(observe_client(user, client));
        // Set back as a rollback would, so that the way forward is one too.
        v1::StoredEvent restored;
        restored.set_entity(estate.number(user).value);
        restored.set_command_id("r1");
        restored.mutable_restored()->set_lifecycle(v1::STATE_LEGACY);
        restored.mutable_restored()->set_transfer(v1::STATE_SETTLED);
        restored.mutable_restored()->set_presence(v1::STATE_PRESENT);
        REQUIRE(estate.writer.append({&restored, 1}));
        const PlanItem item = Moved::only(plan(estate, side_by_side(), moved, user));
        CHECK((item.group == Reversibility::with_loss) == lost);
        if (lost) CHECK(item.remediations.front().kind == "upgrade-client");
    }
}

TEST_CASE("a meeting is lost where an upgraded client made it since, and no other") {
    Moved estate;
    estate.done(observe_meeting(user, "m-before", "lync-2013"));
    estate.legacy = estate.position();
    estate.move(user);
    estate.done({observe_meeting(user, "m-old-client", "communicator-2007-r2"),
                 observe_meeting(user, "m-lost", "lync-2013")});
    const PlanItem item = estate.back(user);
    REQUIRE(item.remediations.size() == 1);
    CHECK(item.remediations.front().kind == "reschedule-meeting");
    CHECK(item.remediations.front().subject == "m-lost");
}

TEST_CASE("a policy that changed with the side is to be granted again, by its former name") {
    Moved estate;
    estate.done(
        {observe_policy(user, "voice", "paris-voice"), observe_policy(user, "client", "standard")});
    estate.legacy = estate.position();
    estate.move(user);
    estate.done({observe_policy(user, "voice", "lync-voice"),
                 observe_policy(user, "client", "standard"),
                 observe_policy(user, "conferencing", "gold")});
    const PlanItem item = estate.back(user);
    CHECK(item.group == Reversibility::with_loss);
    REQUIRE(item.remediations.size() == 2);
    CHECK(item.remediations[0].kind == "regrant-policy");
    CHECK(item.remediations[0].subject == "voice paris-voice");
    CHECK(item.remediations[1].subject == "conferencing");
    CHECK(says(item, "policy voice was paris-voice and is lync-voice"));
    CHECK(says(item, "policy conferencing was not known and is gold"));
}

TEST_CASE("the default pack has no class that cannot go back") {
    CHECK(side_by_side().irreversible.empty());
    CHECK_FALSE(side_by_side().approval_above);
    Moved estate;
    estate.move("application:dir");
    CHECK(estate.back("application:dir").group == Reversibility::reversible);
}

TEST_CASE("a class that the pack names is not reversible once it has moved, with the reason") {
    const Pack pack = with_rule({"conference-directory", IrreversibleRule::Once::moved, "",
                                 "a conference directory does not go back"});
    Moved estate(pack);
    estate.move("application:dir");
    const PlanItem item = estate.back("application:dir");
    CHECK(item.group == Reversibility::not_reversible);
    CHECK(says(item, "a conference directory does not go back (pack strict)"));
    estate.move(user);
    CHECK(estate.back(user).group == Reversibility::reversible);
}

TEST_CASE("a rule may hold from the start of a move") {
    Pack pack = with_rule(
        {"conference-directory", IrreversibleRule::Once::move_started, "", "its move has started"});
    pack.transfer = Transfer::confirmed;
    Moved estate(pack);
    estate.done(enter_coexistence("application:dir"));
    estate.legacy = estate.position();
    estate.done(start_pilot("application:dir"));
    REQUIRE(estate.entity("application:dir").transfer == v1::STATE_MOVING);
    const PlanItem item = estate.back("application:dir");
    CHECK(item.group == Reversibility::not_reversible);
    CHECK(says(item, "its move has started"));
}

TEST_CASE("a rule may hold while a check says so, of one class or of any member") {
    const Pack pack = with_rule({"", IrreversibleRule::Once::checked,
                                 std::string(forced_move_check), "it was moved with force"});
    Moved estate(pack);
    estate.move(user);
    CHECK(estate.back(user).group == Reversibility::reversible);
    estate.done(check(user, forced_move_check));
    CHECK(estate.back(user).group == Reversibility::not_reversible);
    estate.done(check(user, forced_move_check, "FAIL"));
    CHECK(estate.back(user).group == Reversibility::reversible);
}

TEST_CASE("a move reported as irreversible leaves the fact that a pack may ask for") {
    Pack pack = with_rule({"", IrreversibleRule::Once::checked, std::string(forced_move_check),
                           "it was moved with force"});
    pack.transfer = Transfer::confirmed;
    Moved estate(pack);
    estate.move(user);
    v1::Command report = ask(user);
    auto& body = *report.mutable_report_move();
    body.set_move(estate.replica.fleet.moves.begin()->second.move);
    body.set_outcome("SUCCEEDED");
    body.set_reversible("false");
    estate.done(report);
    REQUIRE(estate.entity(user).lifecycle == v1::STATE_PILOT);
    CHECK(estate.back(user).group == Reversibility::not_reversible);
}

TEST_CASE("who has a move open to where its pool will no longer be is left behind") {
    Pack pack = side_by_side();
    pack.transfer = Transfer::confirmed;
    Estate estate(1, pack);
    estate.with_pool("ocs01.contoso.com", 1);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_COEXIST_TEST);
    const Position target = estate.position();
    estate.done({start_pilot(pool), enter_coexistence(user), start_pilot(user)});
    REQUIRE(estate.entity(user).transfer == v1::STATE_MOVING);
    const RollbackPlan alone = plan(estate, pack, target, pool);
    REQUIRE(alone.left_behind.size() == 1);
    CHECK(alone.left_behind.front().entity == user);
    CHECK(alone.left_behind.front().reason.find("its move to pilot is open") != std::string::npos);
    CHECK_FALSE(alone.executable());
    const auto then = fleet_as_of(*estate.replica.log, target);
    REQUIRE(then);
    CHECK(plan_rollback({estate.replica.fleet, *then, pack, {estate.number(pool)}, true, {}})
              .executable());
}

TEST_CASE("a retired pool goes back only where it was deployed again") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 0);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PRODUCTION);
    const Position target = estate.position();
    estate.done({approve_retirement(pool), retire(pool)});
    const PlanItem gone = Moved::only(plan(estate, side_by_side(), target, pool));
    CHECK(gone.group == Reversibility::not_reversible);
    CHECK(says(gone, "legacy-redeployed"));
    const PlanItem back =
        Moved::only(plan(estate, side_by_side(), target, pool, {estate.number(pool)}));
    CHECK(back.group == Reversibility::reversible);
}

}  // namespace ferry::test
