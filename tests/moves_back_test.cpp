// With confirmed transfers a rollback sets back at once what was decided, and owes a move to every
// account that is elsewhere; once all have succeeded it is settled.
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_moves.hpp"
#include "projections/rollback_steps.hpp"
#include "projections/snapshot_bytes.hpp"
#include "projections/verification.hpp"
#include "tests/answers.hpp"
#include "tests/confirmed_pack.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

constexpr const char* alice = "user:user1@contoso.com";
constexpr const char* bob = "user:user2@contoso.com";

/// Two users in coexist-test of a pool in pilot.
struct Moved : Estate {
    Moved() : Estate(1, confirmed()) {
        with_pool("ocs01", 2);
        bring_pool_to("ocs01", v1::STATE_PILOT);
        done({enter_coexistence(alice), enter_coexistence(bob)});
        before = position();
    }
    std::string open_move(std::string_view user) const {
        const auto found = replica.fleet.moves.find(static_cast<std::uint32_t>(number(user).value));
        return found == replica.fleet.moves.end() ? "" : found->second.move;
    }
    const MoveBack* back(std::string_view user) const {
        return move_back_of(replica.fleet, number(user));
    }
    v1::Command report(std::string_view user, std::string_view move, std::string_view outcome) {
        v1::Command command = ask(user);
        command.mutable_report_move()->set_move(std::string(move));
        command.mutable_report_move()->set_outcome(std::string(outcome));
        return command;
    }
    void move(std::string_view user) {
        done(start_pilot(user));
        done(report(user, open_move(user), "SUCCEEDED"));
    }
    v1::CommandResult report_back(std::string_view user, std::string_view outcome) {
        return done(report(user, back(user)->move, outcome));
    }
    void roll_back(std::string id, Position target) {
        const auto then = fleet_as_of(*replica.log, target);
        REQUIRE(then);
        std::vector<EntityNumber> scope{number(alice), number(bob)};
        const RollbackPlan plan =
            plan_rollback({replica.fleet, *then, confirmed(), scope, false, {}});
        REQUIRE(plan.executable());
        const RollbackStamp stamp{std::move(id), "dana", "test", {}, {}, false};
        auto commits = rollback_commits(plan, replica.fleet, stamp, false);
        REQUIRE(commits);
        for (auto& events : *commits)
            REQUIRE(writer.append(
                events, [&](const Fleet& fleet, v1::StoredEvent& event) -> Result<void> {
                    if (!event.has_rollback_finished()) return {};
                    const Hash digest = decided_digest(fleet, plan.scope);
                    CHECK(digest == plan.digest);
                    event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
                    return {};
                }));
        auto settled = settlements(replica.fleet, stamp);
        if (!settled.empty()) REQUIRE(writer.append(settled));
    }
    std::vector<v1::StoredEvent> all_of(v1::StoredEvent::BodyCase body) {
        std::vector<v1::StoredEvent> found;
        Replica reader(std::make_unique<MemoryLog>(store, "paris"));
        reader.on_commit = [&](const CommitView& commit) {
            for_each_event(commit, [&](const PlacedEvent&, const v1::StoredEvent& event) {
                if (event.body_case() == body) found.push_back(event);
            });
        };
        REQUIRE(reader.catch_up());
        CHECK(fleet_digest(reader.fleet) == fleet_digest(replica.fleet));
        return found;
    }
    Position before;
};

}  // namespace

TEST_CASE("who is set back to another home is owed a move back, and is at home at once") {
    Moved estate;
    estate.move(alice);
    estate.roll_back("r1", estate.before);
    CHECK(estate.entity(alice).lifecycle == v1::STATE_COEXIST_TEST);
    CHECK(estate.entity(alice).transfer == v1::STATE_SETTLED);
    CHECK(estate.replica.fleet.home(estate.number(alice)) == "ocs01");
    REQUIRE(estate.back(alice));
    CHECK_FALSE(estate.back(alice)->to_new_side);
    CHECK_FALSE(estate.back(bob));
    REQUIRE(estate.replica.fleet.settlements.size() == 1);
    CHECK(estate.replica.fleet.settlements.front().open == 1);
    const auto opened = estate.all_of(v1::StoredEvent::kMoveOpened);
    REQUIRE(opened.size() == 2);
    CHECK(opened[0].move_opened().towards() == v1::DEPLOYMENT_SUCCESSOR);
    CHECK(opened[1].move_opened().towards() == v1::DEPLOYMENT_LEGACY);
    CHECK(opened[1].move_opened().back());
    CHECK(opened[1].move_opened().rollback() == "r1");
}

TEST_CASE("the ids of moves back are told apart where one rollback sets back several sites") {
    Moved estate;
    estate.move(alice);
    estate.roll_back("rb", estate.before);
    // Somebody of the same number may bring the report of theirs along from another site.
    const std::string& site = estate.replica.fleet.site;
    CHECK(estate.back(alice)->move ==
          "rb-" + site + "-" + std::to_string(estate.number(alice).value) + "-back");
}

TEST_CASE("a rollback is settled when its last move back has succeeded, with a digest in the log") {
    Moved estate;
    estate.move(alice);
    estate.move(bob);
    estate.roll_back("r1", estate.before);
    estate.report_back(alice, "SUCCEEDED");
    CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).empty());
    const auto last = estate.report_back(bob, "SUCCEEDED");
    CHECK(last.version() == estate.entity(bob).version);
    const auto settled = estate.all_of(v1::StoredEvent::kRollbackSettled);
    REQUIRE(settled.size() == 1);
    CHECK(settled.front().rollback_settled().rollback() == "r1");
    CHECK(settled.front().rollback_settled().moved() == 2);
    CHECK(settled.front().rollback_settled().digest().size() == 32);
    CHECK(estate.replica.fleet.settlements.empty());
    CHECK(estate.replica.fleet.accounts.empty());
    const auto verified = verify_log(*estate.replica.log);
    REQUIRE(verified);
    CHECK(verified->rollback_digests == 3);
    CHECK(verified->discrepancies.empty());
}

TEST_CASE("a settled rollback that was not is found by verification") {
    Moved estate;
    estate.move(alice);
    estate.move(bob);
    estate.roll_back("r1", estate.before);
    estate.report_back(alice, "SUCCEEDED");
    SUBCASE("because an account has not moved yet") {
        v1::StoredEvent lie;
        lie.mutable_rollback_settled()->set_rollback("r1");
        lie.mutable_rollback_settled()->set_moved(1);
        REQUIRE(estate.writer.append(std::span(&lie, 1)));
    }
    SUBCASE("because its digest is of other accounts") {
        estate.report_back(bob, "FAILED");
        v1::StoredEvent arrived;
        arrived.set_entity(estate.number(bob).value);
        arrived.mutable_move_succeeded()->set_move(estate.back(bob)->move);
        v1::StoredEvent lie;
        lie.mutable_rollback_settled()->set_rollback("r1");
        lie.mutable_rollback_settled()->set_moved(2);
        lie.mutable_rollback_settled()->set_digest(std::string(32, 'x'));
        std::vector<v1::StoredEvent> events{arrived, lie};
        REQUIRE(estate.writer.append(events));
    }
    SUBCASE("because there never was such a rollback") {
        v1::StoredEvent lie;
        lie.mutable_rollback_settled()->set_rollback("r9");
        REQUIRE(estate.writer.append(std::span(&lie, 1)));
    }
    const auto verified = verify_log(*estate.replica.log);
    REQUIRE(verified);
    REQUIRE(verified->discrepancies.size() == 1);
}

TEST_CASE("nobody goes forward again before the account is back") {
    Moved estate;
    estate.move(alice);
    estate.roll_back("r1", estate.before);
    const auto refused = estate.give(start_pilot(alice));
    CHECK(failed_guards(refused) == Names{"no-move-in-flight"});
    CHECK(says(reason_of(refused, "no-move-in-flight"), estate.back(alice)->move));
    estate.report_back(alice, "FAILED");
    CHECK(failed_guards(estate.give(start_pilot(alice))) == Names{"no-move-in-flight"});
    v1::Command retry = ask(alice);
    retry.mutable_retry_move()->set_move("another");
    CHECK(estate.give(retry).outcome() == "INVALID");
    const std::string first = estate.back(alice)->move;
    retry.mutable_retry_move()->set_move(first);
    estate.done(retry);
    REQUIRE(estate.back(alice));
    CHECK(estate.back(alice)->move != first);
    CHECK_FALSE(estate.back(alice)->failed);
    CHECK(estate.give(retry).outcome() == "NO_TRANSITION");
    estate.report_back(alice, "SUCCEEDED");
    CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).size() == 1);
    estate.done(start_pilot(alice));
}

TEST_CASE("a move that nobody reported is closed, and moving back is safe wherever it ended") {
    Moved estate;
    estate.done(start_pilot(alice));
    const std::string move = estate.open_move(alice);
    estate.roll_back("r1", estate.before);
    CHECK(estate.open_move(alice) == "");
    REQUIRE(estate.back(alice));
    const auto closed = estate.all_of(v1::StoredEvent::kMoveClosed);
    REQUIRE(closed.size() == 1);
    CHECK(closed.front().move_closed().move() == move);
    CHECK(closed.front().move_closed().rollback() == "r1");
    SUBCASE("a late failure says that it never left, and nothing is owed") {
        estate.done(estate.report(alice, move, "FAILED"));
        CHECK_FALSE(estate.back(alice));
        CHECK(estate.replica.fleet.remediations.empty());
        CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).size() == 1);
    }
    SUBCASE("a late success is put right by the move back, and is a remediation until then") {
        estate.done(estate.report(alice, move, "SUCCEEDED"));
        REQUIRE(estate.back(alice));
        REQUIRE(estate.replica.fleet.remediations.size() == 1);
        CHECK(estate.replica.fleet.remediations.front().kind == "late-move");
        CHECK(estate.replica.fleet.remediations.front().subject == move);
        estate.report_back(alice, "SUCCEEDED");
        CHECK(estate.replica.fleet.remediations.empty());
        CHECK_FALSE(estate.back(alice));
    }
    SUBCASE("a late success after the move back owes another one") {
        estate.report_back(alice, "SUCCEEDED");
        CHECK_FALSE(estate.back(alice));
        CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).size() == 1);
        estate.done(estate.report(alice, move, "SUCCEEDED"));
        REQUIRE(estate.back(alice));
        CHECK(estate.replica.fleet.remediations.size() == 1);
        estate.report_back(alice, "SUCCEEDED");
        CHECK(estate.replica.fleet.remediations.empty());
        CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).size() == 2);
    }
    CHECK(estate.entity(alice).lifecycle == v1::STATE_COEXIST_TEST);
    CHECK(estate.give(estate.report(alice, move, "SUCCEEDED")).outcome() == "NO_TRANSITION");
}

TEST_CASE("a rollback of a rollback turns the account around, or leaves it where it still is") {
    Moved estate;
    estate.move(alice);
    const Position after = estate.position();
    estate.roll_back("r1", estate.before);
    SUBCASE("a move back that was open may have happened, so a move forward is owed") {
        estate.roll_back("r2", after);
        REQUIRE(estate.back(alice));
        CHECK(estate.back(alice)->to_new_side);
        CHECK(estate.replica.fleet.settlements.size() == 1);
        estate.report_back(alice, "SUCCEEDED");
        CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).size() == 1);
    }
    SUBCASE("a move back that failed left it on the new side, and nothing is owed") {
        estate.report_back(alice, "FAILED");
        estate.roll_back("r2", after);
        CHECK_FALSE(estate.back(alice));
        CHECK(estate.replica.fleet.settlements.empty());
        CHECK(estate.all_of(v1::StoredEvent::kRollbackSettled).empty());
    }
    CHECK(estate.entity(alice).lifecycle == v1::STATE_PILOT);
    CHECK(estate.entity(alice).on_new_side);
}

TEST_CASE("what a rollback still owes is settled for the rest when another takes one over") {
    Moved estate;
    estate.move(alice);
    const Position one = estate.position();
    estate.move(bob);
    estate.roll_back("r1", estate.before);
    estate.report_back(bob, "SUCCEEDED");
    estate.roll_back("r2", one);
    const auto settled = estate.all_of(v1::StoredEvent::kRollbackSettled);
    REQUIRE(settled.size() == 1);
    CHECK(settled.front().rollback_settled().rollback() == "r1");
    CHECK(settled.front().rollback_settled().moved() == 1);
    CHECK(settled.front().rollback_settled().overtaken() == 1);
    CHECK(verify_log(*estate.replica.log)->discrepancies.empty());
}

TEST_CASE("who leaves is moved by nobody, and whoever comes back is where they are registered") {
    Moved estate;
    estate.move(alice);
    estate.roll_back("r1", estate.before);
    const std::string move = estate.back(alice)->move;
    estate.done(withdraw(alice));
    CHECK_FALSE(estate.back(alice));
    CHECK(estate.give(estate.report(alice, move, "SUCCEEDED")).outcome() == "NO_TRANSITION");
    const Position withdrawn = estate.position();
    SUBCASE("registered anew") {
        estate.done(add_user("user1@contoso.com", "ocs01"));
        CHECK(estate.replica.fleet.accounts.empty());
    }
    SUBCASE("set back to before they left, the account is still owed its move") {
        estate.roll_back("r2", {withdrawn.value - 3});
        REQUIRE(estate.back(alice));
        CHECK(estate.back(alice)->rollback == "r2");
    }
}

TEST_CASE("an account whose move back failed may be accepted where an import found it") {
    Moved estate;
    estate.move(alice);
    estate.roll_back("r1", estate.before);
    v1::Command found = ask(alice);
    found.mutable_correct()->set_field("side");
    found.mutable_correct()->set_value("new");
    CHECK(failed_guards(estate.give(found)) == Names{"no-move-in-flight"});
    estate.report_back(alice, "FAILED");
    estate.done(found);
    CHECK_FALSE(estate.back(alice));
    CHECK(estate.entity(alice).on_new_side);
    CHECK(estate.replica.fleet.settlements.empty());
}

TEST_CASE("a snapshot carries what is owed and what may still be reported") {
    Moved estate;
    estate.move(bob);
    estate.done(start_pilot(alice));
    estate.roll_back("r1", estate.before);
    estate.report_back(bob, "SUCCEEDED");
    const auto read = read_snapshot(snapshot_bytes(estate.replica, {}));
    REQUIRE(read);
    CHECK(read->fleet.accounts.size() == 1);
    CHECK(read->fleet.settlements.size() == 1);
    CHECK(fleet_digest(read->fleet) == fleet_digest(estate.replica.fleet));
}

TEST_CASE("where transfers are immediate nothing is owed") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    const Position before = estate.position();
    estate.done({enter_coexistence(alice), start_pilot(alice)});
    const auto then = fleet_as_of(*estate.replica.log, before);
    REQUIRE(then);
    const RollbackPlan plan = plan_rollback(
        {estate.replica.fleet, *then, side_by_side(), {estate.number(alice)}, false, {}});
    REQUIRE(plan.items.size() == 1);
    CHECK_FALSE(plan.items.front().owes_move);
    const auto commits =
        rollback_commits(plan, estate.replica.fleet, {"r1", "dana", "", {}, {}, false}, false);
    REQUIRE(commits);
    for (const v1::StoredEvent& event : commits->front()) CHECK_FALSE(event.has_move_opened());
}

}  // namespace ferry::test
