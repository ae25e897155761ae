#include "events/fold_reader.hpp"
#include "events/hash.hpp"

#include "tests/folded_part.hpp"
#include "tests/log_sample.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

/// The stored events of a random history of every kind of command.
std::vector<std::vector<Byte>> stored_events(std::uint64_t seed) {
    Estate estate(seed);
    RandomHistory history(seed);
    estate.with_pool("ocs0.contoso.com", 3);
    v1::Command accented = mark("après la vague");
    accented.set_reason("qualité de la voix");
    estate.done(accented);
    history.play(estate, 200);
    std::vector<std::vector<Byte>> events;
    for (const auto& record : all_records(*estate.replica.log))
        if (const CommitReading reading = read_commit(record); reading.shape == CommitShape::whole)
            for (const Bytes piece : split_events(reading.view))
                events.emplace_back(piece.begin(), piece.end());
    return events;
}

/// Both ways of reading say the same.
void check_alike(FoldReader& reader, Bytes stored) {
    v1::StoredEvent whole;
    const bool parsed = whole.ParseFromArray(stored.data(), static_cast<int>(stored.size()));
    REQUIRE(reader.read(stored) == parsed);
    if (!parsed) return;
    CHECK(what_a_fold_sees(reader.event()) == what_a_fold_sees(whole));
    CHECK(reader.command_id() == whole.command_id());
}

}  // namespace

TEST_CASE("a fold reads of every event what protobuf's parser reads") {
    for (const std::uint64_t seed : seeds(3)) {
        INFO("seed " << seed);
        FoldReader reader;
        std::size_t walked = 0;
        const auto events = stored_events(seed);
        for (const auto& event : events) {
            check_alike(reader, event);
            const auto envelope = scan_envelope(event);
            walked += envelope.has_value();
            CHECK(peek_entity(event) == (envelope ? envelope->entity : 0));
        }
        // What this build writes is read the quick way, or the quick way is none.
        CHECK(walked == events.size());
    }
}

TEST_CASE("a fold and protobuf's parser accept and refuse the same damaged events") {
    for (const std::uint64_t seed : seeds(3)) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        FoldReader reader;
        const auto events = stored_events(seed);
        for (int round = 0; round < 20'000; ++round) {
            std::vector<Byte> event = events[random() % events.size()];
            for (std::uint64_t changes = 1 + random() % 3; changes > 0 && !event.empty();
                 --changes) {
                const auto at = static_cast<std::ptrdiff_t>(random() % event.size());
                const auto byte = static_cast<Byte>(random() & 0xff);
                switch (random() % 3) {
                    case 0: event[static_cast<std::size_t>(at)] = byte; break;
                    case 1: event.insert(event.begin() + at, byte); break;
                    default: event.erase(event.begin() + at); break;
                }
            }
            INFO("round " << round << ": " << to_hex(event));
            check_alike(reader, event);
        }
    }
}

TEST_CASE("tags and lengths written longer than need be are left to protobuf's parser") {
    v1::StoredEvent event;
    event.set_version(1);
    event.mutable_marked()->set_label("before-wave");
    const std::string shortest = event.SerializeAsString();
    REQUIRE(scan_envelope(bytes_of(shortest)));
    // The tag of the version in two bytes, and the length of the body in two.
    std::string long_tag = shortest;
    long_tag.replace(0, 1, std::string("\x90\x00", 2));
    std::string long_length = shortest;
    long_length.replace(4, 1, std::string("\x8d\x00", 2));
    FoldReader reader;
    for (const std::string& longer : {long_tag, long_length}) {
        REQUIRE(longer != shortest);
        CHECK_FALSE(scan_envelope(bytes_of(longer)));
        check_alike(reader, bytes_of(longer));
    }
}

TEST_CASE("the entities of events to come are told ahead, each once and in order") {
    Estate estate;
    estate.with_pool("ocs0.contoso.com", 40);
    const auto record = all_records(*estate.replica.log).back();
    std::vector<std::uint64_t> told;
    std::vector<std::uint64_t> visited;
    for_each_folded_event(
        read_commit(record).view,
        [&](const PlacedEvent&, const v1::StoredEvent& event, std::string_view) {
            visited.push_back(event.entity());
            CHECK(told.size() == std::min<std::size_t>(visited.size() + folded_ahead_by, 40));
        },
        [&](std::uint64_t entity) { told.push_back(entity); });
    CHECK(visited.size() == 40);
    CHECK(told == visited);
    CHECK(peek_entity({}) == 0);
}

TEST_CASE("the command ids of a commit are found without parsing its events") {
    Estate estate;
    estate.with_pool("ocs0.contoso.com", 2);
    const auto record = all_records(*estate.replica.log).back();
    std::vector<std::pair<Position, std::string>> ids;
    for_each_command_id(read_commit(record).view, [&](Position position, std::string_view id) {
        ids.emplace_back(position, id);
    });
    CHECK(ids == std::vector<std::pair<Position, std::string>>{{{4}, "c2"}, {{5}, "c3"}});
}

}  // namespace ferry::test
