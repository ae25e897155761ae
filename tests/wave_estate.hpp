#pragma once
/// An estate with a pool in pilot or production and commands to its waves, for tests.
#include "engine/wave.hpp"
#include "tests/answers.hpp"
#include "tests/confirmed_pack.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

inline std::string user_of(int number) { return fmt::format("user:user{}@contoso.com", number); }

/// A plan for `user FIRST` up to `user LAST`.
inline v1::Command plan_wave(const std::string& name, int first, int last,
                             const std::string& to = "pilot") {
    v1::Command command = ask("wave:" + name);
    v1::PlanWave& plan = *command.mutable_plan_wave();
    plan.set_site("paris");
    plan.set_to(to);
    for (int number = first; number <= last; ++number) plan.add_members(user_of(number));
    return command;
}
inline v1::Command start_wave(const std::string& name) {
    v1::Command command = ask("wave:" + name);
    command.mutable_start_wave();
    return command;
}
inline v1::Command pause_wave(const std::string& name) {
    v1::Command command = ask("wave:" + name);
    command.mutable_pause_wave();
    return command;
}
inline v1::Command resume_wave(const std::string& name, bool retry_failed = false) {
    v1::Command command = ask("wave:" + name);
    command.mutable_resume_wave()->set_retry_failed(retry_failed);
    return command;
}
inline v1::Command stop_wave(const std::string& name, bool rolled_back = false) {
    v1::Command command = ask("wave:" + name);
    command.mutable_stop_wave()->set_rolled_back(rolled_back);
    return command;
}
inline v1::Command step_wave(const std::string& name, std::uint32_t limit = 0) {
    v1::Command command = ask("wave:" + name);
    command.mutable_step_wave()->set_limit(limit);
    return command;
}

/// Pool ocs01 with users 1, 2, …, in pilot.
struct WaveEstate : Estate {
    explicit WaveEstate(int users = 10, const Pack& pack = side_by_side()) : Estate(1, pack) {
        with_pool("ocs01", users);
        bring_pool_to("ocs01", v1::STATE_PILOT);
    }
    const WaveState& wave(const std::string& name) const {
        return *wave_of(replica.fleet, number("wave:" + name));
    }
    v1::State state(const std::string& name) const { return entity("wave:" + name).lifecycle; }
    /// Steps until nothing more is due.
    void run(const std::string& name) {
        while (give(step_wave(name)).outcome() == "DONE") {
        }
    }
    v1::CommandResult report(int user, const std::string& outcome) {
        const auto number = replica.fleet.find(user_of(user));
        v1::Command command = ask(user_of(user));
        command.mutable_report_move()->set_move(
            replica.fleet.moves.at(static_cast<std::uint32_t>(number->value)).move);
        command.mutable_report_move()->set_outcome(outcome);
        command.mutable_report_move()->set_cause(outcome == "FAILED" ? "mailbox locked" : "");
        return done(std::move(command));
    }
};

}  // namespace ferry::test
