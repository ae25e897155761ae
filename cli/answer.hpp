#pragma once
/// What a verb that gives one command a site says about its answer: what was done on stdout, why
/// not on stderr, and the exit code either way.
#include "cli/sites.hpp"

namespace ferry {

/// `done: paris:120 user:alice@contoso.com version 4`, or why not; with --json the CommandResult.
ExitCode print_answer(Session& session, std::string_view site, const v1::Command& command,
                      const v1::CommandResult& result);

/// Gives one command to `site`, prints its answer and closes the sites.
ExitCode give_one(Session& session, Sites& sites, std::string_view site,
                  const v1::Command& command);

}  // namespace ferry
