// The power is cut in the middle of a log's life, at any call, also after a sync that failed.
#include "tests/embedded/counts.hpp"
#include "tests/embedded/life.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr std::uint64_t seeds_for_a_planted_error = 600;

/// How many seeds it takes to find the planted error; 0 where none does.
std::uint64_t found_after(const DiskPlan& planted) {
    for (std::uint64_t seed = 1; seed <= seeds_for_a_planted_error; ++seed)
        if (!live(seed, planted).violation.empty()) return seed;
    return 0;
}

}  // namespace

TEST_CASE("power cut: what was acknowledged is there, nothing half, and the log goes on") {
    REQUIRE(power_disk() == "ferry-power");
    const std::uint64_t count = many(1000, 10'000);
    const std::uint64_t first = first_seed();
    std::uint64_t violations = 0;
    std::uint64_t failed_before = 0;
    std::uint64_t acknowledged = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const Life life = live(seed);
        failed_before += life.failed_before;
        acknowledged += life.acknowledged;
        if (life.violation.empty()) continue;
        if (++violations <= 5)
            CHECK_MESSAGE(false, life.violation << " (FERRY_TEST_SEED=" << seed << ")");
    }
    CHECK(violations == 0);
    CHECK(failed_before > count / 10);
    figures(fmt::format("{} seeds from {}, {} commits acknowledged, {} with a failed sync or write "
                        "before, {} violations",
                        count, first, acknowledged, failed_before, violations));
}

TEST_CASE("power cut: planted errors are found") {
    DiskPlan no_syncs;
    no_syncs.skips_syncs_of_database = no_syncs.skips_syncs_of_wal = true;
    DiskPlan no_wal_syncs;
    no_wal_syncs.skips_syncs_of_wal = true;
    DiskPlan no_database_syncs;
    no_database_syncs.skips_syncs_of_database = true;
    DiskPlan no_frames_again;
    no_frames_again.skips_writes_of_what_is_there = true;
    const std::pair<const char*, DiskPlan> all[] = {
        {"no sync at all (synchronous=OFF)", no_syncs},
        {"no sync of the write-ahead log", no_wal_syncs},
        {"no sync of the database", no_database_syncs},
        {"frames not written again after a failed sync", no_frames_again},
    };
    std::string said;
    for (const auto& [what, planted] : all) {
        const std::uint64_t found = found_after(planted);
        CHECK_MESSAGE(found > 0, what << " is not found");
        said += fmt::format("{}{}: by seed {}", said.empty() ? "" : "; ", what, found);
    }
    figures(said);
}

}  // namespace ferry::test
