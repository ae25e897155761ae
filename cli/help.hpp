#pragma once
/// How help is laid out: the list of verbs says one line for each, and each verb's own help says
/// the rest.
#include <CLI/CLI.hpp>

namespace ferry {

class HelpFormatter : public CLI::Formatter {
public:
    std::string make_subcommand(const CLI::App* verb) const override;
};

}  // namespace ferry
