#pragma once
/// The runner of a wave: asks for step after step, as fast as the wave's windows, pace and open
/// moves allow, until it does not run any more or somebody stops the runner. It keeps nothing of
/// its own: killed at any moment, another one goes on from what the log says.
#include "cli/sites.hpp"

namespace ferry {

/// The wave with that name, at its site. Errc::bad_input with the nearest one that is known.
Result<Sites::Place> find_wave(Sites& sites, const std::string& name);

/// Runs a wave that is running; prints how it stands at the end. The exit code is 0 where all its
/// members are there, or it was stopped by a signal while it ran, and 1 where it held or some
/// failed.
ExitCode run_wave(Session& session, const std::string& name);

}  // namespace ferry
