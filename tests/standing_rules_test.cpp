#include "tests/standing_rules.hpp"
#include "tests/confirmed_pack.hpp"

#include "tests/random_history.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

namespace ferry::test {

namespace {

void check_rules(const Fleet& fleet) {
    for (const std::string& broken : broken_rules(fleet)) FAIL_CHECK(broken);
}

}  // namespace

TEST_CASE("the standing rules hold after every commit of a random history") {
    std::set<std::pair<v1::Kind, v1::State>> reached;
    for (const std::uint64_t seed : seeds(40)) {
        CAPTURE(seed);
        RandomHistory history(seed);
        Estate estate(seed, seed % 2 == 0 ? side_by_side() : confirmed());
        for (int i = 0; i < 400; ++i) {
            switch (history.below(20)) {
                case 0:
                case 1: history.help_on(estate); break;
                case 5: estate.give(history.correction()); break;
                case 2:
                case 3:
                case 4: estate.give(history.report(estate.replica.fleet)); break;
                default: estate.give(history.command());
            }
            check_rules(estate.replica.fleet);
            for (std::uint64_t number = 1; number <= estate.replica.fleet.size(); ++number) {
                const Entity& entity = estate.replica.fleet.at({number});
                reached.insert({entity.kind, entity.lifecycle});
            }
        }
    }
    // A history that never gets anywhere would prove nothing.
    if (std::getenv("FERRY_TEST_SEED") == nullptr)
        for (const v1::Kind kind : {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION})
            for (int state = v1::STATE_LEGACY; state <= v1::STATE_RETIRED; ++state)
                CHECK(reached.contains({kind, static_cast<v1::State>(state)}));
}

TEST_CASE("the judge of the standing rules names what is broken") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(add_application("rgs", "ocs01"));
    CHECK(broken_rules(estate.replica.fleet).empty());
    const auto count_broken = [&](v1::State pool, v1::State user, v1::State application) {
        Fleet& fleet = estate.replica.fleet;
        fleet.entities[1].lifecycle = pool;
        fleet.entities[2].lifecycle = user;
        fleet.entities[2].on_new_side = user >= v1::STATE_PILOT;
        fleet.entities[3].lifecycle = application;
        fleet.entities[3].on_new_side = application >= v1::STATE_PILOT;
        fleet.counts[1] = {};
        fleet.counts[1].add(fleet.entities[2], 1);
        fleet.counts[1].add(fleet.entities[3], 1);
        return broken_rules(fleet).size();
    };
    CHECK(count_broken(v1::STATE_LEGACY, v1::STATE_COEXIST_TEST, v1::STATE_LEGACY) == 1);
    CHECK(count_broken(v1::STATE_COEXIST_TEST, v1::STATE_PILOT, v1::STATE_LEGACY) == 1);
    CHECK(count_broken(v1::STATE_PILOT, v1::STATE_PRODUCTION, v1::STATE_PRODUCTION) == 2);
    CHECK(count_broken(v1::STATE_PRODUCTION, v1::STATE_RETIRED, v1::STATE_RETIRED) == 1);
    CHECK(count_broken(v1::STATE_RETIRED, v1::STATE_PRODUCTION, v1::STATE_PRODUCTION) == 1);
    CHECK(count_broken(v1::STATE_RETIRED, v1::STATE_LEGACY, v1::STATE_RETIRED) == 1);
    CHECK(count_broken(v1::STATE_RETIRED, v1::STATE_RETIRED, v1::STATE_RETIRED) == 0);
    estate.replica.fleet.entities[2].transfer = v1::STATE_MOVING;
    CHECK(broken_rules(estate.replica.fleet).size() == 2);  // the rule, and the count
}

}  // namespace ferry::test
