#include "events/commit.hpp"

#include "events/acceptance.hpp"
#include "events/hash.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

using Stored = std::vector<Byte>;

v1::StoredEvent event_of_size(std::size_t bytes) {
    v1::StoredEvent event;
    std::size_t length = bytes;
    do {
        event.set_reason(std::string(length, 'r'));
    } while (CommitBuilder::stored_size(event) > bytes && length-- > 0);
    return event;
}

void restore_hash(Stored& stored) {
    const Hash hash = sha256(Bytes(stored).subspan(32));
    std::copy(hash.begin(), hash.end(), stored.begin());
}

/// The readable flags of the events that a visitor sees.
std::vector<bool> visited(const Stored& stored) {
    std::vector<bool> readable;
    const CommitReading reading = read_commit(stored);
    REQUIRE(reading.shape == CommitShape::whole);
    for_each_event(reading.view, [&](const PlacedEvent& placed, const v1::StoredEvent&) {
        CHECK(placed.position.value == reading.view.header.first.value + readable.size());
        readable.push_back(placed.readable);
    });
    return readable;
}

}  // namespace

TEST_CASE("every field of a commit's header is read as it was written") {
    CommitHeader header;
    header.kind = CommitKind::seal;
    header.log_id = id_of<LogId>(1);
    header.commit_id = id_of<CommitId>(2);
    header.first = {0x0102030405060708};
    header.term = {0x1112131415161718};
    header.writer = id_of<WriterId>(3);
    header.next_writer = id_of<WriterId>(4);
    header.previous.fill(Byte{5});
    header.read_back = {0x2122232425262728};
    header.recorded = Time(std::chrono::microseconds(-1));
    header.machine_digest.fill(Byte{6});
    header.pack = {0x3132333435363738};
    const Stored stored = commit_of(header, 3);
    const CommitReading reading = read_commit(stored);
    REQUIRE(reading.shape == CommitShape::whole);
    const CommitHeader& read = reading.view.header;
    CHECK(read.kind == header.kind);
    CHECK(read.log_id == header.log_id);
    CHECK(read.commit_id == header.commit_id);
    CHECK(read.first == header.first);
    CHECK(read.count == 3);
    CHECK(read.term == header.term);
    CHECK(read.writer == header.writer);
    CHECK(read.next_writer == header.next_writer);
    CHECK(read.previous == header.previous);
    CHECK(read.read_back == header.read_back);
    CHECK(read.recorded == header.recorded);
    CHECK(read.machine_digest == header.machine_digest);
    CHECK(read.pack == header.pack);
    CHECK(claimed_header(stored)->first == header.first);
}

TEST_CASE("every bit of a commit flipped makes it void") {
    Chain chain;
    const Stored first = chain.first();
    const Stored whole = chain.plain();
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Stored damaged = whole;
        damaged[bit / 8] ^= static_cast<Byte>(1U << (bit % 8));
        AcceptanceState state;
        REQUIRE(accept(state, first).judgement == Judgement::commit_counts);
        REQUIRE(accept(state, damaged).judgement == Judgement::is_void);
        REQUIRE(accept(state, whole).judgement == Judgement::commit_counts);
    }
}

TEST_CASE("every bit of a fence flipped makes it void") {
    Chain chain;
    chain.first();
    const Stored whole = stored_fence({id_of<LogId>(1), {2}, id_of<WriterId>(2)});
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Stored damaged = whole;
        damaged[bit / 8] ^= static_cast<Byte>(1U << (bit % 8));
        AcceptanceState state = chain.state();
        REQUIRE(accept(state, damaged).judgement == Judgement::is_void);
    }
}

TEST_CASE("a commit or fence cut short or grown anywhere is void") {
    Chain chain;
    chain.first();
    const AcceptanceState before = chain.state();
    const Stored commit = chain.plain();
    const Stored fence = stored_fence({id_of<LogId>(1), {2}, id_of<WriterId>(2)});
    for (const Stored& whole : {commit, fence}) {
        for (std::size_t size = 0; size <= whole.size() + 8; ++size) {
            if (size == whole.size()) continue;
            Stored cut = whole;
            cut.resize(size);
            AcceptanceState state = before;
            REQUIRE(accept(state, cut).judgement == Judgement::is_void);
        }
    }
}

TEST_CASE("a commit shorter than its header is none, whatever its hash says") {
    Stored stored = commit_of(Chain().next());
    stored.resize(commit_header_bytes - 1);
    restore_hash(stored);
    CHECK(read_commit(stored).shape == CommitShape::not_a_commit);
    CHECK_FALSE(claimed_header(stored).has_value());
}

TEST_CASE("a commit takes a thousand events and not one more") {
    CommitBuilder builder;
    const v1::StoredEvent event = event_with_reason("r");
    for (std::size_t i = 0; i < commit_events_max; ++i) REQUIRE(builder.add(event));
    CHECK_FALSE(builder.add(event));
    CHECK(builder.count() == 1000);
    const Stored stored = builder.finish(Chain().next());
    CHECK(stored.size() == builder.bytes());
    CHECK(visited(stored) == std::vector<bool>(1000, true));
    builder.clear();
    CHECK(builder.empty());
    CHECK(builder.bytes() == commit_header_bytes);
}

TEST_CASE("a commit takes 900,000 bytes and not one more") {
    CommitBuilder builder;
    REQUIRE(builder.add(event_of_size(450'000)));
    const std::size_t left = commit_bytes_max - builder.bytes();
    CHECK_FALSE(builder.add(event_of_size(left + 1)));
    CHECK(builder.count() == 1);
    REQUIRE(CommitBuilder::stored_size(event_of_size(left)) == left);
    REQUIRE(builder.add(event_of_size(left)));
    CHECK_FALSE(builder.add(v1::StoredEvent()));
    CHECK(builder.finish(Chain().next()).size() == 900'000);
}

TEST_CASE("events that are missing or that protobuf cannot read are visited as unreadable") {
    const Stored whole = commit_of(Chain().next(), 3);
    CHECK(visited(whole) == std::vector<bool>{true, true, true});
    SUBCASE("missing") {
        Stored cut = whole;
        cut.resize(whole.size() - 1);
        restore_hash(cut);
        CHECK(visited(cut) == std::vector<bool>{true, true, false});
    }
    SUBCASE("not protobuf") {
        Stored broken = whole;
        broken[commit_header_bytes + 1] = Byte{0xff};
        restore_hash(broken);
        CHECK(visited(broken) == std::vector<bool>{false, true, true});
    }
    SUBCASE("a length beyond the end") {
        Stored broken = whole;
        broken[commit_header_bytes] = Byte{0x7f};
        restore_hash(broken);
        CHECK(visited(broken) == std::vector<bool>{false, false, false});
    }
    SUBCASE("more than the count says") {
        Stored fewer = whole;
        fewer[80] = Byte{2};
        restore_hash(fewer);
        CHECK(visited(fewer) == std::vector<bool>{true, true});
    }
}

}  // namespace ferry::test
