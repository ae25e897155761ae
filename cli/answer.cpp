#include "cli/answer.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

namespace ferry {

namespace {

std::string possible_text(const v1::CommandResult& result) {
    if (result.possible().empty()) return "nothing is possible now";
    std::string text = "possible now: ";
    for (int i = 0; i < result.possible_size(); ++i) {
        if (i > 0) text += ", ";
        text += result.possible(i);
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
    if (result.outcome() == "NO_TRANSITION") session.err << "  " << possible_text(result) << '\n';
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
