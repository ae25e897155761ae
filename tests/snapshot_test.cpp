#include "projections/snapshot.hpp"

#include "events/fence.hpp"
#include "events/sqlite_log.hpp"
#include "projections/derived_file.hpp"
#include "projections/digest.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {
namespace {

std::unique_ptr<Log> log_in(const ScratchDirectory& directory) {
    return std::make_unique<SqliteLog>(directory.path(), "paris");
}

std::string file_in(const ScratchDirectory& directory, std::string_view suffix) {
    return site_file(directory.path(), "paris", suffix).string();
}

/// An estate with a snapshot of its state on file, and commits after it.
struct Stored {
    ScratchDirectory directory;
    Position at;
    Hash digest{};

    explicit Stored(int events_after = 5) {
        Estate estate(log_in(directory));
        estate.with_pool("ocs01.contoso.com", 10);
        estate.done(observe_client("user:user1@contoso.com", "lync-2013"));
        REQUIRE(store_snapshot(estate.replica));
        at = estate.position();
        for (int i = 0; i < events_after; ++i) estate.done(mark("label " + std::to_string(i)));
        digest = fleet_digest(estate.replica.fleet);
        REQUIRE(estate.replica.log->stop());
    }

    std::string path(std::string_view suffix) const { return file_in(directory, suffix); }
    /// Opens it again; whatever became of the snapshot, the state is right.
    SnapshotLoad opened(bool keeps_index = true) const {
        Replica replica(log_in(directory));
        replica.keeps_index = keeps_index;
        const auto load = open_replica(replica);
        REQUIRE_MESSAGE(load, load.error().message);
        CHECK(fleet_digest(replica.fleet) == digest);
        if (keeps_index) CHECK(find_command(replica, "c1").value().has_value());
        return *load;
    }
    /// Writes `with` over the bytes at `offset` of a file.
    void overwrite(std::string_view suffix, std::int64_t offset, std::string_view with) const {
        std::fstream file(path(suffix), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(offset, offset < 0 ? std::ios::end : std::ios::beg);
        file.write(with.data(), static_cast<std::streamsize>(with.size()));
        REQUIRE(file.good());
    }
};

void check_refused(const Stored& stored, std::string_view why) {
    const SnapshotLoad load = stored.opened();
    CHECK_FALSE(load.loaded());
    CHECK_MESSAGE(load.refusal.find(why) != std::string::npos, load.refusal);
}

}  // namespace

TEST_CASE("opening from a snapshot gives the state and the answers of the whole log") {
    const Stored stored;
    const SnapshotLoad load = stored.opened();
    CHECK(load.position == stored.at);
    CHECK(load.refusal.empty());
}

TEST_CASE("from position 1, from any snapshot and live there is one state") {
    for (const std::uint64_t seed : seeds(12)) {
        INFO("seed " << seed);
        const ScratchDirectory directory;
        Estate estate(log_in(directory), seed);
        RandomHistory history(seed);
        bool stored = false;
        for (int round = 0; round < 4; ++round) {
            history.play(estate, 60);
            const Hash live = fleet_digest(estate.replica.fleet);
            for (const bool from_snapshot : {true, false}) {
                Replica reader(log_in(directory));
                if (from_snapshot) REQUIRE(open_replica(reader)->loaded() == stored);
                REQUIRE(reader.catch_up());
                CHECK(fleet_digest(reader.fleet) == live);
                CHECK(reader.index.size() == estate.replica.index.size());
                for (const auto& [pool, counts] : estate.replica.fleet.counts)
                    CHECK(reader.fleet.members({pool}).users[1] == counts.users[1]);
            }
            stored = estate.replica.acceptance.started();
            REQUIRE(store_snapshot(estate.replica));
        }
    }
}

TEST_CASE("a writer goes on from a snapshot as if it had folded everything") {
    const Stored stored;
    Replica replica(log_in(stored.directory));
    REQUIRE(open_replica(replica)->loaded());
    ManualClock clock;
    SeededRandomness randomness(7);
    Writer writer(replica, side_by_side(), clock, randomness);
    REQUIRE(writer.open());
    v1::Command again = add_pool("ocs01.contoso.com");
    again.set_command_id("c1");
    v1::Command fresh = withdraw("user:user2@contoso.com");
    fresh.set_command_id("fresh");
    const auto results = writer.execute(std::vector{again, fresh});
    REQUIRE(results);
    CHECK(results->front().outcome() == "DONE");
    CHECK(results->front().position() == 3);
    CHECK(results->back().outcome() == "DONE");
}

TEST_CASE("the bytes of a snapshot keep fence, seal, reservation and counted voids") {
    Replica replica(std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), "paris"));
    Chain chain;
    const auto first = chain.first();
    for (const auto& record : {first, chain.plain(), first}) REQUIRE(replica.take({{}, record}));
    replica.acceptance.fence = Fence{replica.acceptance.log_id, {2}, id_of<WriterId>(9)};
    replica.acceptance.sealed_for = id_of<WriterId>(8);
    replica.acceptance.reserved_for = id_of<WriterId>(7);
    replica.next = {17};
    const auto read = read_snapshot(snapshot_bytes(replica));
    REQUIRE_MESSAGE(read, read.error().message);
    CHECK(read->acceptance.fence->term == Term{2});
    CHECK(read->acceptance.fence->writer == id_of<WriterId>(9));
    CHECK(read->acceptance.sealed_for == id_of<WriterId>(8));
    CHECK(read->acceptance.reserved_for == id_of<WriterId>(7));
    CHECK(read->acceptance.head == replica.acceptance.head);
    CHECK(read->acceptance.term == replica.acceptance.term);
    CHECK(read->acceptance.recorded == replica.acceptance.recorded);
    CHECK(read->next == Offset{17});
    CHECK(read->voids == replica.voids);
    CHECK(read->voids.size() == 1);
}

TEST_CASE("a reader that resumes from a snapshot still honours the fence") {
    Chain chain;
    Replica replica(std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), "paris"));
    REQUIRE(replica.take({{}, chain.first()}));
    REQUIRE(replica.take({{}, stored_fence({replica.acceptance.log_id, {2}, id_of<WriterId>(9)})}));
    auto resumed = read_snapshot(snapshot_bytes(replica));
    REQUIRE(resumed);
    const Judged judged = accept(resumed->acceptance, chain.plain());
    CHECK(judged.judgement == Judgement::is_void);
    CHECK(judged.reason == VoidReason::fenced);
}

TEST_CASE("an origin's snapshot beside its copy is refused, though the commits are the same") {
    const Stored stored;
    auto records = all_records(*log_in(stored.directory));
    const LogId log_id = read_commit(records.front()).view.header.log_id;
    records.insert(records.begin(), stored_reservation({log_id, id_of<WriterId>(7)}));
    const ScratchDirectory beside;
    const auto log = log_in(beside);
    REQUIRE(log->lead());
    for (const auto& record : records) REQUIRE(log->append(record));
    REQUIRE(log->stop());
    std::filesystem::copy_file(stored.path("snapshot"), file_in(beside, "snapshot"));
    std::filesystem::copy_file(stored.path("ids"), file_in(beside, "ids"));
    Replica copy(log_in(beside));
    const auto load = open_replica(copy);
    REQUIRE(load);
    CHECK_FALSE(load->loaded());
    CHECK(load->refusal.find("another copy") != std::string::npos);
    CHECK(copy.acceptance.reserved_for == id_of<WriterId>(7));
    // Its own is taken, and still says that it is a copy.
    REQUIRE(store_snapshot(copy));
    Replica again(log_in(beside));
    CHECK(open_replica(again)->loaded());
    CHECK(again.acceptance.reserved_for == id_of<WriterId>(7));
}

TEST_CASE("without a snapshot the log is folded from position 1, and nothing is complained about") {
    const Stored stored;
    std::filesystem::remove(stored.path("snapshot"));
    const SnapshotLoad load = stored.opened();
    CHECK_FALSE(load.loaded());
    CHECK(load.refusal.empty());
}

TEST_CASE("a snapshot damaged anywhere is refused") {
    const Stored whole;
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(whole.path("snapshot")));
    for (const std::int64_t at : {std::int64_t{130}, size / 2, size - 1}) {
        const Stored stored;
        stored.overwrite("snapshot", at, "\xff\xfe");
        std::filesystem::resize_file(stored.path("snapshot"), static_cast<std::uintmax_t>(size));
        check_refused(stored, "its hash is not that of its bytes");
    }
}

TEST_CASE("a snapshot cut short is refused") {
    for (const std::uintmax_t size : {0U, 100U, 130U}) {
        const Stored stored;
        std::filesystem::resize_file(stored.path("snapshot"), size);
        check_refused(stored, size < snapshot_header_bytes ? "too short" : "cut short");
    }
}

TEST_CASE("a snapshot of another version of anything is refused") {
    const std::pair<std::int64_t, std::string_view> fields[] = {
        {0, "it does not begin as one"},   {8, "the layout of another version"},
        {12, "folded by another version"}, {16, "another kind of machine"},
        {20, "another kind of machine"},   {24, "other transition tables"}};
    for (const auto& [at, why] : fields) {
        const Stored stored;
        stored.overwrite("snapshot", at, "\x7f");
        check_refused(stored, why);
    }
}

TEST_CASE("a snapshot that the log disagrees with is refused") {
    const Stored stored;
    const Stored other;
    SUBCASE("another log's") {
        std::filesystem::copy_file(other.path("snapshot"), stored.path("snapshot"),
                                   std::filesystem::copy_options::overwrite_existing);
        stored.overwrite("snapshot", 80, "another head");
        check_refused(stored, "another commit where it ends");
    }
    SUBCASE("one that is ahead of the log") {
        stored.overwrite("snapshot", 74, "\x01");
        check_refused(stored, "the log ends before it");
    }
}

TEST_CASE("an index that was not made with the snapshot sends the writer back to position 1") {
    const Stored stored;
    SUBCASE("missing") {
        std::filesystem::remove(stored.path("ids"));
        check_refused(stored, "its index of command ids is missing");
    }
    SUBCASE("of another position") {
        stored.overwrite("ids", 72, "\x01");
        check_refused(stored, "not made with the snapshot");
    }
    SUBCASE("damaged") {
        stored.overwrite("ids", 140, "\xff\xff\xff");
        check_refused(stored, "its hash is not that of its bytes");
    }
    CHECK(stored.opened(false).loaded());
}

TEST_CASE("a snapshot is due so many events after the one on file") {
    const Stored stored;
    Replica replica(log_in(stored.directory));
    REQUIRE(open_replica(replica));
    const auto due_at = [&](std::uint64_t position) {
        replica.acceptance.position = {position};
        return snapshot_is_due(replica);
    };
    const std::uint64_t next = stored.at.value + snapshot_every_events;
    CHECK_FALSE(due_at(next - 1));
    CHECK(due_at(next));
    SUBCASE("none is on file") { std::filesystem::remove(stored.path("snapshot")); }
    SUBCASE("the one on file is of no use") { stored.overwrite("snapshot", 8, "\x7f"); }
    SUBCASE("the one on file is another log's") { stored.overwrite("snapshot", 56, "another"); }
    CHECK(due_at(next - 1));
    CHECK_FALSE(due_at(snapshot_every_events - 1));
}

TEST_CASE("nothing is stored of a log that this build may not write to") {
    const ScratchDirectory directory;
    Estate estate(log_in(directory));
    estate.with_pool("ocs01.contoso.com", 1);
    SUBCASE("unknown events") { estate.replica.fleet.unknown = Unknown{{2}, "a test"}; }
    SUBCASE("damage") { estate.replica.damage = Damage{{2}, {3}, "a test"}; }
    SUBCASE("state ahead of the log") { estate.replica.fleet.position = {99}; }
    REQUIRE(store_snapshot(estate.replica));
    CHECK_FALSE(std::filesystem::exists(file_in(directory, "snapshot")));
}

TEST_CASE("a snapshot that cannot be written says where and leaves the one before") {
    const Stored stored;
    std::filesystem::create_directory(stored.path("snapshot.new"));
    Replica replica(log_in(stored.directory));
    REQUIRE(open_replica(replica));
    const auto put = store_snapshot(replica);
    REQUIRE_FALSE(put);
    CHECK(put.error().code == Errc::io);
    CHECK(put.error().message.find("snapshot.new") != std::string::npos);
    std::filesystem::remove(stored.path("snapshot.new"));
    CHECK(stored.opened(false).position == stored.at);
}

}  // namespace ferry::test
