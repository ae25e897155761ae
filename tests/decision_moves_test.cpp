// Confirmed transfers: the command opens a move, its reported success is the transition.
#include "tests/answers.hpp"
#include "tests/confirmed_pack.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

constexpr const char* pool = "pool:ocs01";
constexpr const char* user = "user:user1@contoso.com";

/// A user in coexist-test, or wherever it is brought, of a pool in pilot.
struct Moving : Estate {
    Moving() : Estate(1, confirmed()) {
        with_pool("ocs01", 1);
        bring_pool_to("ocs01", v1::STATE_PILOT);
    }
    std::string move() const {
        const auto found = replica.fleet.moves.find(2);
        return found == replica.fleet.moves.end() ? "" : found->second.move;
    }
    v1::Command report(std::string_view outcome, std::string_view of = "") const {
        v1::Command command = ask(user);
        command.mutable_report_move()->set_move(of.empty() ? move() : std::string(of));
        command.mutable_report_move()->set_outcome(std::string(outcome));
        return command;
    }
    v1::State lifecycle() const { return entity(user).lifecycle; }
    v1::State transfer() const { return entity(user).transfer; }
};

}  // namespace

TEST_CASE("a confirmed transfer only opens the move, and success is the transition") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    CHECK(estate.lifecycle() == v1::STATE_COEXIST_TEST);
    CHECK(estate.transfer() == v1::STATE_MOVING);
    CHECK(estate.replica.fleet.home(estate.number(user)) == "ocs01");
    CHECK_FALSE(estate.entity(pool).pilot_ran);
    CHECK(estate.replica.fleet.members({1}).moving == 1);
    estate.done(estate.report("SUCCEEDED"));
    CHECK(estate.lifecycle() == v1::STATE_PILOT);
    CHECK(estate.transfer() == v1::STATE_SETTLED);
    CHECK(estate.replica.fleet.home(estate.number(user)) == "new.contoso.com");
    CHECK(estate.entity(pool).pilot_ran);
    CHECK(estate.replica.fleet.members({1}).moving == 0);
    CHECK(estate.move() == "");
}

TEST_CASE("pools transition at once, whatever the pack says of transfers") {
    Moving estate;
    CHECK(estate.entity(pool).lifecycle == v1::STATE_PILOT);
    estate.done({enter_coexistence(user), start_pilot(user)});
    estate.done(estate.report("SUCCEEDED"));
    estate.done(promote(pool));
    CHECK(estate.entity(pool).lifecycle == v1::STATE_PRODUCTION);
}

TEST_CASE("while a move is in flight, no other is opened and the pool is not retired") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    const auto refused = estate.give(start_pilot(user));
    CHECK(failed_guards(refused) == Names{"no-move-in-flight"});
    CHECK(says(reason_of(refused, "no-move-in-flight"), estate.move()));
    CHECK(failed_guards(estate.give(promote(user))) ==
          Names{"pool-in-production", "no-move-in-flight"});
    v1::Command correct = ask(user);
    correct.mutable_correct()->set_field("side");
    correct.mutable_correct()->set_value("new");
    CHECK(failed_guards(estate.give(correct)) == Names{"no-move-in-flight"});
    estate.done(estate.report("SUCCEEDED"));
    estate.done({promote(pool), promote(user), approve_retirement(pool)});
    const auto early = estate.give(retire(pool));
    CHECK(failed_guards(early) == Names{"members-moved"});
    CHECK(says(reason_of(early, "members-moved"), "1 move in flight"));
    estate.done({estate.report("SUCCEEDED"), retire(pool)});
}

TEST_CASE("a failed move leaves the member where it was, and the same command may be given again") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    const std::string first = estate.move();
    estate.done(estate.report("FAILED"));
    CHECK(estate.lifecycle() == v1::STATE_COEXIST_TEST);
    CHECK(estate.transfer() == v1::STATE_FAILED);
    CHECK(possible_now(estate.give(estate.report("SUCCEEDED", first))) ==
          Names{"startPilot", "promote", "withdraw"});
    estate.done(start_pilot(user));
    CHECK(estate.transfer() == v1::STATE_MOVING);
    CHECK(estate.move() != first);
    const auto late = estate.give(estate.report("SUCCEEDED", first));
    CHECK(late.outcome() == "INVALID");
    CHECK(says(late.message(), "is not the one in flight"));
    estate.done(estate.report("SUCCEEDED"));
    CHECK(estate.lifecycle() == v1::STATE_PILOT);
}

TEST_CASE("a move is reported once; the same report again is answered as before") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    v1::Command report = estate.report("SUCCEEDED");
    report.set_command_id("report-1");
    const auto first = estate.done(report);
    const auto again = estate.done(report);
    CHECK(again.position() == first.position());
    CHECK(again.version() == first.version());
    report.set_command_id("report-2");
    CHECK(estate.give(report).outcome() == "NO_TRANSITION");
}

TEST_CASE("a report without an open move, or for a pool, is no transition") {
    Moving estate;
    CHECK(estate.give(estate.report("FAILED", "paris:1")).outcome() == "NO_TRANSITION");
    v1::Command report = estate.report("SUCCEEDED", "paris:1");
    report.set_entity(pool);
    CHECK(possible_now(estate.give(report)) == Names{"promote"});
}

TEST_CASE("who is withdrawn while moving is settled, and a late report finds no move") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    const v1::Command late = estate.report("SUCCEEDED");
    estate.done(withdraw(user));
    CHECK(estate.transfer() == v1::STATE_SETTLED);
    CHECK(estate.move() == "");
    CHECK(estate.replica.fleet.members({1}).moving == 0);
    CHECK(possible_now(estate.give(late)) == Names{"register"});
    estate.done(add_user("user1@contoso.com", "ocs01"));
    CHECK(estate.give(late).outcome() == "NO_TRANSITION");
    CHECK(estate.lifecycle() == v1::STATE_LEGACY);
}

TEST_CASE("a member that enters coexistence while moving to production goes on from there") {
    Moving estate;
    estate.done({add_user("other@contoso.com", "ocs01", "pilot"), promote(pool), promote(user),
                 enter_coexistence(user)});
    estate.done(estate.report("SUCCEEDED"));
    CHECK(estate.lifecycle() == v1::STATE_PRODUCTION);
    const auto last = find_event(*estate.replica.log, estate.position());
    REQUIRE((last && *last));
    CHECK((*last)->event.transitioned().from() == v1::STATE_COEXIST_TEST);
    CHECK((*last)->event.transitioned().to() == v1::STATE_PRODUCTION);
    CHECK((*last)->event.transitioned().command() == v1::ACTION_PROMOTE);
}

TEST_CASE("the cause of a failure, and whether it can be undone, stand in the log") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    v1::Command report = estate.report("FAILED");
    report.mutable_report_move()->set_cause("mailbox locked");
    report.mutable_report_move()->set_reversible("false");
    estate.done(report);
    const auto last = find_event(*estate.replica.log, estate.position());
    REQUIRE((last && *last));
    CHECK((*last)->event.move_failed().cause() == "mailbox locked");
    CHECK((*last)->event.move_failed().irreversible());
}

TEST_CASE("a move does not succeed while its pool is in the scope of an unfinished rollback") {
    Moving estate;
    estate.done({enter_coexistence(user), start_pilot(user)});
    v1::StoredEvent started;
    started.mutable_rollback_started()->set_rollback("r1");
    started.mutable_rollback_started()->add_scope(1);
    started.mutable_rollback_started()->add_scope(1);  // the pool alone
    REQUIRE(estate.writer.append(std::span(&started, 1)));
    const v1::CommandResult refused = estate.give(estate.report("SUCCEEDED"));
    CHECK(refused.outcome() == "REFUSED");
    REQUIRE(refused.failed_guards_size() == 1);
    CHECK(refused.failed_guards(0).guard() == "rollback-in-progress");
    CHECK(estate.transfer() == v1::STATE_MOVING);
    v1::StoredEvent ended;
    ended.mutable_rollback_abandoned()->set_rollback("r1");
    REQUIRE(estate.writer.append(std::span(&ended, 1)));
    estate.done(estate.report("SUCCEEDED"));
    CHECK(estate.lifecycle() == v1::STATE_PILOT);
}

}  // namespace ferry::test
