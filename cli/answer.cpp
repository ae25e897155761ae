#include "cli/answer.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

namespace ferry {

namespace {

/// Waves are steered by verbs of their own. One that cannot be resumed can have its failures
/// retried, which is the same command.
std::string wave_verb(const v1::Command& command, std::string_view action) {
    if (action == "resumeWave") return command.has_resume_wave() ? "retry-failed" : "resume";
    constexpr std::string_view kind = "Wave";
    if (action.ends_with(kind)) action.remove_suffix(kind.size());
    return std::string(action);
}

std::string possible_text(const v1::Command& command, const v1::CommandResult& result) {
    const bool wave = command.entity().starts_with("wave:");
    if (result.possible().empty())
        return wave ? "nothing but `ferry wave rollback` is possible now"
                    : "nothing is possible now";
    std::string text = "possible now: ";
    for (int i = 0; i < result.possible_size(); ++i) {
        if (i > 0) text += ", ";
        text += wave ? wave_verb(command, result.possible(i)) : result.possible(i);
    }
    return text;
}

ExitCode exit_of(const v1::CommandResult& result) {
    if (result.outcome() == "DONE") return ExitCode::done;
    if (result.outcome() == "INVALID") return ExitCode::bad_input;
    if (result.outcome() == "UNKNOWN") return ExitCode::unknown;
    return ExitCode::refused;
}

void print_text(Session& session, std::string_view site, const v1::Command& command,
                const v1::CommandResult& result) {
    const std::string_view would = session.dry_run ? "would be " : "";
    if (result.outcome() == "DONE") {
        session.out << fmt::format("{}done: {}:{} {} version {}\n", would, site, result.position(),
                                   command.entity(), result.version());
        return;
    }
    if (result.outcome() == "REFUSED") {
        session.err << fmt::format("{}refused: {}\n", would, command.entity());
        for (const auto& failed : result.failed_guards())
            session.err << fmt::format("  {}: {}\n", failed.guard(), failed.reason());
        return;
    }
    session.err << "ferry: " << result.message() << '\n';
    if (result.outcome() == "NO_TRANSITION")
        session.err << "  " << possible_text(command, result) << '\n';
}

}  // namespace

ExitCode print_answer(Session& session, std::string_view site, const v1::Command& command,
                      const v1::CommandResult& result) {
    if (session.json) {
        std::string json;
        const auto status = google::protobuf::util::MessageToJsonString(result, &json);
        session.out << (status.ok() ? json : "{\"outcome\":\"UNKNOWN\"}") << '\n';
    } else {
        print_text(session, site, command, result);
    }
    const ExitCode exit = exit_of(result);
    if (exit != ExitCode::done) session.exit = exit;
    return exit;
}

ExitCode give_one(Session& session, Sites& sites, std::string_view site,
                  const v1::Command& command) {
    const auto results = sites.execute(std::span(&command, 1));
    if (!results) return session.report(results.error());
    print_answer(session, site, command, results->front());
    if (auto closed = sites.close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace ferry
