#pragma once
/// What every kind of log promises, written once. A kind's test file names a fixture with
/// `std::unique_ptr<Log> open()`, each call another handle on the same, at first empty log, and
/// says FERRY_LOG_CONTRACT(Fixture).
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/unknown_field_set.h>

#include <memory>
#include <thread>

namespace ferry::test {

using Records = std::vector<std::vector<Byte>>;

/// Appends all of `records` through one handle that leads and stops in order.
inline void append_all(Log& log, const Records& records) {
    REQUIRE(log.lead().has_value());
    for (const auto& record : records) {
        const auto appended = log.append(record);
        INFO((appended ? "" : appended.error().message));
        REQUIRE(appended.has_value());
    }
    REQUIRE(log.stop().has_value());
}

inline Records sample_records(std::uint32_t commits) {
    Chain chain;
    Records records{chain.first()};
    for (std::uint32_t i = 1; i < commits; ++i) records.push_back(chain.plain(1 + i % 3));
    return records;
}

/// An event whose body and one of whose fields no build knows.
inline v1::StoredEvent event_from_the_future() {
    v1::StoredEvent event = event_with_reason("from a later version");
    event.clear_marked();
    auto& unknown = *event.GetReflection()->MutableUnknownFields(&event);
    unknown.AddLengthDelimited(999)->assign("a body to come");
    unknown.AddVarint(998, 42);
    return event;
}

TEST_CASE_TEMPLATE_DEFINE("a log that nobody wrote to reads as empty", Fixture, reads_empty) {
    Fixture fixture;
    const auto log = fixture.open();
    CHECK(all_records(*log).empty());
    const auto found = log->find({1});
    REQUIRE(found.has_value());
    CHECK_FALSE(found->has_value());
}

TEST_CASE_TEMPLATE_DEFINE("what is appended is read back byte for byte and in order", Fixture,
                          reads_back) {
    Fixture fixture;
    const Records records = sample_records(600);
    append_all(*fixture.open(), records);
    CHECK(all_records(*fixture.open()) == records);
}

TEST_CASE_TEMPLATE_DEFINE("reading starts anywhere, stops on request and goes on from there",
                          Fixture, reads_from_anywhere) {
    Fixture fixture;
    const Records records = sample_records(20);
    append_all(*fixture.open(), records);
    const auto log = fixture.open();
    Records pieces;
    Offset from{0};
    for (std::size_t size = 1; pieces.size() < records.size(); ++size) {
        std::size_t wanted = size;
        const auto next = log->read(from, [&](const Record& record) {
            pieces.emplace_back(record.bytes.begin(), record.bytes.end());
            return --wanted > 0;
        });
        REQUIRE(next.has_value());
        CHECK(*next > from);
        from = *next;
    }
    CHECK(pieces == records);
    const auto end = log->read(from, [](const Record&) { return false; });
    REQUIRE(end.has_value());
    CHECK(*end == from);
}

TEST_CASE_TEMPLATE_DEFINE("each record stands at the offset that reading from it begins with",
                          Fixture, offsets_lead_back) {
    Fixture fixture;
    const Records records = sample_records(8);
    append_all(*fixture.open(), records);
    const auto log = fixture.open();
    std::vector<Offset> offsets;
    REQUIRE(log->read({0},
                      [&](const Record& record) {
                          offsets.push_back(record.offset);
                          return true;
                      })
                .has_value());
    REQUIRE(offsets.size() == records.size());
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        std::vector<Byte> seen;
        REQUIRE(log->read(offsets[i],
                          [&](const Record& record) {
                              seen.assign(record.bytes.begin(), record.bytes.end());
                              return false;
                          })
                    .has_value());
        CHECK(seen == records[i]);
    }
}

TEST_CASE_TEMPLATE_DEFINE("of several records handed over each reading meets one more, in order",
                          Fixture, meets_what_is_on_its_way) {
    Fixture fixture;
    const Records records = sample_records(31);
    const auto log = fixture.open();
    REQUIRE(log->lead().has_value());
    Records seen;
    Offset from{0};
    using Reading = Result<Offset> (Log::*)(Offset, const RecordVisitor&);
    const auto read = [&](Reading reading) {
        const auto next = ((*log).*reading)(from, [&](const Record& record) {
            seen.emplace_back(record.bytes.begin(), record.bytes.end());
            return true;
        });
        INFO((next ? "" : next.error().message));
        REQUIRE(next.has_value());
        from = *next;
    };
    std::size_t handed = 0;
    const auto hand_over = [&](std::size_t count) {
        for (; count > 0; --count) REQUIRE(log->hand_over(records[handed++]).has_value());
    };
    while (handed + 3 < records.size()) {
        const std::size_t before = seen.size();
        hand_over(3);
        for (std::size_t i = 1; i <= 3; ++i) {
            read(&Log::read_some);
            CHECK(seen.size() >= before + i);
        }
        read(&Log::read_some);  // nothing is on its way
        CHECK(seen.size() == handed);
    }
    hand_over(records.size() - handed);
    read(&Log::read);
    CHECK(seen == records);
    REQUIRE(log->stop().has_value());
}

TEST_CASE_TEMPLATE_DEFINE("each position is found in its commit, and none past the head", Fixture,
                          finds_positions) {
    Fixture fixture;
    const Records records = sample_records(30);
    append_all(*fixture.open(), records);
    const auto log = fixture.open();
    Position head;
    for (const auto& record : records) {
        const CommitHeader header = read_commit(record).view.header;
        for (head = header.first; head <= header.last(); head = head.next()) {
            const auto found = log->find(head);
            REQUIRE(found.has_value());
            REQUIRE(found->has_value());
            CHECK(**found == record);
        }
    }
    const auto past = log->find(head);
    REQUIRE(past.has_value());
    CHECK_FALSE(past->has_value());
    CHECK_FALSE(log->find({0})->has_value());
}

TEST_CASE_TEMPLATE_DEFINE("a reader that is open sees what is appended later", Fixture,
                          reader_follows) {
    Fixture fixture;
    const Records records = sample_records(6);
    const auto reader = fixture.open();
    CHECK(all_records(*reader).empty());
    const auto writer = fixture.open();
    REQUIRE(writer->lead().has_value());
    Offset from{0};
    for (const auto& record : records) {
        REQUIRE(writer->append(record).has_value());
        Records seen;
        const auto next = reader->read(from, [&](const Record& found) {
            seen.emplace_back(found.bytes.begin(), found.bytes.end());
            return true;
        });
        REQUIRE(next.has_value());
        CHECK(seen == Records{record});
        from = *next;
    }
    REQUIRE(writer->stop().has_value());
    CHECK(all_records(*reader) == records);
}

TEST_CASE_TEMPLATE_DEFINE("a second handle goes on where the first one stopped", Fixture,
                          writing_goes_on) {
    Fixture fixture;
    const Records records = sample_records(9);
    append_all(*fixture.open(), {records.begin(), records.begin() + 4});
    append_all(*fixture.open(), {records.begin() + 4, records.end()});
    CHECK(all_records(*fixture.open()) == records);
}

TEST_CASE_TEMPLATE_DEFINE("unknown bodies and fields survive a read and a copy byte for byte",
                          Fixture, unknown_survives) {
    Fixture origin, copy;
    Chain chain;
    const Records records{chain.first(), chain.plain({event_from_the_future()})};
    append_all(*origin.open(), records);
    append_all(*copy.open(), all_records(*origin.open()));
    const Records copied = all_records(*copy.open());
    CHECK(copied == records);
    std::string stored, again = event_from_the_future().SerializeAsString();
    for_each_event(read_commit(copied[1]).view, [&](const PlacedEvent& placed, const auto& event) {
        CHECK(placed.readable);
        CHECK(event.body_case() == v1::StoredEvent::BODY_NOT_SET);
        stored = event.SerializeAsString();
    });
    CHECK(stored == again);
}

TEST_CASE_TEMPLATE_DEFINE("the largest commits are kept whole", Fixture, keeps_largest) {
    Fixture fixture;
    Chain chain;
    Records records{chain.first(), chain.plain(commit_events_max)};
    records.push_back(chain.plain({event_with_reason(std::string(899'700, 'x'))}));
    append_all(*fixture.open(), records);
    CHECK(all_records(*fixture.open()) == records);
}

TEST_CASE_TEMPLATE_DEFINE("readers in other threads see a prefix at any moment", Fixture,
                          readers_see_prefixes) {
    Fixture fixture;
    const Records records = sample_records(120);
    const auto writer = fixture.open();
    const auto reader = fixture.open();
    REQUIRE(writer->lead().has_value());
    bool prefix = true;
    std::string said;
    std::jthread reading([&] {
        for (std::size_t seen = 0; prefix && seen < records.size();) {
            seen = 0;
            const auto read = reader->read({0}, [&](const Record& record) {
                prefix = prefix && std::equal(record.bytes.begin(), record.bytes.end(),
                                              records[seen].begin(), records[seen].end());
                return ++seen < records.size();
            });
            if (!read) said = read.error().message;
            prefix = prefix && read.has_value();
        }
    });
    for (const auto& record : records) REQUIRE(writer->append(record).has_value());
    reading.join();
    CAPTURE(said);
    CHECK(prefix);
    REQUIRE(writer->stop().has_value());
}

}  // namespace ferry::test

#define FERRY_LOG_CONTRACT(Fixture)                               \
    TEST_CASE_TEMPLATE_INVOKE(reads_empty, Fixture);              \
    TEST_CASE_TEMPLATE_INVOKE(reads_back, Fixture);               \
    TEST_CASE_TEMPLATE_INVOKE(reads_from_anywhere, Fixture);      \
    TEST_CASE_TEMPLATE_INVOKE(offsets_lead_back, Fixture);        \
    TEST_CASE_TEMPLATE_INVOKE(meets_what_is_on_its_way, Fixture); \
    TEST_CASE_TEMPLATE_INVOKE(finds_positions, Fixture);          \
    TEST_CASE_TEMPLATE_INVOKE(reader_follows, Fixture);           \
    TEST_CASE_TEMPLATE_INVOKE(writing_goes_on, Fixture);          \
    TEST_CASE_TEMPLATE_INVOKE(unknown_survives, Fixture);         \
    TEST_CASE_TEMPLATE_INVOKE(keeps_largest, Fixture);            \
    TEST_CASE_TEMPLATE_INVOKE(readers_see_prefixes, Fixture)
