// A move back is owed exactly where the real account is elsewhere, in any history of moves that are
// made late, reported late, and closed by rollbacks in between.
#include "projections/verification.hpp"
#include "tests/random_rollback.hpp"
#include "tests/real_accounts.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace ferry::test {
namespace {

Pack confirmed() {
    Pack pack = side_by_side();
    pack.transfer = Transfer::confirmed;
    return pack;
}

}  // namespace

TEST_CASE("a move back is owed exactly where the real account is elsewhere") {
    const Pack pack = confirmed();
    const char* all = std::getenv("FERRY_LONG");
    const auto tried = seeds(all && std::string_view(all) == "1" ? 5'000 : 400);
    std::size_t rollbacks = 0;
    std::size_t made = 0;
    std::size_t late = 0;
    std::size_t owed = 0;
    for (const std::uint64_t seed : tried) {
        INFO("replay with FERRY_TEST_SEED=" << seed);
        Estate estate(seed, pack);
        RandomHistory history(seed);
        RealAccounts accounts(estate, history);
        history.mover = [&](Estate&) {
            for (int i = 0; i < 4; ++i) accounts.step();
        };
        for (int i = 0; i < 5; ++i) {
            history.live(estate, static_cast<int>(30 + history.below(40)));
            accounts.check();
            if (roll_back_at_random(estate, history, pack)) ++rollbacks;
            accounts.check();
        }
        if (history.below(2) == 0) history.live(estate, 30);
        accounts.drain();
        const auto found = verify_log(*estate.replica.log);
        REQUIRE(found);
        CHECK(found->verdict == Integrity::intact);
        for (const Discrepancy& each : found->discrepancies) FAIL_CHECK(each.what);
        made += accounts.made;
        late += accounts.late;
        owed += accounts.owed;
    }
    MESSAGE(tried.size() << " histories, " << rollbacks << " rollbacks, " << made << " moves made, "
                         << owed << " of them back, " << late << " reported late");
    if (tried.size() == 1) return;
    // Histories without them would prove nothing.
    CHECK(rollbacks > tried.size() / 4);
    CHECK(owed > tried.size() / 4);
    CHECK(late > tried.size() / 20);
}

}  // namespace ferry::test
