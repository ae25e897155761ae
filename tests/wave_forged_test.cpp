// Events of waves that no writer made: what they name has to be there before they are folded.
#include "engine/evolve.hpp"
#include "engine/misfit.hpp"
#include "tests/wave_estate.hpp"

namespace ferry::test {

namespace {

v1::StoredEvent wave_event(const Estate& estate) {
    v1::StoredEvent event;
    event.set_entity(estate.number("wave:w1").value);
    return event;
}

}  // namespace

TEST_CASE("an event of a wave that names whom the log does not know is never folded") {
    WaveEstate estate;
    estate.done(plan_wave("w1", 1, 2));
    Fleet& fleet = estate.replica.fleet;
    const auto strange = [&](const v1::StoredEvent& event) { return misfit(fleet, event); };
    v1::StoredEvent event = wave_event(estate);
    event.mutable_wave_stepped()->add_failures()->set_member(9999);
    CHECK(strange(event) == "a failure of somebody it does not know");
    event.mutable_wave_stepped()->mutable_failures(0)->set_member(1);
    CHECK(strange(event) == "a failure of somebody it does not know");
    event.mutable_wave_planned()->set_to(v1::STATE_PILOT);
    CHECK(strange(event) == "a wave that is planned twice");
    event.set_entity(2);
    CHECK(strange(event) == "an event of a wave that is none");
}

TEST_CASE("a forged plan is bounded before its runs are counted") {
    WaveEstate estate;
    Fleet& fleet = estate.replica.fleet;
    v1::StoredEvent registered;
    registered.set_entity(fleet.entities.size());
    registered.set_version(1);
    registered.mutable_registered()->set_kind(v1::KIND_WAVE);
    registered.mutable_registered()->set_name("forged");
    registered.mutable_registered()->set_lifecycle(v1::STATE_WAVE_PLANNED);
    evolve(fleet, fleet.position.next(), fleet.recorded, registered);
    REQUIRE_FALSE(fleet.unknown);
    v1::StoredEvent plan;
    plan.set_entity(fleet.entities.size() - 1);
    v1::WavePlanned& body = *plan.mutable_wave_planned();
    CHECK(misfit(fleet, plan) == "a wave to a state it does not know");
    body.set_to(v1::STATE_PILOT);
    body.add_members(2);
    CHECK(misfit(fleet, plan) == "a wave of members it cannot read");
    body.add_members(UINT64_MAX);
    CHECK(misfit(fleet, plan) == "a wave of members it does not know");
    body.set_members(1, 1);
    CHECK_FALSE(misfit(fleet, plan));
    body.add_after(2);
    CHECK(misfit(fleet, plan) == "a wave after one that it does not know");
    CHECK(misfit(fleet, registered) == "a wave that is registered twice");
}

}  // namespace ferry::test
