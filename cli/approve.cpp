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
    std::string plan;
};

/// A site's rollback: what is agreed to is the plan with this hash and no other.
ExitCode approve_plan(Session& session, Sites& sites, const ApproveOptions& options) {
    const std::string name = options.entity.substr(options.entity.find(':') + 1);
    if (!sites.named(name))
        return session.report(
            {Errc::bad_input,
             fmt::format("there is no site `{}`; `ferry status` lists the sites", name)});
    if (!hash_from_hex(options.plan))
        return session.report(
            {Errc::usage, "say which plan with --plan HASH, as `ferry rollback … --dry-run` ends "
                          "with it; read the plan first, that is what is approved"});
    v1::Command command = sites.command("site:" + name);
    command.mutable_approve()->set_action(std::string(json_name(v1::ACTION_RESTORE)));
    command.mutable_approve()->set_plan(options.plan);
    return give_one(session, sites, name, command);
}

ExitCode approve(Session& session, const ApproveOptions& options) {
    const bool rollback = options.action == "rollback" || options.action == "restore";
    const bool site = options.entity.starts_with("site:");
    if (rollback != site)
        return session.report({Errc::usage, "a rollback is approved on a site and nothing else is: "
                                            "`ferry approve site:NAME rollback --plan HASH`"});
    const auto action = action_argument(rollback ? "restore" : options.action);
    if (!action)
        return session.report({Errc::usage, fmt::format("`{}` is no action that can be approved; "
                                                        "name one, such as retire",
                                                        options.action)});
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (rollback) return approve_plan(session, **sites, options);
    const auto place = find_entity(**sites, options.entity);
    if (!place) return session.report(place.error());
    v1::Command command = (*sites)->command(entity_id(options.entity));
    command.mutable_approve()->set_action(std::string(json_name(*action)));
    return give_one(session, **sites, place->site->name, command);
}

}  // namespace

void add_approve(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ApproveOptions>();
    Verb verb(
        app, "approve",
        "Agree to a step that another person will ask for\n\n"
        "Examples:\n"
        "  ferry approve pool:ocs01.contoso.com retire --actor erik --reason 'nobody is left'\n"
        "  ferry approve site:paris rollback --plan HASH --actor erik\n\n"
        "Who approves and who then asks for the step are two people. A rollback's plan is approved "
        "by the hash that its --dry-run ends with.");
    verb.add_option("ENTITY", options->entity, "What the step is about; site:NAME for a rollback")
        .required();
    verb.add_option("ACTION", options->action, "The step agreed to: retire, or rollback")
        .required();
    verb.add_option("--plan", options->plan, "Hash of the rollback's plan that was read");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { approve(session, *options); });
}

}  // namespace ferry
