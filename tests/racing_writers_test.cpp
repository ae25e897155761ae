// Two writers on one log that forbids neither: the log's order decides, the loser decides again.
#include "engine/writer.hpp"
#include "events/memory_log.hpp"
#include "projections/digest.hpp"
#include "tests/answers.hpp"
#include "tests/hooked_log.hpp"
#include "tests/random_history.hpp"
#include "tests/standing_rules.hpp"
#include "tests/unsure_log.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <thread>

namespace ferry::test {

namespace {

using Hook = std::function<void()>;

std::unique_ptr<Log> in_memory(std::shared_ptr<MemoryStore> store) {
    return std::make_unique<MemoryLog>(std::move(store), "paris");
}

/// A writer as a process has one: after a failure it is thrown away and a fresh one is opened.
struct Incarnation {
    Incarnation(std::unique_ptr<Log> log, const Clock& clock, Randomness& randomness,
                Hook before_append)
        : replica(std::make_unique<HookedLog>(std::move(log), std::move(before_append))),
          writer(replica, side_by_side(), clock, randomness) {
        REQUIRE(writer.open().has_value());
    }
    std::deque<std::vector<v1::Command>> begun;  ///< and not finished
    Replica replica;
    Writer writer;
};

/// Two rivals, each given random commands; either may be interrupted by the other right before any
/// append, and any append may go wrong. `ahead`: how many batches each may have under way when it
/// begins another, on a log to which the records take their time.
class Race {
public:
    explicit Race(std::uint64_t seed, std::size_t ahead = 0)
        : random_(seed), randomness_(seed), ahead_(ahead) {
        for (std::size_t i = 0; i < 2; ++i) open(i);
    }

    void run(int turns, bool with_faults) {
        for (int turn = 0; turn < turns; ++turn) {
            if (with_faults && random_.below(3) == 0) store->inject(any_fault());
            give(random_.below(2), fresh_commands());
            clock_.pass(std::chrono::milliseconds(1));
        }
    }

    /// What nobody answered is asked again, until somebody does.
    void settle() {
        for (int round = 0; round < 50; ++round) {
            for (std::size_t i = 0; i < 2; ++i) finish(i, 0);
            // The first may have been given more while the second was finished.
            if (!writers_[0]->begun.empty()) continue;
            if (unanswered_.empty()) return;
            give(random_.below(2), std::exchange(unanswered_, {}));
        }
        CHECK(unanswered_.empty());
    }

    /// What each writer holds, after all the voids and second decisions, is what the log says.
    void check_fleets(const Hash& digest) {
        for (const auto& rival : writers_) {
            REQUIRE(rival->replica.catch_up().has_value());
            CHECK(fleet_digest(rival->replica.fleet) == digest);
        }
    }

    std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
    std::map<std::string, v1::CommandResult> done;  ///< by command id
    std::size_t rivals_met = 0;
    std::size_t most_begun = 0;  ///< at once

private:
    void open(std::size_t which) {
        auto log = ahead_ == 0 ? in_memory(store) : std::make_unique<UnsureLog>(store);
        writers_[which] = std::make_unique<Incarnation>(std::move(log), clock_, randomness_,
                                                        [this, which] { interrupt(1 - which); });
    }

    /// The rival acts between a decision and its append; it is not itself interrupted.
    void interrupt(std::size_t rival) {
        if (interrupting_ || random_.below(4) != 0) return;
        interrupting_ = true;
        ++rivals_met;
        give(rival, fresh_commands());
        interrupting_ = false;
    }

    std::vector<v1::Command> fresh_commands() {
        std::vector<v1::Command> commands;
        for (std::uint64_t left = random_.below(4) + 1; left > 0; --left) {
            commands.push_back(random_.command());
            commands.back().set_command_id(fmt::format("c{}", ++commands_made_));
        }
        // Now and then somebody asks again what was asked of the other.
        if (!asked_.empty() && random_.below(3) == 0)
            commands.push_back(asked_[random_.below(asked_.size())]);
        asked_.insert(asked_.end(), commands.begin(), commands.end());
        return commands;
    }

    void give(std::size_t which, std::vector<v1::Command> commands) {
        if (commands.empty()) return;
        Incarnation& writer = *writers_[which];
        writer.begun.push_back(std::move(commands));
        writer.writer.begin(writer.begun.back());
        most_begun = std::max(most_begun, writer.begun.size());
        finish(which, random_.below(ahead_ + 1));
    }

    /// All but the latest `left` of what was begun.
    void finish(std::size_t which, std::size_t left) {
        while (writers_[which]->begun.size() > left) {
            Incarnation& writer = *writers_[which];
            const auto results = writer.writer.finish();
            if (!results) {
                CHECK((results.error().code == Errc::io ||
                       results.error().code == Errc::unavailable ||
                       results.error().code == Errc::outcome_unknown));
                for (const auto& commands : writer.begun)
                    unanswered_.insert(unanswered_.end(), commands.begin(), commands.end());
                return open(which);
            }
            writer.begun.pop_front();
            note(*results);
        }
    }

    void note(const std::vector<v1::CommandResult>& results) {
        for (const v1::CommandResult& result : results) {
            if (result.outcome() != "DONE") continue;
            const auto [known, fresh] = done.emplace(result.command_id(), result);
            if (fresh) continue;
            CHECK(known->second.position() == result.position());
            CHECK(known->second.version() == result.version());
        }
    }

    MemoryFault any_fault() {
        using Kind = MemoryFault::Kind;
        constexpr Kind kinds[] = {Kind::lose, Kind::duplicate, Kind::delay,
                                  Kind::tear, Kind::fail,      Kind::fail_unknown};
        return {kinds[random_.below(std::size(kinds))], random_.below(5)};
    }

    RandomHistory random_;
    SeededRandomness randomness_;
    ManualClock clock_;
    std::unique_ptr<Incarnation> writers_[2];
    std::vector<v1::Command> asked_;
    std::vector<v1::Command> unanswered_;
    std::uint64_t commands_made_ = 0;
    std::size_t ahead_ = 0;
    bool interrupting_ = false;
};

/// What a reader who was never there finds.
struct Found {
    std::map<std::string, Position> last;  ///< by command id, of its last event
    std::map<VoidReason, std::uint64_t> voids;
    Hash digest{};
};

Found read_all(const std::shared_ptr<MemoryStore>& store) {
    Found found;
    Replica reader(std::make_unique<MemoryLog>(store, "paris"));
    std::map<std::string, CommitId> commit_of_command;
    Time recorded;
    reader.on_commit = [&](const CommitView& commit) {
        CHECK(commit.header.recorded >= recorded);
        recorded = commit.header.recorded;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            CHECK(placed.readable);
            if (event.command_id().empty()) return;
            // Once only: all events of a command stand in one commit.
            const auto [first, fresh] =
                commit_of_command.emplace(event.command_id(), commit.header.commit_id);
            CHECK(first->second == commit.header.commit_id);
            found.last[event.command_id()] = placed.position;
        });
        CHECK(broken_rules(reader.fleet).empty());
    };
    REQUIRE(reader.catch_up().has_value());
    CHECK_FALSE(reader.fleet.unknown);
    found.voids = reader.voids;
    found.digest = fleet_digest(reader.fleet);
    return found;
}

void check_found(const Race& race, const Found& found) {
    for (const auto& [id, result] : race.done) {
        const auto at = found.last.find(id);
        REQUIRE_MESSAGE(at != found.last.end(), id << " was acknowledged and is not in the log");
        CHECK(at->second.value == result.position());
    }
}

}  // namespace

TEST_CASE("when two writers race, the log's order decides and nothing acknowledged is lost") {
    std::size_t rivals_met = 0;
    std::uint64_t voids = 0;
    for (const std::uint64_t seed : seeds(100)) {
        CAPTURE(seed);
        Race race(seed);
        race.run(30, false);
        race.settle();
        const Found found = read_all(race.store);
        check_found(race, found);
        race.check_fleets(found.digest);
        CHECK(race.done.size() == found.last.size());
        rivals_met += race.rivals_met;
        for (const auto& [reason, count] : found.voids) voids += count;
    }
    CHECK(rivals_met > 0);
    CHECK(voids > 0);
}

TEST_CASE("with appends that are lost, doubled, late, torn or failing, each command is done once") {
    for (const std::uint64_t seed : seeds(200)) {
        CAPTURE(seed);
        Race race(seed);
        race.run(40, true);
        race.settle();
        const Found found = read_all(race.store);
        check_found(race, found);
        race.check_fleets(found.digest);
    }
}

TEST_CASE("with batches under way when others come first or records are lost, it is all the same") {
    std::size_t rivals_met = 0;
    std::size_t most_begun = 0;
    for (const std::uint64_t seed : seeds(200)) {
        CAPTURE(seed);
        Race race(seed, 3);
        race.run(40, seed % 2 == 0);
        race.settle();
        const Found found = read_all(race.store);
        check_found(race, found);
        race.check_fleets(found.digest);
        rivals_met += race.rivals_met;
        most_begun = std::max(most_begun, race.most_begun);
    }
    CHECK(rivals_met > 0);
    CHECK(most_begun == 4);
}

TEST_CASE("the loser's commit is void and its command is decided again on the winner's state") {
    auto store = std::make_shared<MemoryStore>();
    ManualClock clock;
    SeededRandomness randomness(1);
    Incarnation winner(in_memory(store), clock, randomness, [] {});
    std::vector<v1::Command> first{add_pool("ocs01"), add_user("user1@contoso.com", "ocs01")};
    first[0].set_command_id("a");
    first[1].set_command_id("b");
    REQUIRE(winner.writer.execute(first).has_value());

    v1::Command leaves = withdraw("user:user1@contoso.com");
    leaves.set_command_id("c");
    bool done = false;
    int appends = 0;
    Incarnation loser(in_memory(store), clock, randomness, [&] {
        // Fence and takeover go in; the rival comes before the third append, the commit itself.
        if (++appends != 3) return;
        const auto results = winner.writer.execute(std::span(&leaves, 1));
        done = results && results->front().outcome() == "DONE";
    });
    v1::Command same = withdraw("user:user1@contoso.com");
    same.set_command_id("d");
    const auto results = loser.writer.execute(std::span(&same, 1));
    REQUIRE(results.has_value());
    CHECK(done);
    // Decided first it would have been done; decided again it is not possible any more.
    CHECK(possible_now(results->front()) == Names{"register"});
    CHECK(loser.replica.voids[VoidReason::older_term] + loser.replica.voids[VoidReason::fenced] ==
          1);
    CHECK(read_all(store).last.count("d") == 0);
}

TEST_CASE("two that create the same log at once end up in one log") {
    auto store = std::make_shared<MemoryStore>();
    ManualClock clock;
    SeededRandomness randomness(1);
    Incarnation rival(in_memory(store), clock, randomness, [] {});
    v1::Command theirs = add_pool("ocs01");
    theirs.set_command_id("theirs");
    bool first = true;
    Incarnation late(in_memory(store), clock, randomness, [&] {
        if (!std::exchange(first, false)) return;
        CHECK(rival.writer.execute(std::span(&theirs, 1))->front().outcome() == "DONE");
    });
    std::vector<v1::Command> ours{add_pool("ocs01"), add_pool("ocs02")};
    ours[0].set_command_id("o1");
    ours[1].set_command_id("o2");
    const auto results = late.writer.execute(ours);
    REQUIRE(results.has_value());
    CHECK(failed_guards((*results)[0]) == Names{"already-registered"});
    CHECK((*results)[1].outcome() == "DONE");
    CHECK(late.replica.voids[VoidReason::second_first] == 1);
    CHECK(read_all(store).last.size() == 2);
}

TEST_CASE("two writers in two threads leave one log in which everything acknowledged stands once") {
    auto store = std::make_shared<MemoryStore>();
    const auto work = [&](std::uint64_t which, std::map<std::string, std::uint64_t>& done) {
        ManualClock clock;
        SeededRandomness randomness(which);
        Replica replica(std::make_unique<MemoryLog>(store, "paris"));
        Writer writer(replica, side_by_side(), clock, randomness);
        if (!writer.open()) return;
        for (int i = 0; i < 60; ++i) {
            v1::Command command = i == 0 ? add_pool("ocs01") : mark(fmt::format("{}-{}", which, i));
            command.set_command_id(fmt::format("w{}-{}", which, i));
            const auto results = writer.execute(std::span(&command, 1));
            if (results && results->front().outcome() == "DONE")
                done[command.command_id()] = results->front().position();
        }
    };
    std::map<std::string, std::uint64_t> done[2];
    std::thread other([&] { work(2, done[1]); });
    work(1, done[0]);
    other.join();
    const Found found = read_all(store);
    CHECK(done[0].size() + done[1].size() == found.last.size());
    for (const auto& each : done)
        for (const auto& [id, position] : each) CHECK(found.last.at(id).value == position);
}

}  // namespace ferry::test
