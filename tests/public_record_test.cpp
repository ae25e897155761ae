// The record that the publisher makes of an event, and the headers that route it.
#include "projections/public_record.hpp"
#include "events/hash.hpp"
#include "projections/published_end.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

#include <map>

namespace ferry::test {

namespace {

/// The records of everything in the estate's log.
struct Published {
    std::string key;
    std::string value;
    std::map<std::string, std::string> headers;
};

std::vector<Published> published(Estate& estate) {
    std::vector<Published> all;
    PublicRecord record;
    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    replica.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            record.fill(replica.fleet, commit.header, placed.position, event);
            Published one{record.key(), record.value(), {}};
            for (const KafkaHeader& header : record.headers())
                CHECK(one.headers.emplace(header.name, header.value).second);
            all.push_back(std::move(one));
        });
    };
    REQUIRE(replica.catch_up());
    return all;
}

v1::Event event_in(const Published& record) {
    const auto event = event_of(bytes_of(record.value));
    REQUIRE(event);
    return *event;
}

}  // namespace

TEST_CASE("a published transition is a CloudEvent in binary mode, keyed by its entity") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.done(enter_coexistence("pool:ocs01"));
    const auto records = published(estate);
    const Published& last = records.back();
    const v1::Event event = event_in(last);
    CHECK(last.key == "pool:ocs01");
    CHECK(event.entity() == "pool:ocs01");
    CHECK(event.position() == estate.position().value);
    CHECK(event.from() == "legacy");
    CHECK(event.to() == "coexist-test");
    const std::string time = to_rfc3339(estate.clock.now());
    const std::map<std::string, std::string> expected{{"content-type", "application/protobuf"},
                                                      {"ce_specversion", "1.0"},
                                                      {"ce_id", event.event_id()},
                                                      {"ce_source", "/sites/paris"},
                                                      {"ce_type", "ferry.pool.transitioned.v1"},
                                                      {"ce_time", time},
                                                      {"ce_subject", "pool:ocs01"},
                                                      {"ce_dataschema", event_schema()},
                                                      {"ce_partitionkey", "pool:ocs01"},
                                                      {"ce_sequence", "00000000000000000005"},
                                                      {"ce_correlationid", event.command_id()},
                                                      {"ce_causationid", event.command_id()}};
    CHECK(last.headers == expected);
}

TEST_CASE("published events are those of the log, in order and without a gap") {
    Estate estate;
    estate.with_pool("ocs01", 3);
    estate.done({check("pool:ocs01", "services-started"), withdraw("user:user2@contoso.com")});
    const auto records = published(estate);
    REQUIRE(records.size() == estate.position().value);
    std::string before;
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(event_in(records[i]).position() == i + 1);
        // As text, as lag tools and dead-letter queues sort it.
        CHECK(records[i].headers.at("ce_sequence") > before);
        before = records[i].headers.at("ce_sequence");
        CHECK(records[i].headers.at("ce_id") == event_in(records[i]).event_id());
    }
    CHECK(records.front().headers.at("ce_type") == "ferry.site.log-created.v1");
    CHECK(records.front().key == "site:paris");
}

TEST_CASE("an event without a command has no empty correlation header") {
    v1::Event event;
    event.set_entity("site:paris");
    event.set_type("OwnerTaken");
    event.set_site("paris");
    PublicRecord record;
    record.fill(event);
    for (const KafkaHeader& header : record.headers()) {
        // The id is the commit's and is filled in apart.
        if (header.name != "ce_id") CHECK_FALSE(header.value.empty());
        CHECK(header.name != "ce_correlationid");
    }
    // And the next one has its own again.
    event.set_correlation_id("wave-1");
    record.fill(event);
    bool found = false;
    for (const KafkaHeader& header : record.headers())
        found = found || (header.name == "ce_correlationid" && header.value == "wave-1");
    CHECK(found);
}

TEST_CASE("a detail too long for a message is published as its length and digest") {
    v1::Event event;
    event.set_event_id("00-0");
    event.set_entity("pool:ocs01");
    event.set_type("CheckRecorded");
    event.set_site("paris");
    event.set_position(7);
    (*event.mutable_details())["evidence"] = std::string(public_value_bytes_max + 1, 'x');
    (*event.mutable_details())["check"] = "services-started";
    PublicRecord record;
    record.fill(event);
    CHECK(record.value().size() < 1'000);
    const auto read = event_of(bytes_of(record.value()));
    REQUIRE(read);
    CHECK(read->details().at("evidence").starts_with("left out: 900001 bytes, sha256:"));
    CHECK(read->details().at("check") == "services-started");
}

TEST_CASE("the schema named in the headers is the message's, by its type URL and a digest") {
    CHECK(event_schema().starts_with("https://type.googleapis.com/ferry.v1.Event#sha256-"));
    CHECK(event_schema() == event_schema());
}

TEST_CASE("what is no event or state is not taken for one") {
    CHECK_FALSE(event_of({}));
    CHECK_FALSE(state_of({}));
    CHECK_FALSE(event_of(bytes_of("not protobuf at all")));
    v1::EntityState state;
    state.set_entity("pool:ocs01");
    state.set_kind("pool");
    state.set_site("paris");
    state.set_position(4);
    const std::string text = state.SerializeAsString();
    CHECK(state_of(bytes_of(text)));
    CHECK_FALSE(event_of(bytes_of(text)));
}

}  // namespace ferry::test
