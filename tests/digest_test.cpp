#include "projections/digest.hpp"

#include "engine/evolve.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

/// Another reader of the same log.
Fleet folded(const Estate& estate) {
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    REQUIRE(reader.catch_up());
    return std::move(reader.fleet);
}

std::vector<EntityNumber> everything(const Fleet& fleet) {
    std::vector<EntityNumber> scope;
    for (std::uint64_t number = 1; number < fleet.entities.size(); ++number)
        scope.push_back({number});
    return scope;
}

Hash decided(const Estate& estate) {
    return decided_digest(estate.replica.fleet, everything(estate.replica.fleet));
}

}  // namespace

TEST_CASE("a fold from position 1 has the digest of the live fleet") {
    for (const std::uint64_t seed : seeds(40)) {
        INFO("seed " << seed);
        Estate estate(seed);
        RandomHistory(seed).play(estate, 300);
        CHECK(fleet_digest(folded(estate)) == fleet_digest(estate.replica.fleet));
    }
}

TEST_CASE("every event changes the digest of the fleet") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    Hash before = fleet_digest(estate.replica.fleet);
    for (const v1::Command& command :
         {check("pool:ocs01.contoso.com", "services-started"),
          observe_client("user:user1@contoso.com", "lync-2013"),
          observe_meeting("user:user1@contoso.com", "m-1", "lync-2013"),
          observe_policy("user:user1@contoso.com", "voice", "gold"),
          approve_retirement("pool:ocs01.contoso.com"), mark("before wave 1"),
          withdraw("user:user2@contoso.com")}) {
        estate.done(command);
        const Hash after = fleet_digest(estate.replica.fleet);
        CHECK_MESSAGE(after != before, command.ShortDebugString());
        before = after;
    }
}

TEST_CASE("an entry that says nothing does not change the digest") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    const Hash before = fleet_digest(estate.replica.fleet);
    estate.replica.fleet.approvals[1];
    estate.replica.fleet.checks[2];
    CHECK(fleet_digest(estate.replica.fleet) == before);
}

TEST_CASE("what was observed is not in the decided digest, what was decided is") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    const Hash before = decided(estate);
    estate.done({check("pool:ocs01.contoso.com", "services-started"),
                 observe_client("user:user1@contoso.com", "lync-2013"),
                 observe_meeting("user:user1@contoso.com", "m-1", "lync-2013"),
                 mark("before wave 1")});
    CHECK(decided(estate) == before);
    estate.done(enter_coexistence("pool:ocs01.contoso.com"));
    CHECK(decided(estate) != before);
}

TEST_CASE("the decided digest looks at its scope alone, in whatever order it is given") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 3);
    const Fleet& fleet = estate.replica.fleet;
    const EntityNumber one[] = {{2}, {3}};
    const EntityNumber other[] = {{3}, {2}, {3}};
    const Hash before = decided_digest(fleet, one);
    CHECK(decided_digest(fleet, other) == before);
    estate.done(withdraw("user:user3@contoso.com"));
    CHECK(decided_digest(fleet, one) == before);
    estate.done(withdraw("user:user2@contoso.com"));
    CHECK(decided_digest(fleet, one) != before);
}

TEST_CASE("a move in flight counts as settled in the decided digest") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 1);
    const Hash before = decided(estate);
    estate.replica.fleet.entities[2].transfer = v1::STATE_MOVING;
    CHECK(decided(estate) == before);
    estate.replica.fleet.entities[2].transfer = v1::STATE_FAILED;
    CHECK(decided(estate) != before);
}

TEST_CASE("the digests of a fixed estate are the same for ever") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 2);
    estate.bring_pool_to("ocs01.contoso.com", v1::STATE_PILOT);
    estate.done({enter_coexistence("user:user1@contoso.com"), start_pilot("user:user1@contoso.com"),
                 mark("pilot"), observe_client("user:user1@contoso.com", "lync-2013")});
    CHECK(to_hex(fleet_digest(estate.replica.fleet)) ==
          "37c005763ed562facaca4751751f56dc68e74cdac56945269f30557b1c95bff7");
    CHECK(to_hex(decided(estate)) ==
          "beb9fd22784a74e35740c10cd76f13dc92725fb0dd998437378883d215d0679b");
}

}  // namespace ferry::test
