#pragma once
/// The whole command line as one tree: help, man page, completion and the parser come from it.
#include "cli/session.hpp"

#include <memory>

namespace ferry {

/// Builds the tree. Each verb's callback leaves its exit code in the session, which must outlive
/// it.
std::unique_ptr<CLI::App> build_program(Session& session);

/// Parses and runs; returns the exit code of design.md section 8.
int run_program(int argc, const char* const* argv, Session& session);

// One function a verb, each in a file of its own. The order here is the order of the help.
void add_import(CLI::App& app, Session& session);
void add_apply(CLI::App& app, Session& session);
void add_advance(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_approve(CLI::App& app, Session& session);
void add_withdraw(CLI::App& app, Session& session);
void add_mark(CLI::App& app, Session& session);
void add_release(CLI::App& app, Session& session);
void add_take_over(CLI::App& app, Session& session);
void add_status(CLI::App& app, Session& session);
void add_show(CLI::App& app, Session& session);
void add_why(CLI::App& app, Session& session);
void add_history(CLI::App& app, Session& session);
void add_events(CLI::App& app, Session& session);
void add_diff(CLI::App& app, Session& session);
void add_trace(CLI::App& app, Session& session);
void add_export(CLI::App& app, Session& session);
void add_rollback(CLI::App& app, Session& session);
void add_remediations(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_checkpoint(CLI::App& app, Session& session);
void add_conform(CLI::App& app, Session& session);
void add_repair(CLI::App& app, Session& session);
void add_copy(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);
void add_pack(CLI::App& app, Session& session);
void add_plan(CLI::App& app, Session& session);
void add_wave(CLI::App& app, Session& session);
void add_simulate(CLI::App& app, Session& session);
void add_campaign(CLI::App& app, Session& session);
void add_coordinate(CLI::App& app, Session& session);
void add_diagram(CLI::App& app, Session& session);
void add_man(CLI::App& app, Session& session);
void add_completion(CLI::App& app, Session& session);

}  // namespace ferry
