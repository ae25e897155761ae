#pragma once
/// Why real moves fail, as far as that is known: what the tools print, what it means, what to do,
/// and whether it may pass by itself. The mover and the ingester ask the same table. Pure.
#include <span>
#include <string>
#include <string_view>

namespace ferry {

struct MoveCause {
    std::string_view name;  ///< `replicator-not-done`
    std::string_view says;  ///< a part of what the tool prints, lower case
    std::string_view meaning;
    std::string_view remedy;
    bool may_pass = false;  ///< trying again later may succeed
};

std::span<const MoveCause> known_causes();

/// The cause that some text of a tool shows, in whatever case; nothing where none is known.
const MoveCause* known_cause(std::string_view text);

/// `replicator-not-done: SetMoveResourceData failed …; wait for event 30024 …`, at most so long
/// that a command may carry it; the text alone where no cause is known.
std::string cause_text(std::string_view text);

}  // namespace ferry
