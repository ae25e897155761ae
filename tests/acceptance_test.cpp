#include "events/acceptance.hpp"

#include "events/hash.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>
#include <map>

namespace ferry::test {

namespace {

using Stored = std::vector<Byte>;
using Change = std::function<void(CommitHeader&)>;

/// A log of one site at position 3 in term 1, and what can come to it next.
struct Scene {
    Chain chain;
    AcceptanceState state;

    Scene() {
        chain.first();
        chain.plain();
        state = chain.state();
    }
    /// The commit that would follow, changed by `change`; its hash is right.
    Stored changed(const Change& change) const {
        CommitHeader header = chain.next();
        change(header);
        return commit_of(header);
    }
    Stored fence(std::uint64_t term, unsigned writer = 2, unsigned log = 1) const {
        return stored_fence({id_of<LogId>(log), {term}, id_of<WriterId>(writer)});
    }
    Stored takeover(std::uint64_t term, unsigned writer) const {
        return changed([&](CommitHeader& header) {
            header.kind = CommitKind::takeover;
            header.term = {term};
            header.writer = id_of<WriterId>(writer);
        });
    }
    Judged judge(const Stored& record) { return accept(state, record); }
};

void check_void(AcceptanceState& state, const Stored& record, VoidReason reason) {
    const AcceptanceState before = state;
    const Judged judged = accept(state, record);
    CAPTURE(name_of(reason));
    CAPTURE(name_of(judged.reason));
    CHECK(judged.judgement == Judgement::is_void);
    CHECK(judged.reason == reason);
    CHECK(state.position == before.position);
    CHECK(state.head == before.head);
    CHECK(state.term == before.term);
    CHECK(state.fence.has_value() == before.fence.has_value());
}

void check_void(const Change& change, VoidReason reason) {
    Scene scene;
    const Stored record = scene.changed(change);
    check_void(scene.state, record, reason);
}

}  // namespace

TEST_CASE("a chain of right commits counts to its end") {
    Chain chain;
    AcceptanceState state;
    std::vector<Stored> commits{chain.first(), chain.plain(3), chain.takeover({4}, 2),
                                chain.plain(), chain.seal(3),  chain.takeover({5}, 3)};
    for (const Stored& commit : commits)
        CHECK(accept(state, commit).judgement == Judgement::commit_counts);
    CHECK(state.position == Position{9});
    CHECK(state.term == Term{5});
    CHECK(state.writer == id_of<WriterId>(3));
    CHECK(state.head == read_commit(commits.back()).view.hash);
    CHECK_FALSE(state.sealed_for.has_value());
}

TEST_CASE("bytes that are neither commit nor fence are void") {
    Scene scene;
    check_void(scene.state, {}, VoidReason::not_a_record);
    check_void(scene.state, Stored(500, Byte{0}), VoidReason::not_a_record);
}

TEST_CASE("a damaged commit or fence is void before anything in it is believed") {
    Scene scene;
    Stored commit = scene.chain.plain();
    commit.back() ^= Byte{1};
    check_void(scene.state, commit, VoidReason::wrong_hash);
    Stored fence = scene.fence(2);
    fence[30] ^= Byte{1};
    check_void(scene.state, fence, VoidReason::wrong_hash);
}

TEST_CASE("before the first commit nothing else counts") {
    AcceptanceState empty;
    Scene scene;
    check_void(empty, scene.chain.plain(), VoidReason::before_first);
    check_void(empty, scene.fence(2), VoidReason::before_first);
    CHECK_FALSE(empty.started());
}

TEST_CASE("a first commit counts once, and only as design.md spells it") {
    Scene scene;
    check_void(scene.state, Chain().first(), VoidReason::second_first);
    check_void(scene.state, Chain(2).first(), VoidReason::second_first);
    const Change breaks[] = {
        [](CommitHeader& header) { header.first = {2}; },
        [](CommitHeader& header) { header.term = {2}; },
        [](CommitHeader& header) { header.previous = Hash{}; },
        [](CommitHeader& header) { header.log_id = id_of<LogId>(8); },
    };
    for (const Change& change : breaks) {
        CommitHeader header = Chain().next();
        header.kind = CommitKind::first;
        change(header);
        AcceptanceState empty;
        check_void(empty, commit_of(header), VoidReason::wrong_first);
    }
}

TEST_CASE("a commit of another log, kind, size or count is void") {
    check_void([](CommitHeader& header) { header.log_id = id_of<LogId>(2); },
               VoidReason::other_log);
    for (const unsigned kind : {0U, 5U, 255U})
        check_void([&](CommitHeader& header) { header.kind = static_cast<CommitKind>(kind); },
                   VoidReason::unknown_kind);
}

TEST_CASE("a commit that claims no event, too many, or is too large is void") {
    Scene scene;
    const auto with_count = [&](std::uint32_t count, std::size_t more) {
        // The builder refuses such commits, so the bytes are changed and the hash made right.
        Stored stored = scene.changed([](CommitHeader&) {});
        for (std::size_t i = 0; i < 4; ++i)
            stored[80 + i] = static_cast<Byte>((count >> (8 * i)) & 0xff);
        stored.resize(stored.size() + more);
        const Hash hash = sha256(Bytes(stored).subspan(32));
        std::copy(hash.begin(), hash.end(), stored.begin());
        return stored;
    };
    check_void(scene.state, with_count(0, 0), VoidReason::wrong_count);
    check_void(scene.state, with_count(1001, 0), VoidReason::wrong_count);
    check_void(scene.state, with_count(1, commit_bytes_max), VoidReason::too_large);
    CHECK(scene.judge(with_count(1000, 0)).judgement == Judgement::commit_counts);
}

TEST_CASE("an older term, a higher one that nobody took over, and a rival's commit are void") {
    Scene scene;
    scene.chain.takeover({5}, 2);
    scene.state = scene.chain.state();
    const auto with = [&](std::uint64_t term, unsigned writer, CommitKind kind) {
        return scene.changed([&](CommitHeader& header) {
            header.term = {term};
            header.writer = id_of<WriterId>(writer);
            header.kind = kind;
        });
    };
    check_void(scene.state, with(4, 1, CommitKind::plain), VoidReason::older_term);
    check_void(scene.state, with(4, 3, CommitKind::takeover), VoidReason::older_term);
    check_void(scene.state, with(6, 2, CommitKind::plain), VoidReason::newer_term);
    check_void(scene.state, with(6, 2, CommitKind::seal), VoidReason::newer_term);
    check_void(scene.state, with(5, 3, CommitKind::plain), VoidReason::other_writer);
    check_void(scene.state, with(5, 3, CommitKind::takeover), VoidReason::other_writer);
    CHECK(scene.judge(with(9, 3, CommitKind::takeover)).judgement == Judgement::commit_counts);
}

TEST_CASE("a commit whose hash was made by the caller is judged as any other") {
    const auto judged_alike = [](const Stored& record) {
        Scene any, own;
        const Judged first = accept(any.state, record);
        const Judged second = accept_checked(own.state, record);
        CHECK(first.judgement == second.judgement);
        CHECK(first.reason == second.reason);
        CHECK(first.commit.hash == second.commit.hash);
        CHECK(any.state.position == own.state.position);
        CHECK(any.state.head == own.state.head);
    };
    Scene scene;
    judged_alike(scene.changed([](CommitHeader&) {}));
    judged_alike(scene.changed([](CommitHeader& header) { header.first = header.first.next(); }));
    judged_alike(scene.changed([](CommitHeader& header) { header.previous = {}; }));
    judged_alike(scene.changed([](CommitHeader& header) { header.term = {7}; }));
    judged_alike(scene.changed([](CommitHeader& header) { header.format_version = 2; }));
    judged_alike(scene.takeover(2, 2));
}

TEST_CASE("a duplicate, a gap and a wrong link are void") {
    Scene scene;
    Chain again;
    again.first();
    check_void(scene.state, again.plain(), VoidReason::duplicate);
    check_void([](CommitHeader& header) { header.first = header.first.next(); }, VoidReason::gap);
    check_void([](CommitHeader& header) { header.previous[0] ^= Byte{1}; },
               VoidReason::wrong_previous);
}

TEST_CASE("after a seal only the takeover of its successor counts") {
    Scene scene;
    scene.chain.seal(7);
    scene.state = scene.chain.state();
    check_void(scene.state, scene.changed([](CommitHeader&) {}), VoidReason::sealed);
    check_void(scene.state, scene.takeover(2, 8), VoidReason::sealed);
    check_void(scene.state, scene.takeover(1, 7), VoidReason::sealed);
    CHECK(scene.judge(scene.takeover(2, 7)).judgement == Judgement::commit_counts);
    CHECK_FALSE(scene.state.sealed_for.has_value());
}

TEST_CASE("a fence that counts voids the next commit of the leader before it") {
    Scene scene;
    CHECK(scene.judge(scene.fence(2)).judgement == Judgement::fence_counts);
    check_void(scene.state, scene.changed([](CommitHeader&) {}), VoidReason::fenced);
    check_void(scene.state, scene.takeover(2, 3), VoidReason::fenced);
    CHECK(scene.judge(scene.takeover(2, 2)).judgement == Judgement::commit_counts);
    CHECK_FALSE(scene.state.fence.has_value());
}

TEST_CASE("a fence of a seen or skipped term, or of another log, does not count") {
    Scene scene;
    check_void(scene.state, scene.fence(1), VoidReason::fence_of_seen_term);
    check_void(scene.state, scene.fence(3), VoidReason::fence_skips_terms);
    check_void(scene.state, scene.fence(2, 2, 9), VoidReason::fence_of_other_log);
    CHECK(scene.judge(scene.fence(2)).judgement == Judgement::fence_counts);
    check_void(scene.state, scene.fence(2, 3), VoidReason::fence_of_seen_term);
    CHECK(scene.judge(scene.fence(3, 3)).judgement == Judgement::fence_counts);
    check_void(scene.state, scene.takeover(2, 2), VoidReason::fenced);
    CHECK(scene.judge(scene.takeover(4, 4)).judgement == Judgement::commit_counts);
}

TEST_CASE("of two fences that race one wins, and so does its writer") {
    for (const unsigned winner : {2U, 3U}) {
        Scene scene;
        const unsigned loser = 5 - winner;
        CHECK(scene.judge(scene.fence(2, winner)).judgement == Judgement::fence_counts);
        check_void(scene.state, scene.fence(2, loser), VoidReason::fence_of_seen_term);
        check_void(scene.state, scene.takeover(2, loser), VoidReason::fenced);
        CHECK(scene.judge(scene.takeover(2, winner)).judgement == Judgement::commit_counts);
    }
}

TEST_CASE("a void record does not raise the term that a fence must follow") {
    Scene scene;
    check_void(scene.state, scene.fence(9), VoidReason::fence_skips_terms);
    Stored damaged = scene.takeover(5, 5);
    damaged.back() ^= Byte{1};
    check_void(scene.state, damaged, VoidReason::wrong_hash);
    CHECK(scene.judge(scene.fence(2)).judgement == Judgement::fence_counts);
}

TEST_CASE("an unknown format version is never called void") {
    Scene scene;
    const Stored commit = scene.changed([](CommitHeader& header) { header.format_version = 2; });
    CHECK(scene.judge(commit).judgement == Judgement::unknown_format);
    Stored fence = scene.fence(2);
    fence[4] = Byte{2};
    const Hash hash = sha256(Bytes(fence).first(48));
    std::copy(hash.begin(), hash.end(), fence.begin() + 48);
    CHECK(scene.judge(fence).judgement == Judgement::unknown_format);
    CHECK(scene.state.position == scene.chain.state().position);
}

TEST_CASE("every reason has a name of its own") {
    std::map<std::string_view, int> names;
    for (int i = 0; i <= static_cast<int>(VoidReason::late_reservation); ++i)
        ++names[name_of(static_cast<VoidReason>(i))];
    CHECK(names.size() == static_cast<std::size_t>(VoidReason::late_reservation) + 1);
    CHECK_FALSE(names.contains("unknown"));
    CHECK(name_of(static_cast<VoidReason>(99)) == "unknown");
    CHECK(name_of(CommitKind::seal) == "seal");
    CHECK(name_of(static_cast<CommitKind>(9)) == "unknown");
}

namespace {

/// Right commits among rivals', fences, duplicates and damage, in an order drawn from `random`.
std::vector<Stored> turbulent_log(SeededRandomness& random) {
    Scene scene;
    std::vector<Stored> records{Chain().first()};
    scene.chain = Chain();
    scene.chain.first();
    AcceptanceState judge = scene.chain.state();
    const auto draw = [&](std::uint64_t below) { return random.number() % below; };
    while (records.size() < 200) {
        Stored record;
        switch (draw(6)) {
            case 0:
                record =
                    scene.fence(judge.term.value + draw(4), 1 + static_cast<unsigned>(draw(3)));
                break;
            case 1:
                record =
                    scene.takeover(judge.term.value + draw(3), 1 + static_cast<unsigned>(draw(3)));
                break;
            case 2: record = records[draw(records.size())]; break;
            case 3: {
                record = records[draw(records.size())];
                record[draw(record.size())] ^= Byte{4};
                break;
            }
            default: record = scene.changed([](CommitHeader&) {}); break;
        }
        if (accept(judge, record).judgement == Judgement::commit_counts) scene.chain.accept(record);
        records.push_back(std::move(record));
    }
    return records;
}

std::uint64_t seed() {
    const char* given = std::getenv("FERRY_SEED");
    return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace

TEST_CASE("a reader that resumes from a snapshot gives the same verdicts, fences remembered") {
    const std::uint64_t drawn = seed();
    INFO("replay it with FERRY_SEED=", drawn);
    SeededRandomness random(drawn);
    const std::vector<Stored> records = turbulent_log(random);
    std::vector<Judged> verdicts;
    std::vector<AcceptanceState> snapshots;
    AcceptanceState state;
    for (const Stored& record : records) {
        snapshots.push_back(state);
        verdicts.push_back(accept(state, record));
    }
    for (std::size_t from = 0; from < records.size(); ++from) {
        // Field by field, as a snapshot file restores it.
        const AcceptanceState& s = snapshots[from];
        AcceptanceState resumed{s.log_id,   s.position, s.head,       s.term,        s.writer,
                                s.recorded, s.fence,    s.sealed_for, s.reserved_for};
        for (std::size_t i = from; i < records.size(); ++i) {
            const Judged judged = accept(resumed, records[i]);
            REQUIRE(judged.judgement == verdicts[i].judgement);
            REQUIRE(judged.reason == verdicts[i].reason);
        }
    }
}

}  // namespace ferry::test
