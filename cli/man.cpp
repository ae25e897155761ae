// `ferry man`: the manual page, written from the same tree that parses the command line.
#include "cli/program.hpp"
#include "cli/program_tree.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// Roff reads a leading dot or quote as a request, a backslash as an escape, and a bare hyphen as
/// one that copies badly into a shell.
std::string roff(std::string_view text) {
    std::string safe;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) safe += "\\&";
        if (c == '\\') safe += "\\e";
        else if (c == '-') safe += "\\-";
        else safe += c;
        line_start = c == '\n';
    }
    return safe;
}

std::string value_of(const OptionForm& option) {
    if (option.takes.empty()) return "";
    if (option.choices.empty()) return option.takes;
    return fmt::format("{}", fmt::join(option.choices, "|"));
}

void print_option(std::ostream& out, const OptionForm& option) {
    std::string names;
    for (const std::string& name : option.names)
        names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
    const std::string value = value_of(option);
    const bool shown = !value.empty() && (!option.positional || !option.choices.empty());
    out << ".TP\n" << names << (shown ? " \\fI" + roff(value) + "\\fR" : "") << '\n';
    out << roff(option.about);
    if (!option.standard.empty()) out << roff(fmt::format(" (default: {})", option.standard));
    if (!option.environment.empty()) out << roff(fmt::format(" [{}]", option.environment));
    out << '\n';
}

void print_examples(std::ostream& out, const VerbForm& form) {
    if (form.examples.empty()) return;
    out << ".PP\n.nf\n";
    for (const std::string& example : form.examples) out << ".RS 4\n" << roff(example) << "\n.RE\n";
    out << ".fi\n";
}

void print_verb(std::ostream& out, const VerbForm& verb) {
    std::string usage = fmt::format("\\fBferry {}\\fR", roff(verb.name));
    for (const OptionForm& option : verb.options)
        if (option.positional)
            usage +=
                fmt::format(" \\fI{}\\fR{}", roff(option.names.front()), option.many ? "..." : "");
    out << ".SS " << usage << '\n' << roff(verb.summary) << ".\n";
    for (const std::string& paragraph : verb.text) out << ".PP\n" << roff(paragraph) << '\n';
    print_examples(out, verb);
    for (const OptionForm& option : verb.options)
        if (option.names.back() != "--help") print_option(out, option);
}

constexpr std::string_view exit_codes[][2] = {
    {"0", "Done."},
    {"1", "Refused; what failed is named."},
    {"2", "The command line itself was wrong."},
    {"65", "Input that could not be understood, named by file, line and column."},
    {"69", "The log cannot be had: none is there, or another writer holds it."},
    {"74", "A read, write or sync failed, or the log is damaged."},
    {"75", "Nobody can say yet whether it was done; ask again by command id."},
    {"77", "The caller may not do this."},
    {"78", "A setting, format or build does not fit this log."},
};

void print_page(const ProgramForm& form, std::ostream& out) {
    out << ".TH FERRY 1 \"\" \"ferry " FERRY_BUILD_VERSION "\" \"User Commands\"\n"
        << ".SH NAME\nferry \\- take an estate from a legacy system to its successor, and back\n"
        << ".SH SYNOPSIS\n.B ferry\n[\\fIOPTIONS\\fR] \\fIVERB\\fR [\\fIARGUMENTS\\fR]\n"
        << ".SH DESCRIPTION\n"
        << roff(form.program.summary) << '\n';
    for (const std::string& paragraph : form.program.text) out << roff(paragraph) << '\n';
    print_examples(out, form.program);
    out << ".SH OPTIONS\n";
    for (const OptionForm& option : form.program.options) print_option(out, option);
    out << ".SH VERBS\n";
    for (const VerbForm& verb : form.verbs) print_verb(out, verb);
    out << ".SH EXIT STATUS\n";
    for (const auto& [code, meaning] : exit_codes)
        out << ".TP\n\\fB" << code << "\\fR\n" << roff(meaning) << '\n';
}

}  // namespace

void add_man(CLI::App& app, Session& session) {
    Verb verb(app, "man",
              "Print the manual page\n\n"
              "Example:\n"
              "  ferry man > ferry.1 && man -l ferry.1");
    verb.callback([&app, &session] { print_page(program_form(app), session.out); });
}

}  // namespace ferry
