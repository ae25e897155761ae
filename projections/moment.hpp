#pragma once
/// A moment as people name it, and the position it means. A position is the moment after its event.
#include "engine/replica.hpp"

namespace ferry {

struct Moment {
    Position position;
    std::string shown;  ///< what it was taken for, to be printed before it is used
};

/// `text` is a position (`120`, `paris:120`), a time (RFC 3339: the last position recorded at or
/// before it), or a label of this site. `replica` has read its log. Errors (usage): beyond the end,
/// before the log began, unknown label, another site's position.
Result<Moment> resolve_moment(const Replica& replica, std::string_view text);

/// The last position recorded at or before `time`; 0 where the log began later.
Result<Position> last_recorded_by(const Replica& replica, Time time);

}  // namespace ferry
