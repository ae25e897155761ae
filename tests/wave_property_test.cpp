// Random waves: members that fail, moves that are reported or not, time that passes, runners that
// are killed and others that go on from the log alone.
#include "engine/evolve.hpp"
#include "projections/digest.hpp"
#include "projections/fleet_bytes.hpp"
#include "tests/random_history.hpp"
#include "tests/wave_estate.hpp"

#include <map>

namespace ferry::test {

namespace {

constexpr int users = 24;

class Trial {
public:
    Trial(std::uint64_t seed, const Pack& pack)
        : random_(seed), confirmed_(pack.transfer == Transfer::confirmed), estate_(users, pack) {
        for (int wave = 0; wave < 3; ++wave) estate_.done(plan(wave));
    }

    void play(int steps) {
        for (int i = 0; i < steps; ++i) {
            act();
            estate_.clock.pass(std::chrono::seconds(random_.below(40)));
            check_counts();
        }
        check_history();
        check_refold();
    }

private:
    std::string name(int wave) const { return fmt::format("w{}", wave); }

    v1::Command plan(int wave) {
        v1::Command command = plan_wave(name(wave), 1 + wave * 8, 8 + wave * 8);
        v1::PlanWave& body = *command.mutable_plan_wave();
        if (random_.below(2) == 0) body.set_failure_budget(std::to_string(1 + random_.below(4)));
        if (random_.below(3) == 0) body.set_pace(static_cast<std::uint32_t>(1 + random_.below(6)));
        body.set_concurrency(static_cast<std::uint32_t>(1 + random_.below(4)));
        return command;
    }

    void act() {
        const std::string wave = name(static_cast<int>(random_.below(3)));
        const int user = static_cast<int>(1 + random_.below(users));
        switch (random_.below(16)) {
            case 0: estate_.give(start_wave(wave)); return;
            case 1: estate_.give(pause_wave(wave)); return;
            case 2: estate_.give(resume_wave(wave)); return;
            case 3: estate_.give(resume_wave(wave, true)); return;
            case 4: estate_.give(withdraw(user_of(user))); return;
            case 5: estate_.give(add_user(user_of(user).substr(5), "ocs01")); return;
            case 6: {
                const char* const outcome = random_.below(3) == 0 ? "INCONCLUSIVE" : "PASS";
                estate_.give(check("pool:ocs01", "services-started", outcome));
                return;
            }
            case 7:
                if (random_.below(8) == 0) estate_.give(stop_wave(wave));
                return;
            case 8: estate_.give(start_pilot(user_of(user))); return;
            case 9:
            case 10:
                if (confirmed_) estate_.give(random_.report(estate_.replica.fleet));
                return;
            default: step(wave, static_cast<std::uint32_t>(random_.below(4))); return;
        }
    }

    void step(const std::string& wave, std::uint32_t limit) {
        const WaveState& before = estate_.wave(wave);
        const std::uint32_t measured = before.measured();
        const std::uint32_t budget = before.failure_budget;
        const bool held = estate_.state(wave) != v1::STATE_WAVE_RUNNING;
        estate_.give(step_wave(wave, limit));
        if (held || budget == 0) return;
        // A step never fails more than the budget has left, and nothing runs on an empty one.
        CHECK(estate_.wave(wave).measured() <= std::max(measured, budget));
        if (estate_.wave(wave).measured() >= budget)
            CHECK(estate_.state(wave) != v1::STATE_WAVE_RUNNING);
    }

    void check_counts() {
        const Fleet& fleet = estate_.replica.fleet;
        for (const auto& [number, wave] : fleet.waves) {
            const v1::State state = fleet.entities[number].lifecycle;
            if (!is_unfinished(state)) continue;
            std::map<MemberStanding, std::uint32_t> counted;
            for (const std::uint32_t member : wave.members) {
                ++counted[wave.standing(member, fleet.entities[member])];
                CHECK(fleet.in_wave.at(member) == number);
            }
            CHECK(counted[MemberStanding::moved] == wave.moved);
            CHECK(counted[MemberStanding::moving] == wave.moving);
            CHECK(counted[MemberStanding::failed] == wave.failed());
            CHECK(counted[MemberStanding::waiting] == wave.waiting());
        }
    }

    /// Nobody is moved twice, no confirmed move is a transition before its report, and a wave that
    /// says completed had all its members there.
    void check_history() {
        std::map<std::uint64_t, int> arrivals;
        std::uint64_t succeeded = 0;
        Fleet fleet;
        for (const auto& [position, recorded, event] : history()) {
            if (event.has_registered()) arrivals[event.entity()] = 0;
            if (event.has_transitioned() && event.transitioned().to() == v1::STATE_PILOT &&
                fleet.at({event.entity()}).is_member()) {
                CHECK(++arrivals[event.entity()] == 1);
                if (confirmed_) CHECK(succeeded == event.entity());
            }
            if (event.has_move_succeeded()) succeeded = event.entity();
            // Between the two may stand that the move cannot be undone.
            else if (!event.has_check_recorded()) succeeded = 0;
            if (event.has_transitioned() && event.transitioned().to() == v1::STATE_WAVE_COMPLETED) {
                const WaveState& wave = *wave_of(fleet, {event.entity()});
                for (const std::uint32_t member : wave.members)
                    CHECK(wave.standing(member, fleet.entities[member]) == MemberStanding::moved);
            }
            evolve(fleet, position, recorded, event);
        }
    }

    struct Recorded {
        Position position;
        Time recorded;
        v1::StoredEvent event;
    };
    std::vector<Recorded> history() {
        std::vector<Recorded> all;
        for (std::uint64_t position = 1; position <= estate_.position().value; ++position) {
            const auto found = find_event(estate_.replica, {position});
            REQUIRE((found && *found));
            all.push_back({{position}, (*found)->header.recorded, (*found)->event});
        }
        return all;
    }

    /// Whoever goes on after a kill folds the log, or a snapshot of it, and finds the same.
    void check_refold() {
        Replica replica(std::make_unique<MemoryLog>(estate_.store, "paris"));
        REQUIRE(replica.catch_up().has_value());
        const Fleet& again = replica.fleet;
        CHECK(fleet_digest(again) == fleet_digest(estate_.replica.fleet));
        ByteWriter bytes;
        write_fleet(bytes, again);
        ByteReader reader(bytes.written());
        const Fleet kept = read_fleet(reader);
        CHECK(reader.whole());
        CHECK(reader.at_end());
        CHECK(fleet_digest(kept) == fleet_digest(again));
        CHECK(kept.in_wave.size() == again.in_wave.size());
    }

    RandomHistory random_;
    bool confirmed_;
    WaveEstate estate_;
};

}  // namespace

TEST_CASE("in any history of waves the counts are right, budgets hold and nobody moves twice") {
    for (const std::uint64_t seed : seeds(60)) {
        CAPTURE(seed);
        Trial(seed, side_by_side()).play(150);
        Trial(seed, confirmed()).play(150);
    }
}

}  // namespace ferry::test
