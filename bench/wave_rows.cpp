// Waves: 100,000 members planned, moved, and tried on a copy.
#include "bench/estate.hpp"
#include "bench/give_up.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"
#include "events/hash.hpp"
#include "events/memory_log.hpp"
#include "projections/what_if.hpp"

#include <fmt/format.h>

namespace ferry::bench {

namespace {

constexpr std::uint32_t members = 100'000;

/// Users in coexist-test of pools in pilot: one step each from where a wave takes them.
std::unique_ptr<Estate> piloted() {
    auto estate = std::make_unique<Estate>(
        std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), std::string(site)));
    const EstateSize size{.users = members, .stage = Stage::coexisting};
    estate->make(size);
    estate->bring_pools(size, Stage::pilot);
    return estate;
}

v1::Command plan(Estate& estate, const std::string& name) {
    v1::Command command = estate.ask("wave:" + name);
    v1::PlanWave& body = *command.mutable_plan_wave();
    body.set_site(std::string(site));
    body.set_to("pilot");
    for (std::uint32_t user = 0; user < members; ++user)
        body.add_members("user:" + user_name(user));
    return command;
}

v1::CommandResult give_one(Estate& estate, const v1::Command& command) {
    const auto results = estate.writer.execute(std::span(&command, 1));
    if (!results) give_up(results.error().message);
    return results->front();
}

/// Ten waves of a tenth each, as `--split` plans them.
double plan_all(Estate& estate, int run) {
    std::vector<v1::Command> commands;
    for (std::uint32_t user = 0; user < members; ++user) {
        if (user % (members / 10) == 0) {
            commands.push_back(estate.ask(fmt::format("wave:run{}-{}", run, commands.size())));
            commands.back().mutable_plan_wave()->set_site(std::string(site));
            commands.back().mutable_plan_wave()->set_to("pilot");
        }
        commands.back().mutable_plan_wave()->add_members("user:" + user_name(user));
    }
    const double seconds = seconds_of([&] { estate.give(commands); });
    for (int wave = 0; wave < 10; ++wave) {
        v1::Command stop = estate.ask(fmt::format("wave:run{}-{}", run, wave));
        stop.mutable_stop_wave();
        give_one(estate, stop);
    }
    return seconds;
}

/// The same bytes, read and hashed once.
double parse_all(Estate& estate) {
    const std::string bytes = plan(estate, "reference").SerializeAsString();
    return seconds_of([&] {
        v1::Command command;
        if (!command.ParseFromString(bytes)) give_up("a command cannot be parsed");
        sha256(bytes_of(bytes));
    });
}

double run_wave() {
    const auto estate = piloted();
    give_one(*estate, plan(*estate, "w1"));
    v1::Command start = estate->ask("wave:w1");
    start.mutable_start_wave();
    give_one(*estate, start);
    const EntityNumber wave = *estate->replica.fleet.find("wave:w1");
    const double seconds = seconds_of([&] {
        while (estate->replica.fleet.at(wave).lifecycle == v1::STATE_WAVE_RUNNING) {
            v1::Command step = estate->ask("wave:w1");
            step.mutable_step_wave();
            give_one(*estate, step);
        }
    });
    FERRY_ASSERT(estate->replica.fleet.at(wave).lifecycle == v1::STATE_WAVE_COMPLETED,
                 "the wave is not completed");
    return seconds;
}

/// The engine's own batches: the same moves, each by a command of its own.
double run_batches() {
    const auto estate = piloted();
    std::vector<v1::Command> commands;
    double seconds = 0;
    for (std::uint32_t user = 0; user < members; ++user) {
        commands.push_back(estate->ask("user:" + user_name(user)));
        commands.back().mutable_start_pilot();
        if (commands.size() == commit_events_max || user + 1 == members)
            seconds += seconds_of([&] { estate->give(commands); });
    }
    return seconds;
}

/// Microseconds of one decision on a copy; the copy is made before.
double simulate(Estate& estate) {
    WhatIf what_if(estate.replica.fleet, side_by_side(), "dana", estate.clock.now());
    std::vector<v1::Command> commands;
    for (std::uint32_t user = 0; user < members; ++user) {
        commands.emplace_back().set_entity("user:" + user_name(user));
        commands.back().mutable_start_pilot();
    }
    std::size_t moved = 0;
    const double seconds = seconds_of([&] {
        for (v1::Command& command : commands) moved += what_if.try_out(std::move(command)) ? 1 : 0;
    });
    FERRY_ASSERT(moved == members, "a member was refused");
    return seconds * 1e6 / members;
}

}  // namespace

void add_wave_rows(Bench& bench) {
    const auto estate = piloted();
    int run = 0;
    bench.table.add({.operation = "100,000 members planned into ten waves (reference: protobuf "
                                  "parse and SHA-256 of the same command)",
                     .goal = "≤ 1 s",
                     .ferry = [&] { return plan_all(*estate, ++run); },
                     .reference = [&] { return parse_all(*estate); },
                     .at_most = 1});
    bench.table.add({.operation = "a wave of 100,000 immediate moves, log in memory (reference: "
                                  "the engine's own batches, a command each)",
                     .goal = "≥ 0.5 × its rate",
                     .ferry = [] { return run_wave(); },
                     .reference = [] { return run_batches(); },
                     .ratio_at_most = 2});
    bench.table.add({.operation = "one decision of a simulation (reference: one of the engine's "
                                  "own batches)",
                     .goal = "≥ 100,000 a second (10 µs)",
                     .unit = Unit::microseconds,
                     .ferry = [&] { return simulate(*estate); },
                     .reference = [] { return run_batches() * 1e6 / members; },
                     .at_most = 10});
}

}  // namespace ferry::bench
