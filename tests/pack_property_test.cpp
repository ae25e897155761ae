// Random histories in which packs are adopted, time passes and rollbacks happen: whatever came, a
// rebuild is the live state, every transition is what its pack decided, and no standing rule
// breaks.
#include "engine/pack_toml.hpp"
#include "projections/conformance.hpp"
#include "projections/digest.hpp"
#include "projections/snapshot_bytes.hpp"
#include "projections/verification.hpp"
#include "tests/random_history.hpp"
#include "tests/random_rollback.hpp"
#include "tests/standing_rules.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

/// The default pack as it is, asking for more, with checks that grow old, and with confirmed moves.
std::vector<std::string> packs() {
    const std::string plain(built_in_packs().front().toml);
    const std::string stricter = plain + "[checks.network-ready]\n[[require]]\nkind = \"user\"\n"
                                         "action = \"start-pilot\"\non = \"pool\"\n"
                                         "checks = [\"network-ready\"]\n[pilot]\nmembers = 2\n";
    std::string fresh = plain;
    for (const std::string table : {"[checks.services-started]\n", "[checks.site-administrable]\n"})
        fresh.insert(fresh.find(table) + table.size(),
                     "fresh_hours = 12\ndeployment = \"legacy\"\n");
    std::string confirmed = fresh + "[limits]\nmoves_in_flight = 2\n";
    confirmed.replace(confirmed.find("immediate"), 9, "confirmed");
    return {plain, stricter, fresh, confirmed};
}

v1::Command adopt(const std::string& toml) {
    v1::Command command = ask("site:paris");
    command.mutable_adopt_pack()->set_toml(toml);
    return command;
}

std::uint64_t expiries(Estate& estate) {
    std::uint64_t found = 0;
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    reader.on_commit = [&](const CommitView& commit) {
        CHECK(commit.header.pack == pack_before(reader.fleet, commit.header.first));
        for_each_event(commit, [&](const PlacedEvent&, const v1::StoredEvent& event) {
            if (event.has_check_expired()) ++found;
        });
    };
    REQUIRE(reader.catch_up());
    CHECK(fleet_digest(reader.fleet) == fleet_digest(estate.replica.fleet));
    return found;
}

}  // namespace

TEST_CASE("whatever packs come and go, a rebuild is the live state and no rule breaks") {
    const std::vector<std::string> tomls = packs();
    std::uint64_t rollbacks = 0;
    std::uint64_t expired = 0;
    for (const std::uint64_t seed : seeds(15)) {
        INFO("replay with FERRY_TEST_SEED=" << seed);
        Estate estate(seed);
        RandomHistory history(seed);
        for (int round = 0; round < 6; ++round) {
            history.live(estate, 25);
            if (estate.replica.fleet.size() > 0) {
                const auto adopted = estate.give(adopt(tomls[history.below(tomls.size())]));
                CHECK((adopted.outcome() == "DONE" || adopted.outcome() == "REFUSED"));
            }
            estate.clock.pass(std::chrono::hours(history.below(24)));
            history.help_on(estate);
            const Pack& pack = pack_in_force(estate.replica.fleet, side_by_side());
            if (roll_back_at_random(estate, history, pack)) ++rollbacks;
            const std::vector<std::string> broken = broken_rules(estate.replica.fleet);
            CHECK(broken.empty());
            if (!estate.replica.acceptance.started()) continue;
            const auto kept = read_snapshot(snapshot_bytes(estate.replica));
            REQUIRE(kept);
            CHECK(fleet_digest(kept->fleet) == fleet_digest(estate.replica.fleet));
        }
        expired += expiries(estate);
        const auto judged =
            check_conformance(*estate.replica.log, side_by_side(), [](const Nonconformity& found) {
                FAIL_CHECK(found.position.value, " ", found.entity, ": ", found.why);
            });
        REQUIRE(judged);
        const auto verified = verify_log(*estate.replica.log);
        REQUIRE(verified);
        CHECK(verified->reason == "");
    }
    CHECK(rollbacks > 0);
    CHECK(expired > 0);
}

}  // namespace ferry::test
