#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

/// Inside single quotes and the brackets of a specification.
std::string zsh_quoted(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '\'') safe += "'\\''";
        else if (c == '[' || c == ']' || c == ':' || c == '\\') (safe += '\\') += c;
        else safe += c == '\n' ? ' ' : c;
    }
    return safe;
}

std::string value_action(const OptionForm& option) {
    if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
    return option.takes_file ? "_files" : " ";
}

std::string specifications(const VerbForm& form) {
    std::string lines;
    for (const OptionForm& option : form.options) {
        const std::string action = value_action(option);
        if (option.positional) {
            lines += fmt::format("                '{}:{}:{}'", option.many ? "*" : "",
                                 zsh_quoted(option.names.front()), action);
            lines += " \\\n";
            continue;
        }
        const bool flag = option.takes.empty();
        for (const std::string& name : option.names)
            lines +=
                fmt::format("                '{}[{}]{}' \\\n", name, zsh_quoted(option.about),
                            flag ? "" : fmt::format(":{}:{}", zsh_quoted(option.takes), action));
    }
    return lines;
}

}  // namespace

std::string zsh_completion(const ProgramForm& form) {
    std::string verbs;
    std::string cases;
    for (const VerbForm& verb : form.verbs) {
        verbs += fmt::format("        '{}:{}'\n", verb.name, zsh_quoted(verb.summary));
        cases += fmt::format("            {})\n            _arguments -s \\\n{}                && "
                             "return;;\n",
                             verb.name, specifications(verb));
    }
    return fmt::format(R"(#compdef ferry
# zsh completion of ferry; put it as _ferry into a folder of your fpath.
_ferry() {{
    local curcontext=$curcontext state line
    local -a verbs
    verbs=(
{})
    _arguments -C \
{}                '1: :->verb' '*:: :->arguments'
    case $state in
        verb) _describe 'verb' verbs;;
        arguments)
            case $words[1] in
{}            esac;;
    esac
}}
if [[ $funcstack[1] == _ferry ]]; then _ferry "$@"; else compdef _ferry ferry; fi
)",
                       verbs, specifications(form.program), cases);
}

}  // namespace ferry
