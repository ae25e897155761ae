// Somebody changes a log behind Ferry's back, in every way and at every place: verify names each.
#include "events/checkpoint.hpp"
#include "events/hash.hpp"
#include "events/sqlite_log.hpp"
#include "projections/verification.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>

namespace ferry::test {
namespace {

using Rows = std::vector<std::pair<std::int64_t, std::vector<Byte>>>;

std::size_t commits_wanted() { return std::getenv("FERRY_LONG") ? 1000 : 100; }

/// A log of as many commits, stopped in order, and a way to put any rows in their place.
class Victim {
public:
    explicit Victim(std::size_t commits)
        : file_(site_file(directory_.path(), "paris", "db")),
          head_(site_file(directory_.path(), "paris", "head")) {
        Estate estate(std::make_unique<SqliteLog>(directory_.path(), "paris"));
        estate.done(add_pool("ocs01.contoso.com"));
        while (true) {
            rows_ = stored();
            if (rows_.size() >= commits) break;
            // Two entities in turns, so that events link back over other commits.
            for (std::size_t i = rows_.size(); i < commits; ++i)
                estate.done(i % 3 == 0 ? mark(fmt::format("label {}", i))
                                       : check("pool:ocs01.contoso.com", "services-started",
                                               i % 2 == 0 ? "PASS" : "FAIL"));
        }
        REQUIRE(estate.replica.log->stop());
        auto database = SqliteDatabase::open(file_, SqliteAccess::write, "");
        REQUIRE(database);
        database_.emplace(std::move(*database));
    }

    const Rows& rows() const { return rows_; }
    Position end() const { return read_commit(rows_.back().second).view.header.last(); }

    void put(const Rows& rows) {
        run("BEGIN");
        run("DELETE FROM commits");
        auto insert = database_->prepare("INSERT INTO commits VALUES (?, ?)");
        REQUIRE(insert);
        for (const auto& [position, bytes] : rows) {
            insert->bind(1, position);
            insert->bind(2, bytes);
            REQUIRE(insert->step() == SQLITE_DONE);
            insert->reset();
        }
        run("COMMIT");
    }
    void forget_head_file() { std::filesystem::remove(head_); }

    Verification verified(std::vector<EndProof> proofs = {}) const {
        SqliteLog log(directory_.path(), "paris");
        auto found = verify_log(log, std::move(proofs));
        REQUIRE_MESSAGE(found, found.error().message);
        return std::move(*found);
    }

private:
    void run(const char* sql) {
        const auto done = database_->run(sql);
        REQUIRE_MESSAGE(done, done.error().message);
    }
    Rows stored() const {
        Rows rows;
        SqliteLog log(directory_.path(), "paris");
        for (auto& bytes : all_records(log)) {
            const auto first = claimed_header(bytes)->first.value;
            rows.emplace_back(static_cast<std::int64_t>(first), std::move(bytes));
        }
        return rows;
    }

    ScratchDirectory directory_;
    std::filesystem::path file_;
    std::filesystem::path head_;
    Rows rows_;
    std::optional<SqliteDatabase> database_;
};

CommitHeader header_of(const std::vector<Byte>& bytes) { return read_commit(bytes).view.header; }

std::vector<v1::StoredEvent> events_of(const std::vector<Byte>& bytes) {
    std::vector<v1::StoredEvent> events;
    for_each_event(read_commit(bytes).view, [&](const PlacedEvent&, const v1::StoredEvent& event) {
        events.push_back(event);
    });
    return events;
}

/// From row `from` on, the chain as somebody would compute it who has changed a reason there.
Rows computed_again(const Rows& rows, std::size_t from) {
    Rows again = rows;
    Hash previous = read_commit(rows[from].second).view.header.previous;
    for (std::size_t i = from; i < rows.size(); ++i) {
        CommitHeader header = header_of(rows[i].second);
        header.previous = previous;
        auto events = events_of(rows[i].second);
        if (i == from) events.back().set_reason("it was never so");
        again[i].second = commit_of(header, events);
        previous = read_commit(again[i].second).view.hash;
    }
    return again;
}

/// Nothing is called intact that is not, and the place is named in words.
void check_named(const Verification& found, Integrity integrity, std::uint64_t intact_to,
                 std::string_view where) {
    const std::string text = to_text(found);
    CHECK_MESSAGE(name_of(found.verdict) == name_of(integrity), text);
    CHECK_MESSAGE(found.intact_to.value == intact_to, text);
    CHECK_MESSAGE(text.find(where) != std::string::npos, text << " does not say " << where);
    CHECK(!found.where.empty());
    CHECK(!found.reason.empty());
}

EndProof checkpoint_at(const Victim& victim) {
    const CommitReading last = read_commit(victim.rows().back().second);
    return {victim.end(), last.view.hash, "checkpoint kept.note", last.view.header.log_id};
}

}  // namespace

TEST_CASE("an edit at any commit of a log is found and its row named") {
    Victim victim(commits_wanted());
    REQUIRE(victim.verified().verdict == Integrity::intact);
    for (std::size_t i = 0; i < victim.rows().size(); ++i) {
        Rows rows = victim.rows();
        auto& bytes = rows[i].second;
        // Any byte will do; the place moves through header and events alike.
        Byte& byte = bytes[32 + (i * 37) % (bytes.size() - 32)];
        byte ^= Byte{0x10};
        victim.put(rows);
        check_named(victim.verified(), Integrity::damaged,
                    static_cast<std::uint64_t>(rows[i].first) - 1,
                    fmt::format("{}", rows[i].first));
    }
}

TEST_CASE("a deletion at any commit of a log is found and the missing positions named") {
    Victim victim(commits_wanted());
    for (std::size_t i = 0; i < victim.rows().size(); ++i) {
        Rows rows = victim.rows();
        const CommitHeader gone = header_of(rows[i].second);
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
        victim.put(rows);
        const bool last = i == rows.size();
        check_named(victim.verified(), last ? Integrity::end_missing : Integrity::commits_missing,
                    gone.first.value - 1,
                    last ? fmt::format("went on to position {}", gone.last().value)
                         : fmt::format("positions {} to {} are missing", gone.first.value,
                                       gone.last().value));
    }
}

TEST_CASE("an insertion before any commit of a log is found and its row named") {
    Victim victim(commits_wanted());
    for (std::size_t i = 1; i <= victim.rows().size(); ++i) {
        Rows rows = victim.rows();
        // Rightly linked and hashed, by somebody who may write; what follows has to make room.
        CommitHeader header = header_of(rows[i - 1].second);
        header.first = header.last().next();
        header.kind = CommitKind::plain;
        header.previous = read_commit(rows[i - 1].second).view.hash;
        v1::StoredEvent event = events_of(rows[i - 1].second).back();
        event.set_version(event.version() + 1);
        event.set_previous_position(header.first.value - 1);
        const auto forged = commit_of(header, {event});
        for (std::size_t j = i; j < rows.size(); ++j) ++rows[j].first;
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(i),
                    {static_cast<std::int64_t>(header.first.value), forged});
        victim.put(rows);
        const Verification found = victim.verified();
        if (i == victim.rows().size()) {
            // At the end it is a commit like any other; only a proof from outside tells how far the
            // log had come.
            CHECK(found.end_proved_to == victim.end());
            CHECK(found.read_to > victim.end());
            continue;
        }
        // In the last place it ends where the head file says the log ends, with another hash: then
        // the chain itself is not the one that was written.
        if (i + 1 == victim.rows().size()) {
            check_named(found, Integrity::rewritten, 0, fmt::format("{}", header.first.value));
            continue;
        }
        // After the first commit the forged one repeats OwnerTaken, which no plain commit holds: it
        // links, and is not as the format promises.
        const std::uint64_t intact_to = i == 1 ? header.first.value - 1 : header.first.value;
        check_named(found, Integrity::damaged, intact_to,
                    fmt::format("{}", header.first.value + 1));
    }
}

TEST_CASE("a swap of any two neighbours in a log is found and named") {
    Victim victim(commits_wanted());
    for (std::size_t i = 0; i + 1 < victim.rows().size(); ++i) {
        Rows rows = victim.rows();
        std::swap(rows[i].second, rows[i + 1].second);
        victim.put(rows);
        check_named(victim.verified(), Integrity::damaged,
                    static_cast<std::uint64_t>(rows[i].first) - 1,
                    fmt::format("{}", rows[i].first));
    }
}

TEST_CASE("a cut at the end is found against the head file, and against a checkpoint without it") {
    Victim victim(commits_wanted());
    const std::size_t step = victim.rows().size() / 10;
    for (const bool head_file : {true, false}) {
        if (!head_file) victim.forget_head_file();
        for (std::size_t kept = 1; kept < victim.rows().size(); kept += step) {
            Rows rows = victim.rows();
            rows.resize(kept);
            victim.put(rows);
            const std::uint64_t end = header_of(rows.back().second).last().value;
            std::vector<EndProof> proofs;
            if (!head_file) {
                CHECK(victim.verified().verdict == Integrity::intact);
                CHECK(!victim.verified().end_proved_to);
                proofs.push_back(checkpoint_at(victim));
            }
            check_named(victim.verified(proofs), Integrity::end_missing, end,
                        head_file ? "the head file proves" : "checkpoint kept.note proves");
        }
    }
}

TEST_CASE("a chain that was computed again after an edit is found against a checkpoint") {
    Victim victim(commits_wanted());
    const EndProof checkpoint = checkpoint_at(victim);
    const std::size_t half = victim.rows().size() / 2;
    const CommitReading middle = read_commit(victim.rows()[half].second);
    const EndProof earlier{middle.view.header.last(), middle.view.hash, "checkpoint half.note", {}};
    const std::size_t step = victim.rows().size() / 20;
    for (std::size_t i = 0; i < victim.rows().size(); i += step) {
        victim.put(computed_again(victim.rows(), i));
        const Verification by_head = victim.verified();
        CHECK(by_head.verdict == Integrity::rewritten);
        const bool before_half = i <= half;
        check_named(victim.verified({checkpoint, earlier}), Integrity::rewritten,
                    before_half ? 0 : earlier.position.value,
                    before_half ? "checkpoint half.note proves another commit"
                                : "proved by checkpoint half.note");
    }
    victim.forget_head_file();
    victim.put(computed_again(victim.rows(), half));
    CHECK(victim.verified().verdict == Integrity::intact);
    check_named(victim.verified({checkpoint}), Integrity::rewritten, 0, "checkpoint kept.note");
}

TEST_CASE("a log that was begun anew is told apart from the one that a checkpoint is of") {
    Victim victim(5);
    EndProof other = checkpoint_at(victim);
    other.log_id = id_of<LogId>(9);
    check_named(victim.verified({other}), Integrity::rewritten, 0, "is of the log 0909");
}

TEST_CASE("an intact log says how far its end is proved, and by what") {
    Victim victim(5);
    const EndProof checkpoint = checkpoint_at(victim);
    const std::string end = std::to_string(victim.end().value);
    CHECK(to_text(victim.verified()) == "intact to " + end + ", end proved to " + end +
                                            " by the head file, not proved elsewhere");
    CHECK(to_text(victim.verified({checkpoint})) ==
          "intact to " + end + ", end proved to " + end +
              " by checkpoint kept.note and the head file");
    victim.forget_head_file();
    CHECK(to_text(victim.verified()) ==
          "intact to " + end + ", its end not proved by any head file or checkpoint");
}

}  // namespace ferry::test
