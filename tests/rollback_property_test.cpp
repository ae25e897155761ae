// Exactness of rollback, over random histories with restores among them, random targets and scopes.
#include "projections/digest.hpp"
#include "projections/verification.hpp"
#include "tests/confirmed_pack.hpp"
#include "tests/random_rollback.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>

namespace ferry::test {
namespace {

/// How often the log says that all accounts of a rollback have followed.
std::size_t settled_in(Estate& estate) {
    std::size_t settled = 0;
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    reader.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent&, const v1::StoredEvent& event) {
            settled += event.has_rollback_settled() ? 1 : 0;
        });
    };
    REQUIRE(reader.catch_up());
    return settled;
}

void check_verified(Estate& estate, std::size_t rollbacks) {
    const auto found = verify_log(*estate.replica.log);
    REQUIRE(found);
    CHECK(found->verdict == Integrity::intact);
    for (const Discrepancy& each : found->discrepancies) FAIL_CHECK(each.what);
    CHECK(found->rollback_digests == 2 * rollbacks + settled_in(estate));
}

}  // namespace

TEST_CASE("a rollback sets back exactly, breaks no rule and leaves the rest alone") {
    const char* all = std::getenv("FERRY_LONG");
    const auto tried = seeds(all && std::string_view(all) == "1" ? 10'000 : 1'000);
    std::set<std::pair<v1::Kind, v1::State>> reached;
    std::size_t ran = 0;
    std::size_t resumed = 0;
    std::size_t restored = 0;
    for (const std::uint64_t seed : tried) {
        INFO("replay with FERRY_TEST_SEED=" << seed);
        const Pack& pack = seed % 3 == 0 ? confirmed() : side_by_side();
        Estate estate(seed, pack);
        RandomHistory history(seed);
        std::size_t rollbacks = 0;
        for (int i = 0; i < 4; ++i) {
            history.live(estate, static_cast<int>(20 + history.below(40)));
            for (std::uint64_t number = 1; number <= estate.replica.fleet.size(); ++number)
                reached.insert({estate.replica.fleet.at({number}).kind,
                                estate.replica.fleet.at({number}).lifecycle});
            const auto done = roll_back_at_random(estate, history, pack);
            if (!done) continue;
            ++rollbacks;
            restored += done->restored;
            resumed += done->resumed ? 1 : 0;
        }
        ran += rollbacks;
        Replica again(std::make_unique<MemoryLog>(estate.store, "paris"));
        REQUIRE(again.catch_up().has_value());
        CHECK(fleet_digest(again.fleet) == fleet_digest(estate.replica.fleet));
        check_verified(estate, rollbacks);
    }
    MESSAGE(tried.size() << " histories, " << ran << " rollbacks of which " << resumed
                         << " were resumed, " << restored << " entities set back");
    if (tried.size() == 1) return;
    // Histories that never get anywhere would prove nothing.
    CHECK(ran > tried.size() / 4);
    CHECK(resumed > tried.size() / 20);
    for (const v1::Kind kind : {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION})
        for (int state = v1::STATE_LEGACY; state <= v1::STATE_RETIRED; ++state)
            CHECK(reached.contains({kind, static_cast<v1::State>(state)}));
}

}  // namespace ferry::test
