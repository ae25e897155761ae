#pragma once
/// The verbs about real moves, each in a file of its own; the others stand in cli/program.hpp.
#include "cli/session.hpp"

namespace ferry {

void add_mover(CLI::App& app, Session& session);
void add_script(CLI::App& app, Session& session);
void add_ingest(CLI::App& app, Session& session);

}  // namespace ferry
