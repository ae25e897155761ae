// The states that the publisher keeps current, and which of them an event changes.
#include "projections/entity_state.hpp"
#include "projections/state_changes.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

#include <map>

namespace ferry::test {

namespace {

/// What was taken, by entity.
using Changed = std::map<std::string, std::uint64_t>;

Changed taken(const Estate& estate, StateChanges& changes) {
    Changed changed;
    Position before;
    for (const StateChange& one : changes.take(estate.replica.fleet, estate.position())) {
        CHECK(one.position >= before);
        before = one.position;
        changed.emplace(estate.replica.fleet.id(one.number), one.position.value);
    }
    return changed;
}

/// Notes whatever stands in the log.
void note_all(Estate& estate, StateChanges& changes) {
    Replica reader(std::make_unique<MemoryLog>(estate.store, "paris"));
    reader.on_commit = [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            changes.note(estate.replica.fleet, placed.position, event);
        });
    };
    REQUIRE(reader.catch_up());
}

v1::EntityState state_of_entity(const Estate& estate, std::string_view id) {
    const EntityNumber number = estate.number(id);
    return entity_state(estate.replica.fleet, number,
                        changed_by_fleet(estate.replica.fleet, number));
}

v1::Command correct_successor(std::string_view pool, std::string_view successor) {
    v1::Command command = ask(pool);
    command.mutable_correct()->set_field("successor");
    command.mutable_correct()->set_value(std::string(successor));
    return command;
}

}  // namespace

TEST_CASE("a state says in words what the fleet says") {
    Estate estate;
    estate.done({add_pool("ocs01", "lync01"), add_user("alice@contoso.com", "ocs01", "production"),
                 add_application("rgs", "ocs01")});
    const auto pool = state_of_entity(estate, "pool:ocs01");
    CHECK(pool.kind() == "pool");
    CHECK(pool.site() == "paris");
    CHECK(pool.successor() == "lync01");
    CHECK(pool.coexistence() == "unverified");
    CHECK(pool.pool() == "ocs01");
    CHECK(pool.home().empty());
    const auto user = state_of_entity(estate, "user:alice@contoso.com");
    CHECK(user.home() == "lync01");
    CHECK(user.client() == "legacy-client");
    CHECK(user.enabled());
    CHECK(user.transfer() == "settled");
    const auto application = state_of_entity(estate, "application:rgs");
    CHECK(application.application_class() == "response-groups");
    CHECK(application.compatibility() == "unverified");
    CHECK(application.home() == "ocs01");
    CHECK(application.version() == 1);
}

TEST_CASE("who was withdrawn has a state that says so") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    CHECK(state_of_entity(estate, "user:user1@contoso.com").presence() == "present");
    estate.done(withdraw("user:user1@contoso.com"));
    CHECK(state_of_entity(estate, "user:user1@contoso.com").presence() == "withdrawn");
}

TEST_CASE("an event changes the state of its entity and of no other") {
    Estate estate;
    estate.with_pool("ocs01", 2);
    StateChanges changes(estate.position());
    estate.done(withdraw("user:user1@contoso.com"));
    note_all(estate, changes);
    CHECK(taken(estate, changes) == Changed{{"user:user1@contoso.com", estate.position().value}});
    CHECK(taken(estate, changes).empty());
}

TEST_CASE("a member that reaches pilot changes the state of its pool too") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    estate.bring_pool_to("ocs01", v1::STATE_PILOT);
    estate.done(enter_coexistence("user:user1@contoso.com"));
    const Position before = estate.position();
    StateChanges changes(before);
    estate.done(start_pilot("user:user1@contoso.com"));
    note_all(estate, changes);
    const auto changed = taken(estate, changes);
    CHECK(changed.size() == 2);
    CHECK(changed.at("pool:ocs01") == before.value + 1);
    const auto pool = state_of_entity(estate, "pool:ocs01");
    CHECK(pool.pilot_ran());
    CHECK(pool.position() == before.value + 1);
}

TEST_CASE("a pool's new successor changes the home of every member on the new side") {
    Estate estate;
    estate.done({add_pool("ocs01", "lync01"), add_user("alice@contoso.com", "ocs01", "production"),
                 add_user("bob@contoso.com", "ocs01")});
    StateChanges changes(estate.position());
    estate.done(correct_successor("pool:ocs01", "lync02"));
    note_all(estate, changes);
    const std::uint64_t at = estate.position().value;
    CHECK(taken(estate, changes) == Changed{{"pool:ocs01", at}, {"user:alice@contoso.com", at}});
    CHECK(state_of_entity(estate, "user:alice@contoso.com").home() == "lync02");
    CHECK(state_of_entity(estate, "user:alice@contoso.com").position() == at);
}

TEST_CASE("what was published already is not noted again") {
    Estate estate;
    estate.with_pool("ocs01", 2);
    StateChanges changes(estate.position());
    note_all(estate, changes);
    CHECK(changes.count() == 0);
    CHECK(taken(estate, changes).empty());
}

}  // namespace ferry::test
