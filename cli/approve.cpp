// `ferry approve`: a named person agrees to a step that another one will ask for.
#include "cli/answer.hpp"
#include "cli/entity_argument.hpp"
#include "cli/program.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

struct ApproveOptions {
    std::string entity;
    std::string action;
};

ExitCode approve(Session& session, const ApproveOptions& options) {
    const auto action = action_argument(options.action);
    if (!action)
        return session.report({Errc::usage, fmt::format("`{}` is no action that can be approved; "
                                                        "name one, such as retire",
                                                        options.action)});
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const auto place = find_entity(**sites, options.entity);
    if (!place) return session.report(place.error());
    v1::Command command = (*sites)->command(entity_id(options.entity));
    command.mutable_approve()->set_action(std::string(json_name(*action)));
    return give_one(session, **sites, place->site->name, command);
}

}  // namespace

void add_approve(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ApproveOptions>();
    CLI::App* verb = app.add_subcommand(
        "approve",
        "Agree to a step that another person will ask for\n\n"
        "Example:\n"
        "  ferry approve pool:ocs01.contoso.com retire --actor erik --reason 'nobody is left'");
    verb->add_option("ENTITY", options->entity, "What the step is about")->required();
    verb->add_option("ACTION", options->action, "The step agreed to, such as retire")->required();
    add_write_options(*verb, session);
    add_read_options(*verb, session);
    verb->callback([&session, options] { approve(session, *options); });
}

}  // namespace ferry
