#pragma once
/// The command line as data, walked once from the tree that also parses it: what the man page and
/// the shells' completions are written from, so that neither can drift. Plain values.
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ferry {

struct OptionForm {
    std::vector<std::string> names;  ///< with their dashes; of a positional its one name
    std::string takes;               ///< what stands for the value: `TEXT`; empty for a flag
    std::vector<std::string> choices;
    std::string about;
    std::string environment;  ///< the variable that also sets it
    std::string standard;     ///< the default, where one is shown
    bool positional = false;
    bool required = false;
    bool many = false;
    bool takes_file = false;
};

struct VerbForm {
    std::string name;
    std::string summary;                ///< the first line of its help
    std::vector<std::string> text;      ///< paragraphs after it
    std::vector<std::string> examples;  ///< command lines, each on a line of its own
    std::vector<OptionForm> options;
};

struct ProgramForm {
    VerbForm program;  ///< options before the verb
    std::vector<VerbForm> verbs;
};

ProgramForm program_form(const CLI::App& app);

}  // namespace ferry
