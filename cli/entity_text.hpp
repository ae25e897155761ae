#pragma once
/// An entity's state as people read it: where it stands, what is known about it, and what can be
/// done next. Reads evidence from the log where the fold keeps none. One thread.
#include "cli/view.hpp"

namespace ferry {

/// `now` is what ages are counted to; `actor` is who would ask for what is possible next.
void print_entity(std::ostream& out, const EntityView& view, Time now, std::string_view actor);

}  // namespace ferry
