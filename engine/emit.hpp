#pragma once
/// How a decision appends one event. Included by the decision's own sources only.
#include "engine/decision.hpp"
#include "engine/evolve.hpp"

namespace ferry {

template <class Fill>
void Decision::emit(EntityNumber number, Fill&& fill) {
    v1::StoredEvent& event = draft_.events.add();
    const bool known = fleet_.knows(number);
    event.set_entity(number.value);
    event.set_version(known ? fleet_.at(number).version + 1 : 1);
    event.set_previous_position(known ? fleet_.at(number).last_position.value : 0);
    event.set_command_id(command_.command_id());
    event.set_command_digest(request_.digest);
    if (command_.correlation_id() != command_.command_id())
        event.set_correlation_id(command_.correlation_id());
    if (command_.causation_id() != command_.command_id())
        event.set_causation_id(command_.causation_id());
    event.set_actor(command_.actor());
    event.set_reason(command_.reason());
    fill(event);
    evolve(fleet_, draft_.next, draft_.recorded, event);
    draft_.next = draft_.next.next();
    ++emitted_;
}

}  // namespace ferry
