// Copies between all kinds of logs: byte for byte, resumable, and nothing but copies.
#include "events/log_copy.hpp"

#include "tests/copy_ways.hpp"
#include "tests/hooked_log.hpp"

#include <algorithm>

namespace ferry::test {

namespace {

constexpr std::size_t commits_told = 12;

/// A log's commits: with a second reign, and an event that no build knows.
Records told_history(unsigned log = 1) {
    Chain chain(log);
    Records commits{chain.first()};
    for (std::uint32_t i = 1; i < 6; ++i) commits.push_back(chain.plain(i));
    commits.push_back(chain.takeover({2}, 2));
    commits.push_back(chain.plain({event_from_the_future()}));
    while (commits.size() < commits_told) commits.push_back(chain.plain());
    return commits;
}

void tell(const SqliteHome& home, const Records& commits) { append_all(*home.log(), commits); }

/// Where writers race, what they leave behind stands between the commits.
void tell(const MemoryHome& home, const Records& commits) {
    const LogId log_id = read_commit(commits.front()).view.header.log_id;
    for (const auto& commit : commits) {
        const CommitHeader header = read_commit(commit).view.header;
        home.store->append(Bytes(commit).first(100));
        if (header.kind == CommitKind::takeover)
            home.store->append(stored_fence({log_id, header.term, header.writer}));
        home.store->append(commit);
        home.store->append(commit);
    }
}

struct Copied {
    Result<void> result;
    std::uint64_t commits = 0;
    Position held;
};

/// Copies as a process of its own would.
Copied copy(Log& origin, Log& destination, std::uint64_t seed = 1, CopyOptions options = {}) {
    SeededRandomness randomness(seed);
    LogCopy copy(origin, destination, randomness, std::move(options));
    Result<void> result = destination.lead();
    if (result) result = copy.survey();
    if (result) result = copy.run();
    if (result) result = destination.stop();
    return {result, copy.commits_copied(), copy.held()};
}

template <class From, class To>
Copied copy_homes(const From& from, const To& to, std::uint64_t seed = 1) {
    return copy(*from.log(), *to.log(), seed);
}

/// A copy holds a reservation, then these commits, and nothing else.
template <class Home>
void check_copy(const Home& home, const Records& commits) {
    const Records records = all_records(*home.log());
    REQUIRE(records.size() == commits.size() + 1);
    CHECK(read_reservation(records.front()).shape == ReservationShape::whole);
    CHECK(std::equal(records.begin() + 1, records.end(), commits.begin()));
    CHECK(state_of(*home.log()).reserved_for.has_value());
}

/// Refused with these words, and the destination is as it was.
template <class From, class To>
void check_left_alone(const From& from, const To& to, Errc code, std::string_view part) {
    const Records before = all_records(*to.log());
    check_refused(copy_homes(from, to).result, code, part);
    CHECK(all_records(*to.log()) == before);
}

}  // namespace

TEST_CASE_TEMPLATE("a copy holds the commits that count, byte for byte, and nothing that is void",
                   Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    tell(origin, told_history());
    const Copied copied = copy_homes(origin, destination);
    require_done(copied.result);
    CHECK(copied.commits == commits_told);
    check_copy(destination, told_history());
}

TEST_CASE_TEMPLATE("a copy that is made again takes only what is new", Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    const Records commits = told_history();
    tell(origin, {commits.begin(), commits.begin() + 5});
    require_done(copy_homes(origin, destination).result);
    tell(origin, {commits.begin() + 5, commits.end()});
    const Copied again = copy_homes(origin, destination, 2);
    require_done(again.result);
    CHECK(again.commits == commits_told - 5);
    CHECK(again.held == read_commit(commits[4]).view.header.last());
    CHECK(copy_homes(origin, destination, 3).commits == 0);
    check_copy(destination, commits);
}

TEST_CASE_TEMPLATE("what the origin gets while it is being copied comes with the next call", Ways,
                   FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    const Records commits = told_history();
    tell(origin, {commits.begin(), commits.begin() + 8});
    bool told = false;
    const auto from = origin.log();
    const auto to = destination.log();
    SeededRandomness randomness(1);
    LogCopy copying(*from, *to, randomness, {false, [&](Position) {
                                                 if (std::exchange(told, true)) return;
                                                 tell(origin, {commits.begin() + 8, commits.end()});
                                             }});
    require_done(to->lead());
    require_done(copying.survey());
    require_done(copying.run());
    require_done(copying.run());
    require_done(to->stop());
    CHECK(copying.commits_copied() == commits_told);
    check_copy(destination, commits);
}

TEST_CASE_TEMPLATE("a copy that was killed before any append goes on and comes out the same", Ways,
                   FERRY_ALL_WAYS) {
    struct Killed {};
    const Records commits = told_history();
    for (std::size_t at = 0; at <= commits_told; ++at) {
        CAPTURE(at);
        const typename Ways::Origin origin;
        const typename Ways::Destination destination;
        tell(origin, commits);
        std::size_t left = at;
        const auto kill = [&] {
            if (left-- == 0) throw Killed();
        };
        {
            HookedLog hooked(destination.log(), kill);
            CHECK_THROWS_AS(copy(*origin.log(), hooked), Killed);
        }
        CHECK(commits_of(*destination.log()).size() == (at == 0 ? 0 : at - 1));
        require_done(copy_homes(origin, destination, 2).result);
        check_copy(destination, commits);
    }
}

TEST_CASE("whatever happens to an append, the copy is right or says that it must be made again") {
    using Kind = MemoryFault::Kind;
    const SqliteHome origin;
    const Records commits = told_history();
    tell(origin, commits);
    for (const Kind kind :
         {Kind::lose, Kind::duplicate, Kind::delay, Kind::tear, Kind::fail, Kind::fail_unknown})
        for (std::size_t at = 0; at <= commits_told; ++at) {
            CAPTURE(static_cast<int>(kind));
            CAPTURE(at);
            const MemoryHome destination;
            for (std::size_t i = 0; i < at; ++i) destination.store->inject({});
            destination.store->inject({kind, 20});
            const Copied first = copy_homes(origin, destination);
            if (first.result) CHECK(commits_of(*destination.log()) == commits);
            require_done(copy_homes(origin, destination, 2).result);
            CHECK(commits_of(*destination.log()) == commits);
        }
}

TEST_CASE("an append that was taken by nobody is an outcome unknown, with what to do") {
    const SqliteHome origin;
    tell(origin, told_history());
    const MemoryHome destination;
    destination.store->inject({});
    destination.store->inject({MemoryFault::Kind::lose, 0});
    check_refused(copy_homes(origin, destination).result, Errc::outcome_unknown,
                  "run the same command again");
}

TEST_CASE("two copies into one place at once leave one right copy") {
    const SqliteHome origin;
    tell(origin, told_history());
    for (std::size_t at = 0; at <= commits_told; ++at) {
        CAPTURE(at);
        const MemoryHome destination;
        std::size_t left = at;
        HookedLog hooked(destination.log(), [&] {
            if (left-- == 0) require_done(copy_homes(origin, destination, 7).result);
        });
        require_done(copy(*origin.log(), hooked).result);
        CHECK(commits_of(*destination.log()) == told_history());
        CHECK(state_of(*destination.log()).reserved_for.has_value());
    }
}

TEST_CASE("who creates a log where a copy is about to begin keeps it, and the copy gives up") {
    const SqliteHome origin;
    tell(origin, told_history());
    const MemoryHome destination;
    const Records other = told_history(9);
    HookedLog hooked(destination.log(), [&] { destination.store->append(other.front()); });
    check_refused(copy(*origin.log(), hooked).result, Errc::unavailable, "nothing was copied");
    CHECK(commits_of(*destination.log()) == Records{other.front()});
}

TEST_CASE("a survey writes nothing and says what is missing") {
    const SqliteHome origin, destination;
    tell(origin, told_history());
    const auto from = origin.log();
    const auto to = destination.log();
    SeededRandomness randomness(1);
    LogCopy copying(*from, *to, randomness);
    require_done(copying.survey());
    CHECK(copying.commits_missing() == commits_told);
    std::uint64_t bytes = 0;
    for (const auto& commit : told_history()) bytes += commit.size();
    CHECK(copying.bytes_missing() == bytes);
    CHECK(destination.is_empty());
}

TEST_CASE_TEMPLATE("a destination that holds something else is refused by name and left alone",
                   Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    const std::string name = destination.log()->name();
    const Records commits = told_history();
    SUBCASE("another log") {
        tell(origin, commits);
        tell(destination, told_history(9));
        check_left_alone(origin, destination, Errc::configuration, name + " holds another log");
    }
    SUBCASE("a copy of another log") {
        const typename Ways::Origin other;
        tell(origin, commits);
        tell(other, told_history(9));
        require_done(copy_homes(other, destination).result);
        check_left_alone(origin, destination, Errc::configuration, name + " holds another log");
    }
    SUBCASE("the same log, written to where it is") {
        tell(origin, commits);
        tell(destination, {commits.begin(), commits.begin() + 4});
        check_left_alone(origin, destination, Errc::configuration, "without the reservation");
    }
    SUBCASE("a copy of another course of the same log") {
        const typename Ways::Origin other;
        Chain chain;
        tell(other, {chain.first(), chain.plain(2)});
        require_done(copy_homes(other, destination).result);
        tell(origin, commits);
        check_left_alone(origin, destination, Errc::configuration, name + " holds other commits");
    }
    SUBCASE("more than an origin that was never sealed") {
        const typename Ways::Origin longer;
        tell(longer, commits);
        tell(origin, {commits.begin(), commits.begin() + 4});
        require_done(copy_homes(longer, destination).result);
        check_left_alone(origin, destination, Errc::configuration, "lost commits");
    }
}

TEST_CASE_TEMPLATE("an origin without a commit is nothing to copy", Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    check_left_alone(origin, destination, Errc::unavailable, "holds no commit");
}

TEST_CASE_TEMPLATE("a copy of a copy waits for its own writer", Ways, FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    const SqliteHome third;
    tell(origin, told_history());
    require_done(copy_homes(origin, destination, 1).result);
    require_done(copy_homes(destination, third, 2).result);
    check_copy(third, told_history());
    CHECK(state_of(*third.log()).reserved_for != state_of(*destination.log()).reserved_for);
}

TEST_CASE("of a damaged origin nothing is copied, not even what is before the damage") {
    const SqliteHome origin;
    const MemoryHome destination;
    tell(origin, told_history());
    auto database = SqliteDatabase::open(origin.file(), SqliteAccess::write, "");
    SUBCASE("a commit that is not what was written") {
        require_done(database->run("UPDATE commits SET bytes = zeroblob(300) WHERE position = 6"));
        check_left_alone(origin, destination, Errc::damaged, "ferry repair");
    }
    SUBCASE("commits that are missing at the end") {
        require_done(database->run("DELETE FROM commits WHERE position > 9"));
        check_left_alone(origin, destination, Errc::damaged, "the head file proves");
    }
    SUBCASE("a row in the wrong place") {
        require_done(database->run("UPDATE commits SET position = 999 WHERE position = 6"));
        check_left_alone(origin, destination, Errc::damaged, "damaged after position 5");
    }
}

TEST_CASE("a copy that is damaged is not written on") {
    const MemoryHome origin;
    const SqliteHome destination;
    tell(origin, told_history());
    require_done(copy_homes(origin, destination).result);
    auto database = SqliteDatabase::open(destination.file(), SqliteAccess::write, "");
    require_done(database->run("UPDATE commits SET bytes = zeroblob(300) WHERE position = 6"));
    check_left_alone(origin, destination, Errc::damaged, destination.log()->name());
}

TEST_CASE_TEMPLATE("a record of a later format stops a copy before it begins", Ways,
                   FERRY_ALL_WAYS) {
    const typename Ways::Origin origin;
    const typename Ways::Destination destination;
    Chain chain;
    Records commits{chain.first(), chain.plain()};
    CommitHeader header = chain.next();
    header.format_version = commit_format_version + 1;
    commits.push_back(commit_of(header));
    append_all(*origin.log(), {commits.begin(), commits.begin() + 2});
    if constexpr (std::is_same_v<typename Ways::Origin, MemoryHome>) {
        origin.store->append(commits.back());
    } else {
        auto database = SqliteDatabase::open(origin.file(), SqliteAccess::write, "");
        auto insert = database->prepare("INSERT INTO commits VALUES(4, ?)");
        insert->bind(1, Bytes(commits.back()));
        REQUIRE(insert->step() == SQLITE_DONE);
        insert->reset();
    }
    check_left_alone(origin, destination, Errc::configuration, "a newer ferry");
}

}  // namespace ferry::test
