#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

std::string fish_quoted(std::string_view text) {
    std::string safe = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') safe += '\\';
        safe += c == '\n' ? ' ' : c;
    }
    return safe + "'";
}

void add_option(std::string& script, std::string_view condition, const OptionForm& option) {
    if (option.positional) {
        if (option.choices.empty()) return;
        script += fmt::format("complete -c ferry -f -n {} -a {}\n", fish_quoted(condition),
                              fish_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
        return;
    }
    std::string line = fmt::format("complete -c ferry -n {}", fish_quoted(condition));
    for (const std::string& name : option.names)
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!option.takes.empty()) line += " -r";
    if (!option.choices.empty())
        line += " -f -a " + fish_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
    script += line + " -d " + fish_quoted(option.about) + "\n";
}

}  // namespace

std::string fish_completion(const ProgramForm& form) {
    std::string script =
        "# fish completion of ferry; source it, or put it into fish's completions folder.\n";
    constexpr std::string_view no_verb = "__fish_use_subcommand";
    for (const OptionForm& option : form.program.options) add_option(script, no_verb, option);
    for (const VerbForm& verb : form.verbs) {
        script += fmt::format("complete -c ferry -f -n {} -a {} -d {}\n", fish_quoted(no_verb),
                              verb.name, fish_quoted(verb.summary));
        const std::string chosen = fmt::format("__fish_seen_subcommand_from {}", verb.name);
        for (const OptionForm& option : verb.options) add_option(script, chosen, option);
    }
    return script;
}

}  // namespace ferry
