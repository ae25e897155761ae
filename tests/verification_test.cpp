#include "projections/verification.hpp"

#include "events/hash.hpp"
#include "events/sqlite_log.hpp"
#include "projections/snapshot.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {
namespace {

/// A log of twelve commits, stopped in order; whoever damages it does so behind Ferry's back.
struct Victim {
    ScratchDirectory directory;
    Position end;

    Victim() {
        Estate estate(std::make_unique<SqliteLog>(directory.path(), "paris"));
        estate.with_pool("ocs01.contoso.com", 3);
        for (int i = 0; i < 9; ++i) estate.done(mark("label " + std::to_string(i)));
        end = estate.position();
        REQUIRE(estate.replica.log->stop());
    }
    void run(const std::string& sql) const {
        auto database = SqliteDatabase::open(site_file(directory.path(), "paris", "db"),
                                             SqliteAccess::write, "");
        REQUIRE(database);
        const auto done = database->run(sql.c_str());
        REQUIRE_MESSAGE(done, done.error().message);
    }
    Verification verified() const {
        SqliteLog log(directory.path(), "paris");
        auto verification = verify_log(log);
        REQUIRE_MESSAGE(verification, verification.error().message);
        return std::move(*verification);
    }
};

void check_found(const Victim& victim, Integrity integrity, std::uint64_t intact_to,
                 std::string_view said) {
    const Verification found = victim.verified();
    CHECK(name_of(found.verdict) == name_of(integrity));
    CHECK(found.intact_to.value == intact_to);
    const std::string text = to_text(found);
    CHECK_MESSAGE(text.find(said) != std::string::npos, text);
}

/// What is reported of commits made by hand, told apart from what acceptance refuses.
std::string reported(const std::vector<std::vector<Byte>>& records) {
    auto store = std::make_shared<MemoryStore>();
    for (const auto& record : records) store->append(record);
    MemoryLog log(store, "paris");
    const auto verification = verify_log(log);
    REQUIRE(verification);
    std::string text;
    for (const Discrepancy& one : verification->discrepancies)
        text += fmt::format("{}: {}\n", one.position.value, one.what);
    CHECK((verification->verdict == Integrity::inconsistent) == !text.empty());
    return text;
}

v1::StoredEvent marked(std::uint64_t version, std::uint64_t previous) {
    v1::StoredEvent event;
    event.set_version(version);
    event.set_previous_position(previous);
    event.mutable_marked()->set_label("x");
    return event;
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The first commit as a writer makes it.
std::vector<Byte> right_first(Chain& chain) {
    CommitHeader header = chain.next();
    header.kind = CommitKind::first;
    header.term = {1};
    v1::StoredEvent created;
    created.set_version(1);
    created.mutable_log_created()->set_log_id(std::string(text_of(header.log_id.bytes)));
    v1::StoredEvent taken;
    taken.set_version(2);
    taken.set_previous_position(1);
    taken.mutable_owner_taken()->set_term(1);
    taken.mutable_owner_taken()->set_writer_id(std::string(text_of(header.writer.bytes)));
    auto commit = commit_of(header, {created, taken});
    chain.accept(commit);
    return commit;
}

}  // namespace

TEST_CASE("a log that nobody touched is intact, and the head file proves its end") {
    const Victim victim;
    const Verification found = victim.verified();
    CHECK(found.verdict == Integrity::intact);
    CHECK(found.end_proved_to == victim.end);
    CHECK(found.discrepancies.empty());
    CHECK(to_text(found) ==
          fmt::format("intact to {0}, end proved to {0} by the head file, not proved elsewhere",
                      victim.end.value));
}

TEST_CASE("without a head file the end is not proved, and the report says so") {
    const Victim victim;
    std::filesystem::remove(site_file(victim.directory.path(), "paris", "head"));
    check_found(victim, Integrity::intact, victim.end.value, "its end not proved");
}

TEST_CASE("a commit changed in place is named by its row") {
    const Victim victim;
    victim.run("UPDATE commits SET bytes = substr(bytes, 1, 230) || x'ff' || substr(bytes, 232) "
               "WHERE position = 9");
    check_found(victim, Integrity::damaged, 8,
                "damaged at row 9: its hash is not that of its bytes");
}

TEST_CASE("a missing commit is named by its positions") {
    const Victim victim;
    victim.run("DELETE FROM commits WHERE position = 9");
    check_found(victim, Integrity::commits_missing, 8,
                "commits-missing at row 10: positions 9 to 9 are missing");
}

TEST_CASE("a missing beginning is named by its positions") {
    const Victim victim;
    victim.run("DELETE FROM commits WHERE position < 9");
    check_found(victim, Integrity::commits_missing, 0, "positions 1 to 8 are missing");
}

TEST_CASE("a missing end is proved by the head file") {
    const Victim victim;
    victim.run("DELETE FROM commits WHERE position > 11");
    check_found(victim, Integrity::end_missing, 11,
                fmt::format("the log went on to position {}", victim.end.value));
}

TEST_CASE("two commits that changed places are named") {
    const Victim victim;
    victim.run("UPDATE commits SET position = 1000 WHERE position = 9;"
               "UPDATE commits SET position = 9 WHERE position = 10;"
               "UPDATE commits SET position = 10 WHERE position = 1000");
    check_found(victim, Integrity::damaged, 8, "row 9");
}

TEST_CASE("a row that is no commit is named") {
    const Victim victim;
    victim.run("UPDATE commits SET bytes = x'00' WHERE position = 9");
    check_found(victim, Integrity::damaged, 8, "row 9: it is no commit");
}

TEST_CASE("a chain that links and is not the one that was written contradicts the head file") {
    const Victim victim;
    const ScratchDirectory forged;
    Estate estate(std::make_unique<SqliteLog>(forged.path(), "paris"), 99);
    estate.with_pool("ocs01.contoso.com", 3);
    for (int i = 0; i < 9; ++i) estate.done(mark("forged " + std::to_string(i)));
    REQUIRE(estate.replica.log->stop());
    std::filesystem::copy_file(site_file(forged.path(), "paris", "db"),
                               site_file(victim.directory.path(), "paris", "db"),
                               std::filesystem::copy_options::overwrite_existing);
    check_found(victim, Integrity::rewritten, 0, "the head file proves another commit");
}

TEST_CASE("voids on a log with several writers are counted and are no damage") {
    Estate estate;
    estate.store->inject({MemoryFault::Kind::duplicate});
    estate.with_pool("ocs01.contoso.com", 1);
    const auto found = verify_log(*estate.replica.log);
    REQUIRE(found);
    CHECK(found->verdict == Integrity::intact);
    CHECK(found->voids.at(VoidReason::second_first) == 1);
    CHECK(found->intact_to == estate.position());
}

TEST_CASE("every history a writer makes is in order") {
    for (const std::uint64_t seed : seeds(30)) {
        INFO("seed " << seed);
        Estate estate(seed);
        RandomHistory(seed).play(estate, 200);
        const auto found = verify_log(*estate.replica.log);
        REQUIRE(found);
        CHECK_MESSAGE(found->verdict == Integrity::intact, to_text(*found));
        CHECK(found->intact_to == estate.position());
    }
}

TEST_CASE("versions and previous positions that go on from one commit to the next are in order") {
    Chain chain;
    const auto first = right_first(chain);
    const auto second = chain.plain({marked(3, 2), marked(4, 3)});
    CHECK(reported({first, second, chain.plain({marked(5, 4)})}).empty());
}

TEST_CASE("each way events can be out of order has its own words") {
    const auto after_first = [](const std::vector<v1::StoredEvent>& events) {
        Chain chain;
        const auto first = right_first(chain);
        return reported({first, chain.plain(events)});
    };
    CHECK(says(after_first({marked(4, 2)}), "3: version 4 of entity number 0 follows version 2"));
    CHECK(says(after_first({marked(3, 1)}), "it names position 1"));
    v1::StoredEvent stranger = marked(1, 0);
    stranger.set_entity(5);
    CHECK(says(after_first({stranger}), "names entity number 5, and 0 are registered"));
    v1::StoredEvent registered;
    registered.set_entity(2);
    registered.set_version(1);
    registered.mutable_registered()->set_kind(v1::KIND_POOL);
    CHECK(says(after_first({registered}), "Registered names entity number 2"));
    registered.set_entity(1);
    CHECK(after_first({registered}).empty());
}

TEST_CASE("a kind that its events contradict is reported") {
    Chain chain;
    CHECK(says(reported({chain.first()}), "commit of kind first"));
    Chain taken;
    const auto first = right_first(taken);
    CHECK(says(reported({first, taken.takeover({2}, 3)}), "commit of kind takeover"));
    Chain sealed;
    const auto before = right_first(sealed);
    CHECK(says(reported({before, sealed.seal(4)}), "commit of kind seal"));
    Chain plain;
    const auto again = right_first(plain);
    v1::StoredEvent owner;
    owner.set_version(3);
    owner.set_previous_position(2);
    owner.mutable_owner_taken();
    CHECK(says(reported({again, plain.plain({owner})}),
               "OwnerTaken is not what a commit of kind plain"));
}

TEST_CASE("recorded time that goes back, and events that cannot be parsed, are reported") {
    Chain chain;
    const auto first = right_first(chain);
    CommitHeader header = chain.next();
    header.recorded -= std::chrono::hours(1);
    CHECK(says(reported({first, commit_of(header, {marked(3, 2)})}), "recorded time goes back"));
    v1::StoredEvent unknown = marked(3, 2);
    unknown.clear_marked();
    CHECK(reported({first, commit_of(chain.next(), {unknown})}).empty());
}

TEST_CASE("a log that does not exist is intact to 0") {
    const ScratchDirectory directory;
    SqliteLog log(directory.path(), "paris");
    const auto found = verify_log(log);
    REQUIRE(found);
    CHECK(found->verdict == Integrity::intact);
    CHECK(found->intact_to == Position{0});
}

TEST_CASE("a rebuild from position 1 is compared with the snapshot and what follows it") {
    const ScratchDirectory directory;
    Estate estate(std::make_unique<SqliteLog>(directory.path(), "paris"));
    estate.with_pool("ocs01.contoso.com", 3);
    const auto without = compare_rebuild(*estate.replica.log);
    REQUIRE(without);
    CHECK_FALSE(without->from_snapshot);
    CHECK(without->agrees());
    SUBCASE("a right one agrees") {
        REQUIRE(store_snapshot(estate.replica));
        estate.done(mark("after"));
        const auto compared = compare_rebuild(*estate.replica.log);
        CHECK(compared->from_snapshot == compared->folded);
        CHECK(compared->position == estate.position());
    }
    SUBCASE("one that says something else is found out") {
        estate.replica.fleet.entities[2].lifecycle = v1::STATE_RETIRED;
        REQUIRE(store_snapshot(estate.replica));
        CHECK_FALSE(compare_rebuild(*estate.replica.log)->agrees());
    }
}

}  // namespace ferry::test
