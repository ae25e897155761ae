#include "tests/random_history.hpp"

#include <fmt/format.h>

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

std::vector<std::uint64_t> seeds(int count) {
    if (const char* const given = std::getenv("FERRY_TEST_SEED"))
        return {std::strtoull(given, nullptr, 10)};
    std::vector<std::uint64_t> all;
    for (int i = 1; i <= count; ++i) all.push_back(static_cast<std::uint64_t>(i));
    return all;
}

}  // namespace ferry::test
