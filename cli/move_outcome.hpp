#pragma once
/// What the end of a command says about its move: done or not, why not, whether it can be undone,
/// and whether it is worth another try. Pure.
#include "cli/move_process.hpp"

namespace ferry {

/// The command's exit code that says "moved, and going back cannot undo it".
inline constexpr int exit_moved_for_good = 3;
/// EX_TEMPFAIL of sysexits.h: it may succeed later.
inline constexpr int exit_may_pass = 75;

struct MoveOutcome {
    bool succeeded = false;
    bool reversible = true;
    bool may_pass = false;
    std::string cause{};
};

/// The shell did not find the command, or may not run it, and the command itself said nothing.
bool could_not_be_run(const MoveEnd& end);

/// A last line of standard output that is a JSON object is the command's own word, by the keys
/// `outcome`, `cause`, `reversible` and `retry`; its exit code is asked first, and where neither
/// says why it failed, what it printed is looked up among the known causes.
MoveOutcome outcome_of_run(const MoveEnd& end);

}  // namespace ferry
