#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

std::string all_words(const VerbForm& form) {
    std::vector<std::string> words;
    for (const OptionForm& option : form.options) {
        const auto& offered = option.positional ? option.choices : option.names;
        words.insert(words.end(), offered.begin(), offered.end());
    }
    return fmt::format("{}", fmt::join(words, " "));
}

std::string verb_names(const ProgramForm& form, std::string_view between) {
    std::vector<std::string> names;
    names.reserve(form.verbs.size());
    for (const VerbForm& verb : form.verbs) names.push_back(verb.name);
    return fmt::format("{}", fmt::join(names, between));
}

/// After an option that takes a value: its choices; nothing of ours for free text, where the shell
/// falls back on file names.
std::string value_cases(const VerbForm& form, std::string_view verb) {
    std::string cases;
    for (const OptionForm& option : form.options) {
        if (option.positional || option.takes.empty()) continue;
        for (const std::string& name : option.names)
            cases += fmt::format("        {}:{}) words=\"{}\"; value=1;;\n", verb, name,
                                 fmt::join(option.choices, " "));
    }
    return cases;
}

}  // namespace

std::string bash_completion(const ProgramForm& form) {
    std::string values = value_cases(form.program, "*");
    std::string words = fmt::format("            \"\") words=\"{} {}\";;\n", verb_names(form, " "),
                                    all_words(form.program));
    for (const VerbForm& verb : form.verbs) {
        values += value_cases(verb, verb.name);
        words += fmt::format("            {}) words=\"{}\";;\n", verb.name, all_words(verb));
    }
    return fmt::format(
        R"(# bash completion of ferry; source it, or put it where bash looks for such.
_ferry() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    local verb="" words="" value="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        {}) verb=${{COMP_WORDS[i]}}; break;;
        esac
    done
    case $verb:$before in
{}    esac
    if [[ -z $value ]]; then
        case $verb in
{}        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _ferry ferry
)",
        verb_names(form, "|"), values, words);
}

}  // namespace ferry
