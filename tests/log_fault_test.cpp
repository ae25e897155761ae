#include "events/sqlite_log.hpp"

#include "tests/faulty_vfs.hpp"
#include "tests/log_contract.hpp"

namespace ferry::test {

namespace {

/// What a writer was told before the disk failed it.
struct Told {
    std::size_t acknowledged = 0;
    std::optional<Error> error;
};

Told append_until_failure(const std::string& directory, const Records& records) {
    SqliteOptions options;
    options.vfs = faulty_vfs();
    options.wal_pages_max = 12;
    SqliteLog log(directory, "paris", options);
    Told told;
    if (const auto led = log.lead(); !led) {
        told.error = led.error();
        return told;
    }
    for (const auto& record : records) {
        const auto appended = log.append(record);
        if (!appended) {
            told.error = appended.error();
            // The disk is well again, but nothing may be tried again on this handle.
            heal_disk();
            const auto again = log.append(record);
            REQUIRE_FALSE(again.has_value());
            CHECK(again.error().message == told.error->message);
            CHECK_FALSE(log.read({0}, [](const Record&) { return true; }).has_value());
            CHECK_FALSE(log.lead().has_value());
            CHECK(log.stop().has_value());
            return told;
        }
        ++told.acknowledged;
    }
    if (const auto stopped = log.stop(); !stopped) told.error = stopped.error();
    return told;
}

/// Fails the `n`-th call; false where the run was over before.
bool run_with_failure(DiskCall call, int n, bool for_good, const Records& records) {
    const ScratchDirectory scratch;
    fail_call(call, n, for_good);
    const Told told = append_until_failure(scratch.path(), records);
    const bool failed = heal_disk() || told.error.has_value();
    if (!failed) return false;
    CAPTURE(n);
    REQUIRE(told.error.has_value());
    CAPTURE(told.error->message);
    CHECK(told.error->code == Errc::io);
    SqliteLog reopened(scratch.path(), "paris");
    const Records stored = all_records(reopened);
    REQUIRE(stored.size() >= told.acknowledged);
    REQUIRE(stored.size() <= std::min(records.size(), told.acknowledged + 1));
    CHECK(std::equal(stored.begin(), stored.end(), records.begin()));
    append_all(reopened,
               {records.begin() + static_cast<std::ptrdiff_t>(stored.size()), records.end()});
    CHECK(all_records(reopened) == records);
    return true;
}

}  // namespace

TEST_CASE("a failed write or sync is answered as one, and a restart finds what was acknowledged") {
    REQUIRE(faulty_vfs() == "ferry-faulty");
    const Records records = sample_records(12);
    for (const DiskCall call : {DiskCall::write, DiskCall::sync}) {
        for (const bool for_good : {false, true}) {
            int n = 1;
            while (run_with_failure(call, n, for_good, records)) ++n;
            CHECK(n > 12);
        }
    }
}

TEST_CASE("a log is not led where what an unclean stop left cannot be written or checkpointed") {
    const Records records = sample_records(3);
    // First the frames are written again and synced, then the checkpoint syncs and writes pages.
    const std::pair<DiskCall, int> calls[] = {{DiskCall::write, 1},
                                              {DiskCall::sync, 1},
                                              {DiskCall::sync, 2},
                                              {DiskCall::sync, 3},
                                              {DiskCall::truncate, 1}};
    for (const auto& [call, n] : calls) {
        CAPTURE(n);
        const ScratchDirectory scratch;
        {
            SqliteLog log(scratch.path(), "paris");
            REQUIRE(log.lead().has_value());
            for (const auto& record : records) REQUIRE(log.append(record).has_value());
        }
        SqliteOptions options;
        options.vfs = faulty_vfs();
        SqliteLog log(scratch.path(), "paris", options);
        fail_call(call, n, true);
        const auto led = log.lead();
        CHECK(heal_disk());
        REQUIRE_FALSE(led.has_value());
        CHECK(led.error().code == Errc::io);
        CHECK(led.error().message.find("unclean stop") != std::string::npos);
        SqliteLog again(scratch.path(), "paris");
        REQUIRE(again.lead().has_value());
        CHECK(all_records(again) == records);
    }
}

}  // namespace ferry::test
