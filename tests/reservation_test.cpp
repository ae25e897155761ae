// What a reservation does to acceptance, and how an embedded log keeps one.
#include "events/reservation.hpp"

#include "events/hash.hpp"
#include "events/sqlite_repair.hpp"
#include "tests/copy_ways.hpp"

namespace ferry::test {

namespace {

std::vector<Byte> reserved(unsigned writer, unsigned log = 1) {
    return stored_reservation({id_of<LogId>(log), id_of<WriterId>(writer)});
}

/// A log of which `records` were judged, all of which count.
AcceptanceState judged(const Records& records) {
    AcceptanceState state;
    for (const auto& record : records)
        REQUIRE(accept(state, record).judgement != Judgement::is_void);
    return state;
}

void check_void(AcceptanceState state, Bytes record, VoidReason reason) {
    const auto reserved_for = state.reserved_for;
    const Judged found = accept(state, record);
    CHECK(found.judgement == Judgement::is_void);
    CHECK(name_of(found.reason) == name_of(reason));
    CHECK(state.reserved_for == reserved_for);
}

}  // namespace

TEST_CASE("a reservation counts where nothing has counted before it, and only once") {
    Chain chain;
    const auto first = chain.first();
    const AcceptanceState state = judged({reserved(7)});
    CHECK(state.reserved_for == id_of<WriterId>(7));
    CHECK_FALSE(state.started());
    check_void(state, reserved(8), VoidReason::late_reservation);
    check_void(judged({first}), reserved(7), VoidReason::late_reservation);
    check_void(judged({reserved(7), first}), reserved(8), VoidReason::late_reservation);
}

TEST_CASE("in a reserved log no other log begins") {
    Chain chain, other(2);
    const AcceptanceState state = judged({reserved(7)});
    check_void(state, other.first(), VoidReason::other_log);
    CHECK(judged({reserved(7), chain.first()}).reserved_for == id_of<WriterId>(7));
}

TEST_CASE("a damaged reservation is void, and one of a later format stops the reader") {
    auto record = reserved(7);
    record[30] ^= Byte{1};
    check_void({}, record, VoidReason::wrong_hash);
    record = reserved(7);
    record[4] = Byte{2};
    const Hash hash = sha256(Bytes(record).first(40));
    std::copy(hash.begin(), hash.end(), record.begin() + 40);
    AcceptanceState state;
    CHECK(accept(state, record).judgement == Judgement::unknown_format);
    CHECK_FALSE(state.reserved_for.has_value());
    CHECK(read_reservation(Bytes(record).first(71)).shape == ReservationShape::not_a_reservation);
}

TEST_CASE("a reservation lasts until the writer it names takes over behind a seal for it") {
    Chain chain;
    Records records{reserved(7), chain.first()};
    SUBCASE("the seal is for it") {
        records.push_back(chain.seal(7));
        CHECK(judged(records).reserved_for == id_of<WriterId>(7));
        records.push_back(chain.takeover({2}, 7));
        CHECK_FALSE(judged(records).reserved_for.has_value());
    }
    SUBCASE("the seal is for another copy, which this one only follows") {
        records.push_back(chain.seal(5));
        records.push_back(chain.takeover({2}, 5));
        CHECK(judged(records).reserved_for == id_of<WriterId>(7));
    }
    SUBCASE("it takes over without a seal") {
        records.push_back(chain.takeover({2}, 7));
        CHECK(judged(records).reserved_for == id_of<WriterId>(7));
    }
}

TEST_CASE("an embedded log keeps a reservation before all commits, and finds none in it") {
    const SqliteHome home;
    Chain chain;
    const Records records{reserved(7), chain.first(), chain.plain()};
    append_all(*home.log(), {records.front()});
    append_all(*home.log(), {records.begin() + 1, records.end()});
    const auto log = home.log();
    CHECK(all_records(*log) == records);
    CHECK_FALSE(log->find({0})->has_value());
    CHECK(*log->find({1}) == records[1]);
    Offset from{77};
    require_done(log->read({0}, [&](const Record& record) {
        from = record.offset;
        return false;
    }));
    CHECK(from == Offset{0});
}

TEST_CASE("an embedded log refuses a reservation behind a commit or behind another one") {
    const SqliteHome home;
    Chain chain;
    const auto log = home.log();
    require_done(log->lead());
    SUBCASE("behind a commit") {
        require_done(log->append(chain.first()));
        CHECK(log->append(reserved(7)).error().code == Errc::usage);
    }
    SUBCASE("behind another one") {
        require_done(log->append(reserved(7)));
        CHECK_FALSE(log->append(reserved(8)).has_value());
    }
    REQUIRE(all_records(*home.log()).size() == 1);
}

TEST_CASE("a reservation in another row, or damaged, is damage") {
    const SqliteHome home;
    Chain chain;
    append_all(*home.log(), {reserved(7), chain.first()});
    auto database = SqliteDatabase::open(home.file(), SqliteAccess::write, "");
    const auto error_of_reading = [&] {
        const auto read = home.log()->read({0}, [](const Record&) { return true; });
        REQUIRE_FALSE(read.has_value());
        return read.error();
    };
    SUBCASE("in another row") {
        require_done(database->run("UPDATE commits SET position = 9 WHERE position = 0"));
        CHECK(error_of_reading().code == Errc::damaged);
        CHECK(error_of_reading().message.find("row 0 alone") != std::string::npos);
    }
    SUBCASE("a commit in its row") {
        require_done(database->run("DELETE FROM commits WHERE position = 0;"
                                   "UPDATE commits SET position = 0"));
        CHECK(error_of_reading().code == Errc::damaged);
    }
}

TEST_CASE("a repair leaves a copy a copy") {
    const SqliteHome home;
    Chain chain;
    append_all(*home.log(), {reserved(7), chain.first(), chain.plain(), chain.plain()});
    auto database = SqliteDatabase::open(home.file(), SqliteAccess::write, "");
    require_done(database->run("UPDATE commits SET bytes = x'00' WHERE position = 4"));
    SeededRandomness randomness(1);
    const auto report = repair_sqlite(home.scratch.path(), "paris", randomness, ManualClock(), {});
    require_done(report);
    CHECK(report->kept_to == Position{3});
    CHECK(report->taken_over_at == Position{0});
    const AcceptanceState state = state_of(*home.log());
    CHECK(state.reserved_for == id_of<WriterId>(7));
    CHECK(state.term == Term{1});
}

}  // namespace ferry::test
