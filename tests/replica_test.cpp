// A writer's own commits, as its replica meets them again in the log.
#include "engine/replica.hpp"

#include "events/memory_log.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

using Stored = std::vector<Byte>;

/// A replica at the end of a first commit, which waits for the one that it handed over.
struct Waiting {
    Replica replica{std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), "paris")};
    Stored own;

    Waiting() {
        Chain chain;
        const Stored first = chain.first();
        take(first);
        own = chain.plain(3);
        replica.expected.push_back({own, true});
    }
    void take(const Stored& record) { REQUIRE(replica.take({Offset{1}, record}).has_value()); }
};

}  // namespace

TEST_CASE("a commit that was handed over counts where it comes back as it was, and is not folded") {
    Waiting waiting;
    const Position folded = waiting.replica.fleet.position;
    bool seen = false;
    waiting.replica.on_commit = [&](const CommitView& commit) {
        seen = commit.header.count == 3 && commit.hash == read_commit(waiting.own).view.hash;
    };
    SUBCASE("read from the log") { waiting.take(waiting.own); }
    SUBCASE("in the very bytes that were kept of it") {
        waiting.take(waiting.replica.expected.front().stored);
    }
    CHECK(seen);
    CHECK(waiting.replica.expected.empty());
    CHECK(waiting.replica.acceptance.position == Position{folded.value + 3});
    CHECK(waiting.replica.fleet.position == folded);
}

TEST_CASE("a commit that was handed over and comes back with any bit changed is void") {
    Waiting waiting;
    const AcceptanceState before = waiting.replica.acceptance;
    for (std::size_t byte = 0; byte < waiting.own.size(); ++byte) {
        Stored changed = waiting.own;
        changed[byte] ^= Byte{1};
        waiting.take(changed);
    }
    waiting.take({waiting.own.begin(), waiting.own.end() - 1});
    CHECK(waiting.replica.acceptance.position == before.position);
    CHECK(waiting.replica.acceptance.head == before.head);
    CHECK(waiting.replica.expected.size() == 1);
    CHECK_FALSE(waiting.replica.overtaken);
    waiting.take(waiting.own);
    CHECK(waiting.replica.expected.empty());
}

}  // namespace ferry::test
