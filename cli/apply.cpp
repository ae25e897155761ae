// `ferry apply`: one command a line in, one result a line out, in the same order. Lines are decided
// together as long as more of them are waiting, so a file is written in full commits and a person
// or program at a pipe is answered at once.
#include "cli/printable.hpp"
#include "cli/program.hpp"
#include "cli/sites.hpp"
#include "engine/command_result.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>

namespace ferry {

namespace {

constexpr std::size_t lines_at_once_max = commit_events_max;

struct ApplyOptions {
    std::string file = "-";
};

struct Line {
    std::uint32_t number = 0;
    v1::Command command;
    std::string wrong;  ///< why it could not be read, if so
};

Line read_line(const std::string& text, std::uint32_t number) {
    Line line{number, {}, {}};
    const auto status = google::protobuf::util::JsonStringToMessage(text, &line.command);
    if (status.ok()) {
        if (const auto request = understand(line.command); !request)
            line.wrong = request.error().message;
        return line;
    }
    // Its first line says what; the ones after it repeat the text and point into it.
    const std::string message(status.message());
    line.wrong = fmt::format("not a ferry.v1.Command: {}", message.substr(0, message.find('\n')));
    // What could be read of it must not stand in the answer: half a command is none.
    line.command.Clear();
    return line;
}

class Applying {
public:
    Applying(Session& session, Sites& sites, std::string source)
        : session_(session), sites_(sites), source_(std::move(source)) {}

    ExitCode run(std::istream& in) {
        std::string text;
        while (std::getline(in, text)) {
            ++number_;
            if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
            lines_.push_back(read_line(text, number_));
            if (lines_.size() < lines_at_once_max && in.rdbuf()->in_avail() > 0) continue;
            if (!answer_lines()) return session_.exit;
        }
        if (!lines_.empty() && !answer_lines()) return session_.exit;
        // What is unknown has to be asked again; that is more urgent than a line to be mended.
        if (bad_lines_ && session_.exit == ExitCode::done) session_.exit = ExitCode::bad_input;
        return session_.exit;
    }

private:
    bool answer_lines() {
        std::vector<v1::Command> commands;
        for (Line& line : lines_) {
            // The actor is the caller's to say; where a line does not, it is who runs this.
            if (line.wrong.empty() && line.command.actor().empty())
                line.command.set_actor(session_.actor);
            if (line.wrong.empty()) commands.push_back(line.command);
        }
        const auto results = sites_.execute(commands);
        std::size_t next = 0;
        for (const Line& line : lines_) {
            if (!line.wrong.empty()) print_bad(line);
            else if (results) print((*results)[next++]);
            else print(answer_of(line.command, "UNKNOWN", results.error().message));
        }
        lines_.clear();
        session_.out.flush();
        if (!results) session_.report(results.error());
        // Who cannot hear the answers must not have more decided for it.
        else if (!session_.out)
            session_.report(
                {Errc::io, fmt::format("stdout cannot be written: the answers to the last lines "
                                       "up to line {} are lost, and no line after it was "
                                       "decided; apply all of them again, each with the same "
                                       "commandId",
                                       number_)});
        return results.has_value() && session_.out;
    }

    void print_bad(const Line& line) {
        ++bad_lines_;
        v1::CommandResult result = answer_of(line.command, "INVALID", line.wrong);
        result.set_line(line.number);
        print(result);
        session_.err << fmt::format("{}:{}:1: {}\n", source_, line.number, printable(line.wrong));
    }

    void print(const v1::CommandResult& result) {
        if (result.outcome() == "UNKNOWN") session_.exit = ExitCode::unknown;
        std::string json;
        const auto status = google::protobuf::util::MessageToJsonString(result, &json);
        session_.out << (status.ok() ? json : "{\"outcome\":\"UNKNOWN\"}") << '\n';
    }

    Session& session_;
    Sites& sites_;
    std::string source_;
    std::vector<Line> lines_;
    std::uint32_t number_ = 0;  ///< of the last line read
    std::size_t bad_lines_ = 0;
};

ExitCode apply(Session& session, const ApplyOptions& options) {
    std::ifstream file;
    const bool piped = options.file == "-";
    if (!piped) {
        file.open(options.file);
        // A directory opens, and ends at once.
        if (!file || std::filesystem::is_directory(options.file))
            return session.report({Errc::bad_input, fmt::format("{}: cannot be read; give a file "
                                                                "of commands, or - for stdin",
                                                                options.file)});
    }
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    Applying applying(session, **sites, piped ? "stdin" : options.file);
    applying.run(piped ? session.in : file);
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_apply(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ApplyOptions>();
    Verb verb(app, "apply",
              "Apply commands, one JSON object a line\n\n"
              "Example:\n"
              "  echo '{\"commandId\":\"c1\",\"entity\":\"pool:ocs01.contoso.com\",\"register\":"
              "{\"site\":\"paris\",\"successor\":\"lync01.contoso.com\"}}' | ferry apply -");
    verb.add_option("FILE", options->file, "File of commands, or - for stdin").with_default_shown();
    add_write_options(verb, session);
    verb.callback([&session, options] { apply(session, *options); });
}

}  // namespace ferry
