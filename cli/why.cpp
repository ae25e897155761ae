// `ferry why`: what the answer to a command would be, without giving it.
#include "cli/entity_argument.hpp"
#include "cli/program.hpp"
#include "cli/view.hpp"
#include "engine/decision.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/json_util.h>

namespace ferry {

namespace {

struct WhyOptions {
    std::string entity;
    std::string action;
    std::string at;
};

/// A registration that differs from what is known would be another question.
void fill_register(const EntityView& view, v1::Register& body) {
    const Fleet& fleet = view.fleet();
    const Entity& entity = view.entity();
    body.set_site(fleet.site);
    if (entity.is_member()) body.set_pool(std::string(fleet.name({entity.pool})));
    if (entity.kind == v1::KIND_POOL) body.set_successor(std::string(fleet.successor(view.number)));
    if (entity.kind == v1::KIND_APPLICATION)
        body.set_application_class(std::string(fleet.texts.text(entity.text)));
}

/// False where the action is always accepted of what is present, so that there is nothing to ask.
bool fill_action(const EntityView& view, v1::Action action, v1::Command& command) {
    switch (action) {
        case v1::ACTION_REGISTER: fill_register(view, *command.mutable_register_()); return true;
        case v1::ACTION_ENTER_COEXISTENCE: command.mutable_enter_coexistence(); return true;
        case v1::ACTION_START_PILOT: command.mutable_start_pilot(); return true;
        case v1::ACTION_PROMOTE: command.mutable_promote(); return true;
        case v1::ACTION_RETIRE: command.mutable_retire(); return true;
        case v1::ACTION_WITHDRAW: command.mutable_withdraw(); return true;
        case v1::ACTION_START_WAVE: command.mutable_start_wave(); return true;
        case v1::ACTION_PAUSE_WAVE: command.mutable_pause_wave(); return true;
        case v1::ACTION_RESUME_WAVE: command.mutable_resume_wave(); return true;
        case v1::ACTION_STOP_WAVE: command.mutable_stop_wave(); return true;
        default: return false;
    }
}

/// Decided on a fleet that is thrown away: no writer, no log, and the same answer.
v1::CommandResult answer(const EntityView& view, const Pack& pack, const v1::Command& command) {
    const auto request = understand(command);
    v1::CommandResult result;
    if (!request) {
        result.set_outcome("INVALID");
        result.set_message(request.error().message);
        return result;
    }
    Fleet& scratch = *view.at.fleet;
    Draft draft{scratch.position.next(), scratch.recorded, {}};
    Decision(scratch, pack, *request, draft, result).run();
    result.clear_command_id();
    if (result.outcome() != "DONE") return result;
    result.clear_position();
    result.clear_version();
    result.set_message("possible now; nothing was done");
    return result;
}

void print_result(Session& session, const v1::Command& command, v1::Action action,
                  const v1::CommandResult& result) {
    std::ostream& out = session.out;
    if (result.outcome() == "DONE") {
        out << fmt::format("{}: {} is possible now\n", command.entity(), word(action));
        return;
    }
    if (result.failed_guards().empty()) {
        out << fmt::format("{}\n", result.message());
        const auto& possible = result.possible();
        if (!possible.empty())
            out << fmt::format("possible from there: {}\n", fmt::join(possible, ", "));
        return;
    }
    out << fmt::format("{}: {} would be refused\n", command.entity(), word(action));
    for (const v1::FailedGuard& failed : result.failed_guards())
        out << fmt::format("  {}: {}\n", failed.guard(), failed.reason());
}

ExitCode why(Session& session, const WhyOptions& options) {
    const auto action = action_argument(options.action);
    constexpr std::string_view askable =
        "enter-coexistence, start-pilot, promote, retire, withdraw and register";
    if (!action)
        return session.report({Errc::usage, fmt::format("`{}` is no action; ask for one of {}",
                                                        options.action, askable)});
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto found = (*view)->find(options.entity);
    if (!found) return session.report(found.error());
    v1::Command command;
    command.set_command_id("why");
    command.set_entity(std::string(found->id()));
    command.set_actor(session.actor);
    if (!fill_action(*found, *action, command))
        return session.report(
            {Errc::usage, fmt::format("{} asks no guard: it is taken from every entity that is "
                                      "present; ask for one of {}",
                                      word(*action), askable)});
    const v1::CommandResult result =
        answer(*found, pack_in_force(found->fleet(), *session.pack), command);
    if (session.json) {
        std::string json;
        if (google::protobuf::util::MessageToJsonString(result, &json).ok())
            session.out << json << '\n';
    } else {
        print_result(session, command, *action, result);
    }
    if (result.outcome() == "INVALID") session.exit = ExitCode::bad_input;
    else if (result.outcome() != "DONE") session.exit = ExitCode::refused;
    return (*view)->finish();
}

}  // namespace

void add_why(CLI::App& app, Session& session) {
    const auto options = std::make_shared<WhyOptions>();
    Verb verb(app, "why",
              "Ask why a command is refused, without giving it\n\n"
              "Examples:\n"
              "  ferry why user:alice@contoso.com promote\n"
              "  ferry why pool:ocs01.contoso.com retire --actor dana");
    verb.add_option("ENTITY", options->entity, "Entity id; a bare address means a user").required();
    verb.add_option("ACTION", options->action,
                    "enter-coexistence, start-pilot, promote, retire, withdraw or register")
        .required();
    verb.add_option("--actor", session.actor,
                    "Who would ask (default: FERRY_ACTOR, else the login name)");
    add_moment_option(verb, options->at);
    add_read_options(verb, session);
    verb.callback([&session, options] { why(session, *options); });
}

}  // namespace ferry
