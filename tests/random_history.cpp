#include "tests/random_history.hpp"

#include "tests/standing_rules.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace ferry::test {

namespace {

constexpr std::array checks{
    "services-started",           "site-administrable",    "clients-reach-current-users",
    "clients-reach-legacy-users", "legacy-operational",    "successor-operational",
    "features-verified",          "application-compatible"};
constexpr std::array clients{"communicator-2007-r2", "lync-2010", "lync-2013"};

}  // namespace

std::string RandomHistory::any_pool() { return fmt::format("ocs{}.contoso.com", below(3)); }

std::string RandomHistory::any_member() {
    return below(4) == 0 ? fmt::format("application:app{}", below(4))
                         : fmt::format("user:user{}@contoso.com", below(12));
}

v1::Command RandomHistory::registration() {
    const std::string pool = any_pool();
    switch (below(5)) {
        case 0: return add_pool(pool, pool + ".new");
        case 1: return add_application(fmt::format("app{}", below(4)), pool);
        default: {
            v1::Command user = add_user(fmt::format("user{}@contoso.com", below(12)), pool,
                                        below(6) == 0 ? "production" : "");
            user.mutable_register_()->set_disabled(below(5) == 0);
            return user;
        }
    }
}

v1::Command RandomHistory::observation(std::string_view member) {
    const char* const client = clients.at(below(clients.size()));
    if (below(4) == 0)
        return observe_policy(member, below(2) == 0 ? "voice" : "conferencing",
                              below(2) == 0 ? "standard" : "gold");
    if (below(2) == 0) return observe_client(member, client, below(4) == 0);
    return observe_meeting(member, fmt::format("m-{}", below(5)), client);
}

v1::Command RandomHistory::lifecycle_step() {
    const std::string entity = below(4) == 0 ? "pool:" + any_pool() : any_member();
    switch (below(8)) {
        case 0: return withdraw(any_member());
        case 1: return approve_retirement("pool:" + any_pool());
        case 2: return retire(entity);
        case 3: return enter_coexistence(entity);
        case 4:
        case 5: return start_pilot(entity);
        default: return promote(entity);
    }
}

v1::Command RandomHistory::wave_command() {
    v1::Command command = ask(fmt::format("wave:w{}", below(4)));
    switch (below(8)) {
        case 0: {
            v1::PlanWave& plan = *command.mutable_plan_wave();
            plan.set_site("paris");
            plan.set_to(below(2) == 0 ? "pilot" : "production");
            for (std::uint64_t left = below(4) + 1; left > 0; --left)
                plan.add_members(any_member());
            plan.set_concurrency(static_cast<std::uint32_t>(below(3)));
            if (below(2) == 0) plan.set_failure_budget("2");
            return command;
        }
        case 1:
        case 2: command.mutable_start_wave(); return command;
        case 3: command.mutable_resume_wave()->set_retry_failed(below(2) == 0); return command;
        case 4:
            if (below(2) == 0) command.mutable_pause_wave();
            else command.mutable_stop_wave()->set_rolled_back(below(2) == 0);
            return command;
        default:
            command.mutable_step_wave()->set_limit(static_cast<std::uint32_t>(below(3)));
            return command;
    }
}

v1::Command RandomHistory::command() {
    switch (below(10)) {
        case 0: return mark(fmt::format("label-{}", below(1000)));
        case 1:
        case 2: return registration();
        case 3: return observation(fmt::format("user:user{}@contoso.com", below(12)));
        case 4:
        case 5:
        case 6: {
            const std::string on = below(3) == 0 ? any_member() : "pool:" + any_pool();
            const std::string outcome = below(8) == 0 ? "FAIL" : "PASS";
            return check(on, checks.at(below(checks.size())), outcome);
        }
        default: return lifecycle_step();
    }
}

void RandomHistory::play(Estate& estate, int commands) {
    while (commands > 0) {
        std::vector<v1::Command> batch;
        for (std::uint64_t left = below(6) + 1; left > 0 && commands > 0; --left, --commands)
            batch.push_back(command());
        estate.give_all(std::move(batch));
        estate.clock.pass(std::chrono::milliseconds(below(2000)));
    }
}

v1::Command RandomHistory::correction() {
    v1::Command command = ask(fmt::format("user:user{}@contoso.com", below(12)));
    v1::Correct& body = *command.mutable_correct();
    const bool pool = below(2) == 0;
    body.set_field(pool ? "pool" : "side");
    if (pool) body.set_value(any_pool());
    else body.set_value(below(2) == 0 ? "new" : "legacy");
    return command;
}

v1::Command RandomHistory::report(const Fleet& fleet) {
    struct Known {
        std::uint32_t member;
        std::string move;
        bool failed;
    };
    std::vector<Known> known;
    for (const auto& [member, move] : fleet.moves) known.push_back({member, move.move, false});
    for (const auto& [member, account] : fleet.accounts)
        if (account.back) known.push_back({member, account.back->move, account.back->failed});
    if (known.empty()) return command();
    // A table's order is nobody's promise, and the same seed has to give the same commands.
    std::ranges::sort(known, {}, &Known::move);
    const Known& chosen = known.at(below(known.size()));
    v1::Command command = ask(fleet.id({chosen.member}));
    if (chosen.failed) {
        command.mutable_retry_move()->set_move(chosen.move);
        return command;
    }
    command.mutable_report_move()->set_move(chosen.move);
    command.mutable_report_move()->set_outcome(below(4) == 0 ? "FAILED" : "SUCCEEDED");
    command.mutable_report_move()->set_reversible(below(4) == 0 ? "false" : "true");
    return command;
}

void RandomHistory::help_on(Estate& estate) {
    const Fleet& fleet = estate.replica.fleet;
    if (fleet.size() == 0) return;
    const EntityNumber number{1 + below(fleet.size())};
    const std::string id(fleet.id(number));
    for (const auto& row : side_by_side().required)
        if (row.kind == fleet.at(number).kind)
            for (const std::string& name : row.checks) estate.give(check(id, name));
    estate.give(approve_retirement(id));
    for (const auto& step : {enter_coexistence, start_pilot, promote, retire})
        if (below(2) == 0) estate.give(step(id));
}

void RandomHistory::live(Estate& estate, int steps) {
    for (int i = 0; i < steps; ++i) {
        switch (below(20)) {
            case 0:
            case 1: help_on(estate); break;
            case 2: estate.give(correction()); break;
            case 3:
            case 4:
            case 5:
                if (mover) mover(estate);
                else estate.give(report(estate.replica.fleet));
                break;
            case 6:
            case 7: estate.give(wave_command()); break;
            default: estate.give(command());
        }
        const auto broken = broken_rules(estate.replica.fleet);
        CHECK_MESSAGE(broken.empty(), "at position ", estate.position().value, ": ",
                      (broken.empty() ? "" : broken.front()));
        estate.clock.pass(std::chrono::milliseconds(below(2000)));
    }
}

std::vector<std::uint64_t> seeds(int count) {
    if (const char* const given = std::getenv("FERRY_TEST_SEED"))
        return {std::strtoull(given, nullptr, 10)};
#if defined(__SANITIZE_THREAD__)
    constexpr int share = 10;
#elif defined(__SANITIZE_ADDRESS__)
    constexpr int share = 3;
#else
    constexpr int share = 1;
#endif
    if (constexpr int many = 200; count > many && std::getenv("FERRY_LONG") == nullptr)
        count /= share;
    std::vector<std::uint64_t> all;
    for (int i = 1; i <= count; ++i) all.push_back(static_cast<std::uint64_t>(i));
    return all;
}

}  // namespace ferry::test
