#pragma once
/// Whose state changed since it was last published, and by which event. An entity's state also
/// changes without an event of its own: a pool's pilot-ran follows its members, and the home of who
/// is on the new side its pool's successor. One thread.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

namespace ferry {

struct StateChange {
    Position position;  ///< of the event that changed it
    EntityNumber number;
};

class StateChanges {
public:
    /// All states up to `published` are published.
    explicit StateChanges(Position published) : published_(published) {}

    /// The fleet has folded the event in, and may have folded later ones.
    void note(const Fleet& fleet, Position position, const v1::StoredEvent& event);
    void note(EntityNumber number, Position position);

    std::size_t count() const { return changed_.size(); }
    Position published() const { return published_; }

    /// What changed up to `up_to`, which counts as published from now on; in log order.
    std::vector<StateChange> take(const Fleet& fleet, Position up_to);

private:
    Position published_;
    ByEntity<Position> changed_;
};

}  // namespace ferry
