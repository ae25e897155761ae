// `ferry completion`: what the Tab key offers, for the shell that sources it.
#include "cli/completion.hpp"

#include "cli/program.hpp"

namespace ferry {

void add_completion(CLI::App& app, Session& session) {
    const auto shell = std::make_shared<std::string>();
    Verb verb(app, "completion",
              "Print the completion script of a shell\n\n"
              "Examples:\n"
              "  source <(ferry completion bash)\n"
              "  ferry completion zsh > ~/.zfunc/_ferry\n"
              "  ferry completion fish | source");
    verb.add_option("SHELL", *shell, "Which shell").required().one_of({"bash", "zsh", "fish"});
    verb.callback([&app, &session, shell] {
        const ProgramForm form = program_form(app);
        if (*shell == "bash") session.out << bash_completion(form);
        else if (*shell == "zsh") session.out << zsh_completion(form);
        else session.out << fish_completion(form);
    });
}

}  // namespace ferry
