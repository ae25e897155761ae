// Waves in the engine: planned, stepped, held, resumed and ended by commands alone.
#include "projections/wave_progress.hpp"
#include "tests/wave_estate.hpp"

namespace ferry::test {

namespace {

/// The guard that refused, or the outcome where none did.
std::string refused_by(const v1::CommandResult& result) {
    return result.failed_guards().empty() ? result.outcome() : result.failed_guards(0).guard();
}

v1::Command with_budget(v1::Command command, const std::string& budget) {
    command.mutable_plan_wave()->set_failure_budget(budget);
    return command;
}

}  // namespace

TEST_CASE("a wave takes its members to where it was planned, and is completed") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 5), start_wave("w1")});
    CHECK(estate.state("w1") == v1::STATE_WAVE_RUNNING);
    CHECK(estate.wave("w1").waiting() == 5);
    const v1::CommandResult stepped = estate.done(step_wave("w1"));
    CHECK(stepped.version() == estate.entity("wave:w1").version);
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
    for (int number = 1; number <= 10; ++number)
        CHECK(estate.entity(user_of(number)).lifecycle ==
              (number <= 5 ? v1::STATE_PILOT : v1::STATE_LEGACY));
    CHECK(estate.wave("w1").moved == 5);
    CHECK(estate.replica.fleet.in_wave.empty());
    CHECK(estate.give(step_wave("w1")).outcome() == "NO_TRANSITION");
}

TEST_CASE("a step takes up at most as many members as it is told") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 5), start_wave("w1"), step_wave("w1", 2)});
    CHECK(estate.wave("w1").moved == 2);
    CHECK(estate.state("w1") == v1::STATE_WAVE_RUNNING);
    estate.done({step_wave("w1", 2), step_wave("w1", 2)});
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
}

TEST_CASE("a wave larger than one commit is moved in as many steps as it takes") {
    WaveEstate estate(1200);
    estate.done({plan_wave("w1", 1, 1200), start_wave("w1")});
    estate.run("w1");
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
    CHECK(estate.wave("w1").moved == 1200);
}

TEST_CASE("an actor and a reason as long as they may be still leave a step room in its commit") {
    WaveEstate estate(300);
    estate.done({plan_wave("w1", 1, 300), start_wave("w1")});
    v1::Command step = step_wave("w1");
    step.set_reason(std::string(4096, 'r'));
    step.set_actor(std::string(512, 'a'));
    while (estate.state("w1") == v1::STATE_WAVE_RUNNING) estate.done(step);
    CHECK(estate.wave("w1").moved == 300);
}

TEST_CASE("one failing member blocks nobody, and its guard is remembered") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 4), start_wave("w1"), withdraw(user_of(2))});
    estate.run("w1");
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED_WITH_FAILURES);
    CHECK(estate.wave("w1").moved == 3);
    CHECK(estate.wave("w1").failed() == 1);
}

TEST_CASE("what a guard refused stands with the guard's name in the event of the step") {
    Estate estate;
    estate.with_pool("ocs01", 2);
    estate.done({plan_wave("w1", 1, 2), start_wave("w1"), step_wave("w1")});
    const WaveState& wave = *wave_of(estate.replica.fleet, estate.number("wave:w1"));
    CHECK(wave.failed() == 2);
    CHECK(wave.failures.begin()->second.starts_with("pool-in-coexistence: "));
}

TEST_CASE("a wave holds by itself once its budget is spent, with what was measured") {
    Estate estate;
    estate.with_pool("ocs01", 10);
    estate.done({with_budget(plan_wave("w1", 1, 10), "3"), start_wave("w1"), step_wave("w1")});
    const WaveState& wave = *wave_of(estate.replica.fleet, estate.number("wave:w1"));
    CHECK(estate.entity("wave:w1").lifecycle == v1::STATE_WAVE_HELD);
    CHECK(wave.failed() == 3);
    CHECK(wave.why.starts_with("3 of 10 members failed, the budget is 3; such as "));
    // Who resumes has looked: the next three make it hold again.
    estate.done({resume_wave("w1"), step_wave("w1")});
    CHECK(estate.entity("wave:w1").lifecycle == v1::STATE_WAVE_HELD);
    CHECK(wave.failed() == 6);
}

TEST_CASE("a budget may be a share of the members") {
    Estate estate;
    estate.with_pool("ocs01", 50);
    estate.done({with_budget(plan_wave("w1", 1, 50), "4%"), start_wave("w1"), step_wave("w1")});
    CHECK(wave_of(estate.replica.fleet, estate.number("wave:w1"))->failed() == 2);
}

TEST_CASE("those who failed are tried again, also once the wave has ended") {
    Estate estate;
    estate.with_pool("ocs01", 3);
    estate.done({plan_wave("w1", 1, 3), start_wave("w1"), step_wave("w1")});
    CHECK(estate.entity("wave:w1").lifecycle == v1::STATE_WAVE_COMPLETED_WITH_FAILURES);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done({resume_wave("w1", true), step_wave("w1")});
    CHECK(estate.entity("wave:w1").lifecycle == v1::STATE_WAVE_COMPLETED);
    CHECK(wave_of(estate.replica.fleet, estate.number("wave:w1"))->moved == 3);
}

TEST_CASE("an inconclusive check holds the wave and asks, and fails nobody") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 4), start_wave("w1"), step_wave("w1", 1),
                 check("pool:ocs01", "services-started", "INCONCLUSIVE"), step_wave("w1")});
    CHECK(estate.state("w1") == v1::STATE_WAVE_HELD);
    CHECK(estate.wave("w1").failed() == 0);
    CHECK(estate.wave("w1").why.starts_with("services-started of pool:ocs01 is inconclusive"));
    estate.done({check("pool:ocs01", "services-started"), resume_wave("w1")});
    estate.run("w1");
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
    CHECK(estate.wave("w1").moved == 4);
}

TEST_CASE("a paused wave takes nobody up until it is resumed") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 4), start_wave("w1"), step_wave("w1", 1), pause_wave("w1")});
    CHECK(estate.give(step_wave("w1")).outcome() == "NO_TRANSITION");
    CHECK(estate.wave("w1").why == "paused by dana");
    estate.done({resume_wave("w1")});
    estate.run("w1");
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
}

TEST_CASE("a wave that is stopped leaves its members where they are, and free for another") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 4), start_wave("w1"), step_wave("w1", 1)});
    CHECK(refused_by(estate.give(plan_wave("w2", 3, 6))) == "members-free");
    estate.done({stop_wave("w1"), plan_wave("w2", 3, 6)});
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED_WITH_FAILURES);
    CHECK(estate.wave("w1").moved == 1);
    // Retrying would want members that another wave has now.
    CHECK(refused_by(estate.give(resume_wave("w1", true))) == "members-free");
}

TEST_CASE("a plan with more members than its limit, or of unknown ones, is refused whole") {
    WaveEstate estate;
    const Position before = estate.position();
    v1::Command large = plan_wave("w1", 1, 6);
    large.mutable_plan_wave()->set_size_max(5);
    CHECK(refused_by(estate.give(large)) == "within-size");
    v1::Command stranger = plan_wave("w1", 1, 3);
    stranger.mutable_plan_wave()->add_members("user:nobody@contoso.com");
    CHECK(estate.give(stranger).message().starts_with("unknown entity `user:nobody@contoso.com`"));
    v1::Command of_pool = plan_wave("w1", 1, 3);
    of_pool.mutable_plan_wave()->add_members("pool:ocs01");
    CHECK(estate.give(of_pool).outcome() == "INVALID");
    CHECK(estate.position() == before);
    estate.done(plan_wave("w1", 1, 6));
    CHECK(refused_by(estate.give(plan_wave("w1", 7, 8))) == "already-registered");
}

TEST_CASE("a bulk wave waits for the pilot wave of its pool, and for those it comes after") {
    WaveEstate estate;
    v1::Command pilot = plan_wave("first", 1, 2);
    pilot.mutable_plan_wave()->set_pilot(true);
    v1::Command bulk = plan_wave("bulk", 3, 6);
    v1::Command last = plan_wave("last", 7, 8);
    last.mutable_plan_wave()->add_after("bulk");
    estate.done({pilot, bulk, last});
    CHECK(refused_by(estate.give(start_wave("bulk"))) == "pilot-wave-completed");
    estate.done({start_wave("first"), step_wave("first")});
    CHECK(refused_by(estate.give(start_wave("last"))) == "waves-before-completed");
    estate.done({start_wave("bulk"), step_wave("bulk"), start_wave("last")});
}

TEST_CASE("nobody is moved outside the window, and a member's own comes before the wave's") {
    WaveEstate estate;
    const auto in = [&](int hours) {
        return to_rfc3339(estate.clock.now() + std::chrono::hours(hours));
    };
    v1::Command command = plan_wave("w1", 1, 4);
    v1::PlanWave& plan = *command.mutable_plan_wave();
    plan.set_start(in(2));
    plan.set_complete_by(in(6));
    v1::MemberWindow& own = *plan.add_windows();
    own.set_member(user_of(3));
    own.set_start(in(4));
    estate.done(command);
    CHECK(refused_by(estate.give(start_wave("w1"))) == "window-open");
    estate.clock.pass(std::chrono::hours(2));
    estate.done({start_wave("w1"), step_wave("w1")});
    CHECK(estate.wave("w1").moved == 3);
    CHECK(refused_by(estate.give(step_wave("w1"))) == "members-due");
    SUBCASE("its own window opens") {
        estate.clock.pass(std::chrono::hours(2));
        estate.done(step_wave("w1"));
        CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
    }
    SUBCASE("the wave's window closes") {
        estate.clock.pass(std::chrono::hours(4));
        estate.done(step_wave("w1"));
        CHECK(estate.entity(user_of(3)).lifecycle == v1::STATE_LEGACY);
        CHECK(estate.state("w1") == v1::STATE_WAVE_HELD);
        CHECK(estate.wave("w1").why.starts_with("its window closed at "));
    }
}

TEST_CASE("a wave keeps to its pace") {
    WaveEstate estate;
    v1::Command plan = plan_wave("w1", 1, 10);
    plan.mutable_plan_wave()->set_pace(2);
    estate.done({plan, start_wave("w1"), step_wave("w1")});
    CHECK(estate.wave("w1").moved == 1);
    CHECK(refused_by(estate.give(step_wave("w1"))) == "members-due");
    estate.clock.pass(std::chrono::minutes(2));
    estate.done(step_wave("w1"));
    CHECK(estate.wave("w1").moved == 5);
}

TEST_CASE("the time left is a range of the measured pace, and no shorter than a window is closed") {
    WaveEstate estate(100);
    v1::Command plan = plan_wave("w1", 1, 100);
    bool waits = false;
    SUBCASE("a window is closed") { waits = true; }
    SUBCASE("all are free to go") {}
    if (waits) {
        v1::MemberWindow& own = *plan.mutable_plan_wave()->add_windows();
        own.set_member(user_of(100));
        own.set_start(to_rfc3339(estate.clock.now() + std::chrono::hours(5)));
    }
    estate.done({plan, start_wave("w1")});
    const auto progress = [&] {
        return wave_progress(estate.replica.fleet, estate.number("wave:w1"), estate.clock.now());
    };
    CHECK_FALSE(progress().left_least);
    // Ten a minute for three minutes, then twenty a minute.
    for (const int members : {10, 10, 10, 20}) {
        estate.clock.pass(std::chrono::minutes(1));
        estate.done(step_wave("w1", members));
    }
    REQUIRE(progress().pace);
    CHECK(*progress().pace == doctest::Approx(12.5));
    CHECK(progress().percent() == 50);
    // Fifty are left, at ten to twenty a minute; or until four minutes short of five hours.
    CHECK(*progress().left_least == std::chrono::seconds(waits ? 296 * 60 : 150));
    CHECK(*progress().left_most == std::chrono::seconds(waits ? 296 * 60 : 300));
}

TEST_CASE("confirmed moves are opened up to the concurrency, and only their success moves") {
    WaveEstate estate(6, confirmed());
    v1::Command plan = with_budget(plan_wave("w1", 1, 6), "2");
    plan.mutable_plan_wave()->set_concurrency(2);
    estate.done({plan, start_wave("w1"), step_wave("w1")});
    CHECK(estate.wave("w1").moving == 2);
    CHECK(estate.wave("w1").moved == 0);
    CHECK(estate.entity(user_of(1)).lifecycle == v1::STATE_COEXIST_TEST);
    CHECK(refused_by(estate.give(step_wave("w1"))) == "members-due");
    estate.report(1, "SUCCEEDED");
    estate.report(2, "FAILED");
    CHECK(estate.wave("w1").moved == 1);
    CHECK(estate.wave("w1").failed() == 1);
    estate.done(step_wave("w1"));
    CHECK(estate.wave("w1").moving == 2);
    // The report that spends the budget holds the wave, whether or not a runner is there.
    estate.report(3, "FAILED");
    CHECK(estate.state("w1") == v1::STATE_WAVE_HELD);
    CHECK(estate.wave("w1").why.find("mailbox locked") != std::string::npos);
}

TEST_CASE("the report of the last move completes the wave") {
    WaveEstate estate(2, confirmed());
    estate.done({plan_wave("w1", 1, 2), start_wave("w1"), step_wave("w1")});
    estate.report(1, "SUCCEEDED");
    CHECK(estate.state("w1") == v1::STATE_WAVE_RUNNING);
    estate.report(2, "SUCCEEDED");
    CHECK(estate.state("w1") == v1::STATE_WAVE_COMPLETED);
}

TEST_CASE("a wave is rolled back only once its members are") {
    WaveEstate estate;
    estate.done({plan_wave("w1", 1, 2), start_wave("w1"), step_wave("w1")});
    CHECK(refused_by(estate.give(stop_wave("w1", true))) == "members-set-back");
    CHECK(estate.give(stop_wave("w1")).outcome() == "NO_TRANSITION");
}

TEST_CASE("what is asked of entities is not asked of waves, nor the other way round") {
    WaveEstate estate;
    estate.done(plan_wave("w1", 1, 2));
    CHECK(estate.give(promote("wave:w1")).outcome() == "INVALID");
    CHECK(estate.give(check("wave:w1", "services-started")).outcome() == "INVALID");
    v1::Command start = start_wave("w1");
    start.set_entity(user_of(1));
    CHECK(estate.give(start).outcome() == "INVALID");
    CHECK(estate.give(start_wave("none")).message().starts_with("unknown entity `wave:none`"));
}

TEST_CASE("a plan that cannot be right whatever the state is refused with the field") {
    WaveEstate estate;
    v1::Command plan = plan_wave("w1", 1, 2, "retired");
    CHECK(estate.give(plan).message() == "to `retired` is not one of pilot, production");
    plan = with_budget(plan_wave("w1", 1, 2), "many");
    CHECK(estate.give(plan).message().starts_with("failureBudget `many`"));
    plan = plan_wave("w1", 1, 2);
    plan.mutable_plan_wave()->set_start("tomorrow");
    CHECK(estate.give(plan).message().starts_with("start `tomorrow` of the wave"));
    plan = plan_wave("w1", 1, 2);
    plan.mutable_plan_wave()->set_start("2027-01-02T00:00:00Z");
    plan.mutable_plan_wave()->set_complete_by("2027-01-01T00:00:00Z");
    CHECK(estate.give(plan).message().starts_with("the window of the wave ends at"));
    plan = plan_wave("w1", 1, 2);
    plan.mutable_plan_wave()->set_complete_by("2027-01-02T00:00:00Z");
    plan.mutable_plan_wave()->add_windows()->set_member(user_of(1));
    plan.mutable_plan_wave()->mutable_windows(0)->set_start("2027-01-03T00:00:00Z");
    CHECK(estate.give(plan).message() ==
          "the window of user:user1@contoso.com ends at 2027-01-02T00:00:00Z, which is not after "
          "its start at 2027-01-03T00:00:00Z");
    CHECK(estate.give(plan_wave("w1", 2, 1)).message() ==
          "members is empty; a wave moves somebody");
}

}  // namespace ferry::test
