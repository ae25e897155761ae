#include "events/memory_log.hpp"

#include "tests/log_contract.hpp"

namespace ferry::test {

namespace {

struct MemoryFixture {
    std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
    std::unique_ptr<Log> open() const { return std::make_unique<MemoryLog>(store, "paris"); }
};

FERRY_LOG_CONTRACT(MemoryFixture);

using Kind = MemoryFault::Kind;

/// What stands after the records were appended with `fault` on the second.
Records after_fault(MemoryFault fault, const Records& records) {
    MemoryFixture fixture;
    const auto log = fixture.open();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (i == 1) fixture.store->inject(fault);
        REQUIRE(log->append(records[i]) == Appended::handed_over);
    }
    return all_records(*log);
}

}  // namespace

TEST_CASE("a memory log loses, duplicates, delays and tears appends on request") {
    const Records r = sample_records(4);
    std::vector<Byte> torn(r[1].begin(), r[1].begin() + 40);
    CHECK(after_fault({Kind::lose, 0}, r) == Records{r[0], r[2], r[3]});
    CHECK(after_fault({Kind::duplicate, 0}, r) == Records{r[0], r[1], r[1], r[2], r[3]});
    CHECK(after_fault({Kind::delay, 1}, r) == Records{r[0], r[2], r[1], r[3]});
    CHECK(after_fault({Kind::delay, 2}, r) == Records{r[0], r[2], r[3], r[1]});
    CHECK(after_fault({Kind::delay, 9}, r) == Records{r[0], r[2], r[3]});
    CHECK(after_fault({Kind::tear, 40}, r) == Records{r[0], torn, r[2], r[3]});
}

TEST_CASE("a memory log that fails an append refuses what comes after it through that handle") {
    const Records r = sample_records(3);
    for (const Kind kind : {Kind::fail, Kind::fail_unknown}) {
        MemoryFixture fixture;
        const auto log = fixture.open();
        REQUIRE(log->append(r[0]).has_value());
        fixture.store->inject({kind, 0});
        const auto failed = log->append(r[1]);
        REQUIRE_FALSE(failed.has_value());
        CHECK(failed.error().code == Errc::io);
        CHECK_FALSE(log->append(r[1]).has_value());
        const bool stands = kind == Kind::fail_unknown;
        CHECK(all_records(*fixture.open()).size() == (stands ? 2 : 1));
        CHECK(fixture.open()->append(r[2]).has_value());
    }
}

TEST_CASE("a memory log forgets its end on request") {
    MemoryFixture fixture;
    const Records r = sample_records(4);
    append_all(*fixture.open(), r);
    fixture.store->truncate(2);
    CHECK(all_records(*fixture.open()) == Records{r[0], r[1]});
    CHECK(fixture.store->size() == 2);
}

TEST_CASE("a memory log finds the commit that counts among void ones") {
    MemoryFixture fixture;
    Chain chain;
    const auto log = fixture.open();
    REQUIRE(log->append(chain.first()).has_value());
    CommitHeader rival = chain.next();
    rival.writer = id_of<WriterId>(9);
    REQUIRE(log->append(commit_of(rival)).has_value());
    const auto counts = chain.plain();
    REQUIRE(log->append(counts).has_value());
    const auto found = log->find({3});
    REQUIRE(found.has_value());
    CHECK(*found == counts);
    CHECK_FALSE(log->void_is_damage());
    CHECK(log->derived_path("snapshot").empty());
}

TEST_CASE("two writers race on a memory log and its order decides") {
    MemoryFixture fixture;
    Chain chain;
    REQUIRE(fixture.open()->append(chain.first()).has_value());
    const auto race = [&](unsigned writer) {
        CommitHeader header = chain.next();
        header.kind = CommitKind::takeover;
        header.term = {2};
        header.writer = id_of<WriterId>(writer);
        REQUIRE(fixture.open()->append(commit_of(header)).has_value());
    };
    std::thread one([&] { race(2); });
    std::thread other([&] { race(3); });
    one.join();
    other.join();
    AcceptanceState state;
    int counted = 0;
    for (const auto& record : all_records(*fixture.open()))
        counted += accept(state, record).judgement == Judgement::commit_counts;
    CHECK(fixture.store->size() == 3);
    CHECK(counted == 2);
    CHECK(state.term == Term{2});
}

TEST_CASE("an unknown format stops the search in a memory log") {
    MemoryFixture fixture;
    CommitHeader header = Chain().next();
    header.format_version = 2;
    REQUIRE(fixture.open()->append(commit_of(header)).has_value());
    const auto found = fixture.open()->find({1});
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == Errc::configuration);
}

}  // namespace ferry::test
