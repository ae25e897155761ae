// Each write and each sync in turn fails, on a disk that is full or dying: nothing is called done
// that is not, the log can be read meanwhile, and it goes on when the disk is well again.
#include "engine/writer.hpp"
#include "events/sqlite_log.hpp"
#include "projections/verification.hpp"
#include "tests/embedded/counts.hpp"
#include "tests/embedded/power_disk.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

std::vector<v1::Command> script() {
    std::vector<v1::Command> commands{add_pool("ocs01.contoso.com")};
    for (int i = 0; i < 12; ++i) {
        commands.push_back(add_user(fmt::format("user{}@contoso.com", i), "ocs01.contoso.com"));
        commands.push_back(check("pool:ocs01.contoso.com", "services-started"));
        commands.back().set_reason(std::string(i % 4 == 0 ? 4000 : 10, 'x'));
    }
    for (std::size_t i = 0; i < commands.size(); ++i)
        commands[i].set_command_id(fmt::format("c{}", i));
    return commands;
}

using Positions = std::vector<std::uint64_t>;  ///< of what was done, in the script's order

class Site {
public:
    std::unique_ptr<Log> log() const {
        SqliteOptions options;
        options.vfs = power_disk();
        options.wal_pages_max = 12;
        return std::make_unique<SqliteLog>(scratch_.path(), "paris", options);
    }

    /// Gives the script to a new writer; stops at the first failure of the log.
    std::optional<Error> run(Positions& done) const {
        Replica replica(log());
        ManualClock clock;
        SeededRandomness randomness(3);
        Writer writer(replica, side_by_side(), clock, randomness);
        if (const auto opened = writer.open(); !opened) return opened.error();
        for (const v1::Command& command : script()) {
            const auto results = writer.execute(std::span(&command, 1));
            if (!results) return results.error();
            CHECK_MESSAGE(results->front().outcome() == "DONE", results->front().message());
            done.push_back(results->front().position());
        }
        if (const auto stopped = replica.log->stop(); !stopped) return stopped.error();
        return {};
    }

    /// What a reader finds; the log must be intact.
    std::uint64_t verified_to() const {
        const auto reader = log();
        const auto verified = verify_log(*reader);
        REQUIRE_MESSAGE(verified, verified.error().message);
        CHECK_MESSAGE(verified->verdict == Integrity::intact, to_text(*verified));
        return verified->intact_to.value;
    }

private:
    ScratchDirectory scratch_;
};

/// False where the run was over before anything failed.
bool run_with(const DiskPlan& plan, std::string_view words) {
    const Site site;
    begin_disk(plan, plan.failing_write * 1000 + plan.failing_sync);
    Positions done;
    const auto failed = site.run(done);
    if (!disk_has_failed()) return false;
    CAPTURE(plan.failing_write);
    CAPTURE(plan.failing_sync);
    CAPTURE(plan.failing_for_good);
    REQUIRE(failed);
    CHECK(failed->code == Errc::io);
    CHECK_MESSAGE(failed->message.find(words) != std::string::npos, failed->message);
    // The disk still fails whoever writes; who reads finds what was answered.
    CHECK(site.verified_to() >= (done.empty() ? 0 : done.back()));
    plan_disk({});
    Positions again;
    const auto healed = site.run(again);
    REQUIRE_MESSAGE(!healed, healed->message);
    REQUIRE(again.size() == script().size());
    CHECK(std::equal(done.begin(), done.end(), again.begin()));
    CHECK(site.verified_to() == again.back());
    return true;
}

}  // namespace

TEST_CASE("disk failure: at every write, half-way, and at every sync nothing is called done") {
    REQUIRE(power_disk() == "ferry-power");
    std::uint64_t writes = 0;
    std::uint64_t syncs = 0;
    for (const bool for_good : {false, true}) {
        DiskPlan plan;
        plan.failing_for_good = for_good;
        for (plan.failing_write = 1; run_with(plan, "The disk is full"); ++plan.failing_write)
            ++writes;
        plan.failing_write = 0;
        for (plan.failing_sync = 1; run_with(plan, "Check the disk"); ++plan.failing_sync) ++syncs;
    }
    CHECK(writes > 100);
    CHECK(syncs > 50);
    figures(
        fmt::format("{} writes that ended half-way on a full disk, {} syncs that failed and left "
                    "clean pages; 0 false answers, read and verified meanwhile, all gone on",
                    writes, syncs));
}

}  // namespace ferry::test
