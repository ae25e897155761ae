// `ferry mark`: gives this moment a name in every site's log, to look back at or return to.
#include "cli/answer.hpp"
#include "cli/program.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

struct MarkOptions {
    std::string label;
    std::string site;
};

ExitCode mark(Session& session, const MarkOptions& options) {
    if (const auto fine = check_label(options.label); !fine)
        return session.report({Errc::bad_input, fine.error().message});
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (!options.site.empty() && !(*sites)->named(options.site))
        return session.report(
            {Errc::bad_input,
             fmt::format("there is no site `{}`; `ferry status` lists the sites", options.site)});
    std::vector<v1::Command> commands;
    for (const Site& site : (*sites)->all()) {
        if (options.site.empty() ? (*sites)->is_lost(site.name) : site.name != options.site)
            continue;
        commands.push_back((*sites)->command("site:" + site.name));
        commands.back().mutable_mark()->set_label(options.label);
    }
    if (commands.empty())
        return session.report({Errc::bad_input, "there is no log to mark yet; begin with `ferry "
                                                "import`, or name the right logs with --log"});
    const auto results = (*sites)->execute(commands);
    if (!results) return session.report(results.error());
    for (std::size_t i = 0; i < commands.size(); ++i)
        print_answer(session, commands[i].entity().substr(commands[i].entity().find(':') + 1),
                     commands[i], (*results)[i]);
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_mark(CLI::App& app, Session& session) {
    const auto options = std::make_shared<MarkOptions>();
    Verb verb(app, "mark",
              "Give this moment a name, in every site's log\n\n"
              "Example:\n"
              "  ferry mark before-pilot --reason 'all checks have passed'\n\n"
              "A label is used wherever a position or a time is, as in `ferry show "
              "ENTITY --at before-pilot`. It may not look like either.");
    verb.add_option("LABEL", options->label, "The name of the moment").required();
    verb.add_option("--site", options->site, "Mark the log of this site alone");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { mark(session, *options); });
}

}  // namespace ferry
