#pragma once
/// The verbs about Kafka, each in a file of its own; the others stand in cli/program.hpp.
#include "cli/session.hpp"

namespace ferry {

void add_publish(CLI::App& app, Session& session);
void add_topics(CLI::App& app, Session& session);
void add_decode(CLI::App& app, Session& session);

}  // namespace ferry
