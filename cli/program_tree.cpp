#include "cli/program_tree.hpp"

#include <CLI/CLI.hpp>

#include <sstream>

namespace ferry {

namespace {

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    std::istringstream in{std::string(text)};
    for (std::string part; std::getline(in, part, at);) parts.push_back(part);
    return parts;
}

/// `TEXT:{a,b}` is how the parser writes the words that it lets through.
void read_type(std::string_view type, OptionForm& form) {
    form.takes = type.substr(0, type.find(':'));
    form.takes_file = form.takes == "FILE" || form.takes == "DIR" || form.takes == "PATH" ||
                      form.names.front() == "FILE";
    const std::size_t open = type.find('{');
    const std::size_t close = type.rfind('}');
    if (open == std::string_view::npos || close == std::string_view::npos) return;
    form.choices = split(type.substr(open + 1, close - open - 1), ',');
}

OptionForm option_form(const CLI::Option& option) {
    OptionForm form;
    form.positional = option.get_positional();
    if (form.positional) form.names.push_back(option.get_name(true));
    for (const std::string& name : option.get_snames()) form.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) form.names.push_back("--" + name);
    form.about = option.get_description();
    form.environment = option.get_envname();
    form.standard = option.get_default_str();
    form.required = option.get_required();
    form.many = option.get_expected_max() == CLI::detail::expected_max_vector_size;
    if (option.get_type_size_max() != 0) read_type(option.get_type_name(), form);
    return form;
}

/// Help leads with one line, then paragraphs; examples are the lines that stand in by two spaces.
void read_help(const std::string& help, VerbForm& form) {
    for (const std::string& line : split(help, '\n')) {
        if (line.starts_with("  ")) form.examples.push_back(line.substr(2));
        else if (line.empty() || line == "Example:" || line == "Examples:") continue;
        else if (form.summary.empty()) form.summary = line;
        else form.text.push_back(line);
    }
}

VerbForm verb_form(const CLI::App& app) {
    VerbForm form;
    form.name = app.get_name();
    read_help(app.get_description(), form);
    for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
        form.options.push_back(option_form(*option));
    return form;
}

}  // namespace

ProgramForm program_form(const CLI::App& app) {
    ProgramForm form{verb_form(app), {}};
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        form.verbs.push_back(verb_form(*verb));
    return form;
}

}  // namespace ferry
