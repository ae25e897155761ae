#pragma once
/// Completion scripts for the shells, from the same tree that parses the command line. Pure.
#include "cli/program_tree.hpp"

namespace ferry {

std::string bash_completion(const ProgramForm& form);
std::string zsh_completion(const ProgramForm& form);
std::string fish_completion(const ProgramForm& form);

}  // namespace ferry
