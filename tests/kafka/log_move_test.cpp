// Copies and moves to, from and between real topics: what holds of logs in memory and embedded ones
// holds of them.
#include "events/kafka_log.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/move_steps.hpp"

namespace ferry::test {

namespace {

struct KafkaHome {
    KafkaAddress address = fresh_address();
    std::unique_ptr<Log> log() const { return std::make_unique<KafkaLog>(address, "paris"); }
};

using SqliteToKafka = Way<SqliteHome, KafkaHome>;
using KafkaToSqlite = Way<KafkaHome, SqliteHome>;
using KafkaToKafka = Way<KafkaHome, KafkaHome>;

template <class From, class To>
Result<void> copy(const From& from, const To& to) {
    const auto origin = from.log();
    const auto destination = to.log();
    SystemRandomness randomness;
    LogCopy copying(*origin, *destination, randomness);
    Result<void> done = destination->lead();
    if (done) done = copying.survey();
    if (done) done = copying.run();
    require_done(destination->stop());
    return done;
}

}  // namespace

TEST_CASE_TEMPLATE("a copy holds the same commits, refuses writes, and takes up what is new", Ways,
                   SqliteToKafka, KafkaToSqlite, KafkaToKafka) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    require_done(copy(from, to));
    CHECK(commits_of(*to.log()) == commits_of(*from.log()));
    CHECK(read_reservation(all_records(*to.log()).front()).shape == ReservationShape::whole);
    CHECK(says(refusal_of(to).message, "is a copy, and read-only"));
    work_on(from, {add_user("c@contoso.com", "ocs01")});
    require_done(copy(from, to));
    CHECK(commits_of(*to.log()) == commits_of(*from.log()));
}

TEST_CASE_TEMPLATE("a moved log goes on where the origin stopped, and nowhere else", Ways,
                   SqliteToKafka, KafkaToSqlite, KafkaToKafka) {
    const typename Ways::Origin from;
    const typename Ways::Destination to;
    begin_on(from);
    require_done(move(from, to));
    check_moved(from, to);
    const auto again = move(from, to);
    require_done(again);
    CHECK(again->done_before);
}

TEST_CASE("a move to a topic that was killed before its takeover is finished by the same command") {
    struct Killed {};
    const SqliteHome from;
    const KafkaHome to;
    begin_on(from);
    CHECK_THROWS_AS(move(from, to, "sqlite:/new",
                         [&] {
                             if (state_of(*to.log()).sealed_for) throw Killed();
                         }),
                    Killed);
    CHECK(says(refusal_of(to).message, "finish the move first"));
    const auto finished = move(from, to);
    require_done(finished);
    CHECK(finished->sealed_before);
    check_moved(from, to);
}

}  // namespace ferry::test
