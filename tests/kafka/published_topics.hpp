#pragma once
/// What a consumer makes of a site's published topics, and what it ought to: for the tests of the
/// publisher. One thread.
#include "engine/public_event.hpp"
#include "events/hash.hpp"
#include "projections/entity_state.hpp"
#include "projections/published_end.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>

namespace ferry::test {

/// Every record of the topic that is an event of the site, repeated ones too.
inline std::vector<v1::Event> events_in_topic(const KafkaAddress& address,
                                              const std::string& site) {
    std::vector<v1::Event> events;
    const auto read =
        read_topic(address, topic_name(address, site, "events"), [&](const KafkaRecord& record) {
            auto event = event_of(record.value);
            if (!event || event->site() != site) return;
            CHECK(event->entity() == text_of(record.key));
            events.push_back(std::move(*event));
        });
    REQUIRE_MESSAGE(read, read.error().message);
    return events;
}

/// The whole rule for a consumer: skip what is not above the last position you saw.
inline std::vector<v1::Event> consumed(const KafkaAddress& address, const std::string& site) {
    std::vector<v1::Event> events;
    std::uint64_t last = 0;
    for (v1::Event& event : events_in_topic(address, site)) {
        if (event.position() <= last) continue;
        last = event.position();
        events.push_back(std::move(event));
    }
    return events;
}

/// The last record of each key: what compaction leaves.
inline std::map<std::string, v1::EntityState> states_in_topic(const KafkaAddress& address,
                                                              const std::string& site) {
    std::map<std::string, v1::EntityState> states;
    const auto read =
        read_topic(address, topic_name(address, site, "state"), [&](const KafkaRecord& record) {
            if (auto state = state_of(record.value))
                states[std::string(text_of(record.key))] = std::move(*state);
        });
    REQUIRE_MESSAGE(read, read.error().message);
    return states;
}

/// The events and states that the log makes.
struct Expected {
    explicit Expected(std::unique_ptr<Log> log) : replica(std::move(log)) {
        replica.on_commit = [this](const CommitView& commit) {
            const CommitHeader& header = commit.header;
            for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& stored) {
                const std::uint64_t index = placed.position.value - header.first.value;
                auto event = public_event(replica.fleet, placed.position, header.recorded, stored);
                event.set_event_id(event_id(header.commit_id, index));
                events.push_back(std::move(event));
            });
        };
        const auto read = replica.catch_up();
        REQUIRE_MESSAGE(read, read.error().message);
    }
    Replica replica;
    std::vector<v1::Event> events;
};

inline bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
    return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

/// A consumer sees every event once and in order, and the state of every entity as it is.
inline void check_published(const KafkaAddress& address, const std::string& site,
                            std::unique_ptr<Log> log) {
    const Expected expected(std::move(log));
    const auto events = consumed(address, site);
    REQUIRE(events.size() == expected.events.size());
    std::size_t differing = 0;
    for (std::size_t i = 0; i < events.size(); ++i)
        differing += !same(events[i], expected.events[i]);
    CHECK(differing == 0);
    auto states = states_in_topic(address, site);
    const Fleet& fleet = expected.replica.fleet;
    CHECK(states.size() == fleet.entities.size());
    for (std::uint64_t number = 1; number < fleet.entities.size(); ++number) {
        v1::EntityState& state = states[std::string(fleet.id({number}))];
        CHECK(state.position() >= fleet.at({number}).last_position.value);
        // Which other entity's event changed it last, the fleet alone does not say.
        state.set_position(0);
        const bool right = same(state, entity_state(fleet, {number}, {}));
        INFO(state.ShortDebugString(), " ought to be ",
             entity_state(fleet, {number}, {}).ShortDebugString());
        CHECK(right);
    }
    CHECK(states[std::string(fleet.id({0}))].position() == fleet.position.value);
}

}  // namespace ferry::test
