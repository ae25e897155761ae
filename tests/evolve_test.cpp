// evolve is total: whatever stands in a log is folded or remembered as unknown, and never crashes.
#include "engine/evolve.hpp"

#include "engine/machine.hpp"
#include "projections/digest.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void evolve_next(Fleet& fleet, const v1::StoredEvent& event) {
    evolve(fleet, fleet.position.next(), fleet.recorded, event);
}

/// Every machine of the fleet answers every trigger; one in a state it does not have would abort.
void ask_everybody(const Fleet& fleet) {
    for (std::uint64_t number = 1; number <= fleet.size(); ++number)
        for (std::size_t i = 0; i < trigger_count; ++i) {
            const auto trigger = static_cast<Trigger>(i);
            (void)step(trigger, {fleet, side_by_side(), {number}, action_of(trigger), "dana"});
            (void)possible(fleet.at({number}));
        }
}

std::vector<v1::StoredEvent> events_of(Estate& estate) {
    std::vector<v1::StoredEvent> events;
    for (std::uint64_t at = 1; at <= estate.position().value; ++at)
        events.push_back((*find_event(*estate.replica.log, {at}))->event);
    return events;
}

/// A field set to something: often small, sometimes absurd.
void set_somehow(Message& message, const FieldDescriptor* field, RandomHistory& random) {
    const auto& reflection = *message.GetReflection();
    const std::uint64_t number = random.below(5) == 0 ? random.below(UINT64_MAX) : random.below(60);
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_UINT64:
            if (field->is_repeated()) reflection.AddUInt64(&message, field, number);
            else reflection.SetUInt64(&message, field, number);
            return;
        case FieldDescriptor::CPPTYPE_UINT32:
            return reflection.SetUInt32(&message, field, static_cast<std::uint32_t>(number));
        case FieldDescriptor::CPPTYPE_BOOL:
            return reflection.SetBool(&message, field, number % 2 == 0);
        case FieldDescriptor::CPPTYPE_ENUM:
            return reflection.SetEnumValue(&message, field, static_cast<int>(number));
        case FieldDescriptor::CPPTYPE_STRING: {
            const char* const texts[] = {"", "pool", "side", "new", "successor", "a", "lync-2013"};
            if (field->is_repeated())
                reflection.AddString(&message, field, texts[number % std::size(texts)]);
            else reflection.SetString(&message, field, texts[number % std::size(texts)]);
            return;
        }
        default: return;
    }
}

v1::StoredEvent absurd_event(RandomHistory& random) {
    v1::StoredEvent event;
    const auto* bodies = v1::StoredEvent::descriptor()->FindOneofByName("body");
    const auto* body = bodies->field(
        static_cast<int>(random.below(static_cast<std::uint64_t>(bodies->field_count()))));
    Message& inner = *event.GetReflection()->MutableMessage(&event, body);
    for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i)
        if (random.below(4) != 0) set_somehow(inner, inner.GetDescriptor()->field(i), random);
    event.set_entity(random.below(30));
    event.set_version(random.below(9) == 0 ? UINT64_MAX : random.below(50));
    return event;
}

Fleet fold(const std::vector<v1::StoredEvent>& events) {
    Fleet fleet;
    for (const auto& event : events) evolve_next(fleet, event);
    return fleet;
}

}  // namespace

TEST_CASE("no event, however absurd, crashes the fold or leaves a machine in a state it lacks") {
    for (const std::uint64_t seed : seeds(30)) {
        CAPTURE(seed);
        RandomHistory random(seed);
        Estate estate(seed);
        random.play(estate, 60);
        Fleet fleet = fold(events_of(estate));
        for (int i = 0; i < 2000; ++i) evolve_next(fleet, absurd_event(random));
        CHECK(fleet.unknown);
        ask_everybody(fleet);
    }
}

TEST_CASE("damaged bytes that still parse fold without a crash") {
    for (const std::uint64_t seed : seeds(10)) {
        CAPTURE(seed);
        RandomHistory random(seed);
        Estate estate(seed);
        random.play(estate, 80);
        Fleet fleet;
        for (const v1::StoredEvent& event : events_of(estate)) {
            std::string bytes = event.SerializeAsString();
            for (std::uint64_t left = random.below(3); left > 0; --left)
                bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
            v1::StoredEvent damaged;
            if (damaged.ParseFromString(bytes)) evolve_next(fleet, damaged);
        }
        ask_everybody(fleet);
    }
}

TEST_CASE("a body that this build does not know is remembered at its place and changes nothing") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    Fleet fleet = fold(events_of(estate));
    const std::uint32_t version = fleet.entities[2].version;
    v1::StoredEvent strange;
    strange.set_entity(2);
    strange.set_version(2);
    strange.GetReflection()->MutableUnknownFields(&strange)->AddLengthDelimited(999, "to come");
    evolve_next(fleet, strange);
    REQUIRE(fleet.unknown);
    CHECK(fleet.unknown->position == Position{5});
    CHECK(fleet.unknown->what == "an event body it does not know");
    CHECK(fleet.entities[2].version == version);
    evolve_next(fleet, strange);
    CHECK(fleet.unknown->position == Position{5});  // the first is the one that is told
    CHECK(fleet.position == Position{6});
}

TEST_CASE("each kind of strangeness is told apart") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    const auto events = events_of(estate);
    const auto told = [&](std::uint64_t entity, auto&& fill) {
        Fleet fleet = fold(events);
        v1::StoredEvent event;
        event.set_entity(entity);
        fill(event);
        evolve_next(fleet, event);
        return fleet.unknown ? fleet.unknown->what : std::string("nothing");
    };
    const auto later = static_cast<v1::State>(99);
    const auto with_state = [](v1::Region region, v1::State to) {
        return [=](v1::StoredEvent& event) {
            event.mutable_transitioned()->set_region(region);
            event.mutable_transitioned()->set_to(to);
        };
    };
    CHECK(told(2, with_state(v1::REGION_LIFECYCLE, v1::STATE_PILOT)) == "nothing");
    CHECK(told(2, with_state(v1::REGION_LIFECYCLE, later)) == "an unknown word for a state");
    CHECK(told(2, with_state(v1::REGION_CLIENT, v1::STATE_PILOT)) == "an unknown word for a state");
    CHECK(told(1, with_state(v1::REGION_TRANSFER, v1::STATE_FAILED)) ==
          "an unknown word for a state");
    CHECK(told(0, with_state(v1::REGION_LIFECYCLE, v1::STATE_PILOT)) ==
          "an unknown word for a state");
    CHECK(told(9, with_state(v1::REGION_LIFECYCLE, v1::STATE_PILOT)) ==
          "an event of an entity that was never registered");
    CHECK(told(3, [](v1::StoredEvent& e) { e.mutable_registered()->set_name("x"); }) ==
          "a registration of a kind it does not know");
    CHECK(told(2, [](v1::StoredEvent& e) {
              e.mutable_registered()->set_kind(v1::KIND_POOL);
              e.mutable_registered()->set_lifecycle(v1::STATE_LEGACY);
          }) == "a registration that renames an entity");
    CHECK(told(2, [](v1::StoredEvent& e) {
              e.mutable_restored()->set_coexistence(v1::STATE_COEXISTENCE_VERIFIED);
          }) == "a restored state it does not know");
    CHECK(told(2, [](v1::StoredEvent& e) { e.mutable_corrected()->set_field("colour"); }) ==
          "a correction of a field it does not know");
    CHECK(told(1, [](v1::StoredEvent& e) { e.mutable_move_opened()->set_move("m"); }) ==
          "a move it does not know");
    CHECK(told(2, [](v1::StoredEvent& e) {
              e.mutable_approved()->set_action(static_cast<v1::Action>(77));
          }) == "an unknown word for an action");
    CHECK(told(0, [](v1::StoredEvent& e) { e.mutable_log_created()->set_fold_version(9); }) ==
          "fold version 9");
}

TEST_CASE("a fold of the log equals the live fleet, at its end and as of every commit") {
    for (const std::uint64_t seed : seeds(10)) {
        CAPTURE(seed);
        RandomHistory random(seed);
        Estate estate(seed);
        std::vector<std::pair<Position, Hash>> live;
        for (int i = 0; i < 40; ++i) {
            random.play(estate, 5);
            live.emplace_back(estate.position(), fleet_digest(estate.replica.fleet));
        }
        Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
        std::size_t at = 0;
        reader.on_commit = [&](const CommitView& commit) {
            while (at < live.size() && live[at].first <= commit.header.last()) {
                if (live[at].first == commit.header.last())
                    CHECK(fleet_digest(reader.fleet) == live[at].second);
                ++at;
            }
        };
        REQUIRE(reader.catch_up().has_value());
        CHECK(reader.fleet.position == estate.position());
        CHECK(fleet_digest(reader.fleet) == fleet_digest(estate.replica.fleet));
    }
}

TEST_CASE("a forged registration is never folded out of bounds") {
    struct Forgery {
        std::string what;
        std::uint64_t number;
        int kind;
        std::uint64_t pool;
        bool found_moved;
    };
    const std::uint64_t absurd = UINT64_MAX;
    const Forgery forgeries[] = {
        {"a pool that is in a pool", 3, v1::KIND_POOL, absurd, true},
        {"a pool that is in a pool that exists", 3, v1::KIND_POOL, 1, false},
        {"a pool that was moved", 3, v1::KIND_POOL, 0, true},
        {"a wave that is in a pool", 3, v1::KIND_WAVE, absurd, true},
        {"a user of a pool that does not exist", 3, v1::KIND_USER, 77, true},
        {"a user of a pool whose number is cut to one that exists", 3, v1::KIND_USER,
         (std::uint64_t{1} << 32) + 1, true},
        {"a user of a user", 3, v1::KIND_USER, 2, true},
        {"a user of itself", 3, v1::KIND_USER, 3, true},
        {"a user of the site's stream", 3, v1::KIND_USER, 0, true},
        {"a number that skips one", 4, v1::KIND_USER, 1, false},
        {"a number that is cut to one that exists", (std::uint64_t{1} << 32) + 3, v1::KIND_USER, 1,
         false},
        {"the number of the site's stream", 0, v1::KIND_POOL, 0, false},
        {"no kind", 3, v1::KIND_UNSPECIFIED, 1, false},
        {"a kind to come", 3, 99, 1, false},
        {"a pool in a user's place", 2, v1::KIND_POOL, 0, false},
        {"a pool that is now in itself", 1, v1::KIND_POOL, 1, true},
    };
    for (const Forgery& forgery : forgeries) {
        CAPTURE(forgery.what);
        Estate estate;
        estate.with_pool("ocs01", 1);
        Fleet fleet = fold(events_of(estate));
        REQUIRE_FALSE(fleet.unknown);
        v1::StoredEvent event;
        event.set_entity(forgery.number);
        event.set_version(2);
        auto& body = *event.mutable_registered();
        body.set_kind(static_cast<v1::Kind>(forgery.kind));
        body.set_name(forgery.number == 1 ? "ocs01" : "forged");
        body.set_lifecycle(forgery.kind == v1::KIND_WAVE ? v1::STATE_WAVE_PLANNED
                                                         : v1::STATE_LEGACY);
        body.set_pool(forgery.pool);
        body.set_found_moved(forgery.found_moved);
        evolve_next(fleet, event);
        CHECK(fleet.unknown);
        CHECK(fleet.size() == 2);
        CHECK(fleet.entities[1].version == 1);
        CHECK(fleet.entities[2].version == 1);
        CHECK_FALSE(bool(fleet.entities[1].pilot_ran));
    }
}

TEST_CASE("a region that a restore leaves out stays as it is") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    Fleet fleet = fold(events_of(estate));
    v1::StoredEvent event;
    event.set_entity(2);
    event.mutable_restored()->set_on_new_side(false);
    evolve_next(fleet, event);
    CHECK_FALSE(fleet.unknown);
    CHECK(fleet.entities[2].lifecycle == v1::STATE_LEGACY);
    CHECK(fleet.entities[2].presence == v1::STATE_PRESENT);
    CHECK(fleet.entities[2].transfer == v1::STATE_SETTLED);
    CHECK(fleet.entities[2].knowledge == v1::STATE_LEGACY_CLIENT);
}

}  // namespace ferry::test
