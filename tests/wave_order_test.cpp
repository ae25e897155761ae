// Waves in which the pack's order lets some members go only after others of the same wave.
#include "tests/wave_estate.hpp"

namespace ferry::test {

namespace {

const std::string rgs = "application:rgs";

Pack ordered(Pack pack) {
    pack.order.push_back({"response-groups", {std::string(order_users)}, false, "as a whole"});
    return pack;
}

const Pack& immediate_and_ordered() {
    static const Pack pack = ordered(side_by_side());
    return pack;
}

const Pack& confirmed_and_ordered() {
    static const Pack pack = ordered(confirmed());
    return pack;
}

/// A pool in production and its users and a response group in pilot. The application has the lower
/// number of the two that a wave to production then meets first.
struct OrderedEstate : Estate {
    explicit OrderedEstate(const Pack& pack) : Estate(1, pack) {
        done({add_pool("ocs01"), add_application("rgs", "ocs01")});
        for (int number = 1; number <= 3; ++number)
            done(add_user(user_of(number).substr(5), "ocs01"));
        bring_pool_to("ocs01", v1::STATE_PILOT);
        done({check(rgs, compatibility_check), enter_coexistence(rgs)});
        advance(start_pilot(rgs));
        for (int number = 1; number <= 3; ++number) {
            done(enter_coexistence(user_of(number)));
            advance(start_pilot(user_of(number)));
        }
        done(promote("pool:ocs01"));
    }
    /// Gives the step and, where it opened a move, the report that it succeeded.
    void advance(const v1::Command& step) {
        done(step);
        if (entity(step.entity()).transfer == v1::STATE_MOVING) succeed(step.entity());
    }
    void succeed(const std::string& id) {
        v1::Command command = ask(id);
        const auto key = static_cast<std::uint32_t>(number(id).value);
        command.mutable_report_move()->set_move(replica.fleet.moves.at(key).move);
        command.mutable_report_move()->set_outcome("SUCCEEDED");
        done(command);
    }
    /// A wave to production of the application and the users up to `last`.
    void plan(int last) {
        v1::Command command = plan_wave("w1", 1, last, "production");
        command.mutable_plan_wave()->add_members(rgs);
        done({command, start_wave("w1")});
    }
    const WaveState& wave() const { return *wave_of(replica.fleet, number("wave:w1")); }
    v1::State state() const { return entity("wave:w1").lifecycle; }
};

}  // namespace

TEST_CASE("who may go only after others of its wave goes after them, and has not failed") {
    OrderedEstate estate(immediate_and_ordered());
    estate.plan(3);
    estate.done(step_wave("w1"));
    CHECK(estate.wave().moved == 3);
    CHECK(estate.wave().failed() == 0);
    CHECK(estate.entity(rgs).lifecycle == v1::STATE_PILOT);
    estate.done(step_wave("w1"));
    CHECK(estate.entity(rgs).lifecycle == v1::STATE_PRODUCTION);
    CHECK(estate.state() == v1::STATE_WAVE_COMPLETED);
}

TEST_CASE("a step takes as many as it is told, also where the first of them wait") {
    OrderedEstate estate(immediate_and_ordered());
    estate.plan(3);
    for (std::uint32_t moved = 1; moved <= 4; ++moved) {
        estate.done(step_wave("w1", 1));
        CHECK(estate.wave().moved == moved);
    }
    CHECK(estate.state() == v1::STATE_WAVE_COMPLETED);
}

TEST_CASE("who waits for somebody that the wave does not bring fails once the others have gone") {
    OrderedEstate estate(immediate_and_ordered());
    estate.plan(2);
    estate.done({step_wave("w1"), step_wave("w1")});
    CHECK(estate.state() == v1::STATE_WAVE_COMPLETED_WITH_FAILURES);
    CHECK(estate.wave().moved == 2);
    CHECK(estate.wave().failures.begin()->second ==
          "order-respected: 1 user of pool:ocs01 not in production yet; move them first: as a "
          "whole");
}

TEST_CASE("where moves are confirmed, who waits for others waits for their reports") {
    OrderedEstate estate(confirmed_and_ordered());
    estate.plan(3);
    estate.done(step_wave("w1"));
    CHECK(estate.wave().moving == 3);
    const v1::CommandResult early = estate.give(step_wave("w1"));
    CHECK(early.failed_guards(0).guard() == "members-due");
    CHECK(early.failed_guards(0).reason() ==
          "1 member waits for others of wave:w1, application:rgs first: order-respected: 3 "
          "users of pool:ocs01 not in production yet; move them first: as a whole");
    for (int number = 1; number <= 3; ++number) estate.succeed(user_of(number));
    estate.done(step_wave("w1"));
    CHECK(estate.wave().moving == 1);
    estate.succeed(rgs);
    CHECK(estate.state() == v1::STATE_WAVE_COMPLETED);
    CHECK(estate.wave().failed() == 0);
}

TEST_CASE("who waits for a member that failed fails after it") {
    OrderedEstate estate(immediate_and_ordered());
    estate.plan(3);
    estate.done({withdraw(user_of(3)), add_user("late@contoso.com", "ocs01")});
    estate.done({step_wave("w1"), step_wave("w1")});
    CHECK(estate.state() == v1::STATE_WAVE_COMPLETED_WITH_FAILURES);
    CHECK(estate.wave().moved == 2);
    CHECK(estate.wave().failed() == 2);
}

}  // namespace ferry::test
