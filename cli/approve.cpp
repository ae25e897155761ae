// `ferry approve`: a named person agrees to a step that another one will ask for.
#include "cli/answer.hpp"
#include "cli/entity_argument.hpp"
#include "cli/program.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

struct ApproveOptions {
    std::string entity;
    std::string action;
    std::string plan;
};

/// Of a site, what is agreed to is what has this hash and nothing else: a rollback's plan, a pack,
/// a takeover.
ExitCode approve_plan(Session& session, Sites& sites, const ApproveOptions& options,
                      v1::Action action) {
    const std::string name = options.entity.substr(options.entity.find(':') + 1);
    if (!sites.named(name))
        return session.report(
            {Errc::bad_input,
             fmt::format("there is no site `{}`; `ferry status` lists the sites", name)});
    if (!hash_from_hex(options.plan))
        return session.report(
            {Errc::usage, "say which plan with --plan HASH, as the --dry-run of the rollback, the "
                          "adoption or the takeover ends with it; read it first, that is what is "
                          "approved"});
    v1::Command command = sites.command("site:" + name);
    command.mutable_approve()->set_action(std::string(json_name(action)));
    command.mutable_approve()->set_plan(options.plan);
    return give_one(session, sites, name, command);
}

/// What somebody agrees to whose word does not count for it is recorded, and helps nobody.
void warn_outside_roles(Session& session, const Pack& pack, v1::Kind kind, v1::Action action) {
    std::string roles;
    for (const ApprovalRule& rule : pack.approvals) {
        if (rule.kind != kind || rule.action != action) continue;
        const Role* role = pack.role(rule.role);
        if (!role || std::ranges::find(role->people, session.actor) != role->people.end()) return;
        roles += fmt::format("{}{} ({})", roles.empty() ? "" : ", ", role->name,
                             fmt::join(role->people, ", "));
    }
    if (!roles.empty())
        session.warn(fmt::format("{} is in none of the roles whose agreement counts here: {}",
                                 session.actor, roles));
}

ExitCode approve(Session& session, const ApproveOptions& options) {
    const auto action = action_argument(options.action == "rollback" ? "restore" : options.action);
    const bool of_site = action == v1::ACTION_RESTORE || action == v1::ACTION_ADOPT_PACK ||
                         action == v1::ACTION_TAKE_OVER_SITE;
    const bool site = options.entity.starts_with("site:");
    if (of_site != site)
        return session.report(
            {Errc::usage, "a rollback, the adoption of a pack and a takeover are approved on a "
                          "site and nothing else is: `ferry approve site:NAME rollback --plan "
                          "HASH`"});
    if (!action)
        return session.report({Errc::usage, fmt::format("`{}` is no action that can be approved; "
                                                        "name one, such as retire",
                                                        options.action)});
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (site) return approve_plan(session, **sites, options, *action);
    const auto place = find_entity(**sites, options.entity);
    if (!place) return session.report(place.error());
    v1::Command command = (*sites)->command(entity_id(options.entity));
    command.mutable_approve()->set_action(std::string(json_name(*action)));
    warn_outside_roles(session, (*sites)->pack(*place->site),
                       place->site->replica.fleet.at(place->number).kind, *action);
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
        "  ferry approve site:paris rollback --plan HASH --actor erik\n"
        "  ferry approve site:paris adopt-pack --plan HASH --actor erik\n\n"
        "Who approves and who then asks for the step are two people. A rollback's plan is approved "
        "by the hash that its --dry-run ends with.");
    verb.add_option("ENTITY", options->entity, "What the step is about; site:NAME for a rollback")
        .required();
    verb.add_option("ACTION", options->action,
                    "The step agreed to: retire; of a site rollback, adopt-pack or take-over-site")
        .required();
    verb.add_option("--plan", options->plan,
                    "Hash of what was read: a rollback's plan, a pack, a takeover");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { approve(session, *options); });
}

}  // namespace ferry
