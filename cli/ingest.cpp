// `ferry ingest`: reads back what tools found and did, as checks and reports of moves.
#include "cli/ingest_commands.hpp"
#include "cli/input_file.hpp"
#include "cli/move_verbs.hpp"
#include "cli/unasked_check.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct IngestArguments {
    std::vector<std::string> files;
    std::string as;
    IngestOptions options;
};

struct IngestCounts {
    std::size_t rows = 0;
    std::size_t done = 0;
    std::size_t known_before = 0;
    std::size_t refused = 0;
    std::size_t rejected = 0;
};

std::string why(const v1::CommandResult& result) {
    std::string text = result.outcome();
    if (!result.message().empty()) text += ": " + result.message();
    for (const v1::FailedGuard& guard : result.failed_guards())
        text += fmt::format(", {}: {}", guard.guard(), guard.reason());
    return text;
}

void print_counts(Session& session, const IngestFile& file, const IngestCounts& counts) {
    if (session.json) {
        session.out << boost::json::serialize(
                           boost::json::object{{"file", file.name},
                                               {"as", std::string(name_of(file.kind))},
                                               {"rows", counts.rows},
                                               {"done", counts.done},
                                               {"knownBefore", counts.known_before},
                                               {"refused", counts.refused},
                                               {"rejected", counts.rejected}})
                    << '\n';
        return;
    }
    session.out << fmt::format("{}: {} ({}): {} {}, {} known before, {} refused, {} rejected\n",
                               file.name, counted(counts.rows, "row"), name_of(file.kind),
                               counts.done, session.dry_run ? "would be taken" : "taken",
                               counts.known_before, counts.refused, counts.rejected);
}

Result<void> give(Session& session, Sites& sites, const Ingested& found, IngestCounts& counts) {
    std::vector<v1::Command> commands;
    commands.reserve(found.commands.size());
    for (const IngestedCommand& each : found.commands) commands.push_back(each.command);
    const auto results = sites.execute(commands);
    if (!results) return std::unexpected(results.error());
    for (std::size_t i = 0; i < results->size(); ++i) {
        const IngestedCommand& given = found.commands[i];
        if ((*results)[i].outcome() == "DONE") {
            ++counts.done;
            if (!given.remedy.empty())
                session.err << fmt::format("{}: {}: {}\n", to_text(given.place),
                                           given.command.entity(), given.remedy);
            continue;
        }
        ++counts.refused;
        session.err << fmt::format("{}: {}: {}\n", to_text(given.place), given.command.entity(),
                                   why((*results)[i]));
    }
    return {};
}

Result<IngestCounts> ingest_file(Session& session, Sites& sites, const std::string& name,
                                 const IngestArguments& arguments) {
    auto bytes = read_input_file(name);
    if (!bytes) return std::unexpected(bytes.error());
    const std::string digest = content_digest(*bytes);
    const auto file = read_results(name, std::move(*bytes), ingest_kind_of(arguments.as));
    if (!file) return std::unexpected(file.error());
    const auto found = ingest(sites, *file, digest, arguments.options);
    if (!found) return std::unexpected(found.error());
    IngestCounts counts;
    counts.rows = file->rows.size() + file->rejects.size();
    counts.known_before = found->known_before;
    counts.rejected = found->rejects.size();
    for (const auto& [site, check] : found->checks)
        warn_where_unasked(session, sites.pack(*sites.named(site)), check);
    for (const intake::Finding& reject : found->rejects) session.err << to_text(reject) << '\n';
    if (auto given = give(session, sites, *found, counts); !given)
        return std::unexpected(given.error());
    print_counts(session, *file, counts);
    return counts;
}

ExitCode run(Session& session, const IngestArguments& arguments) {
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    for (const std::string& name : arguments.files) {
        const auto counts = ingest_file(session, **sites, name, arguments);
        if (!counts) {
            session.report(counts.error());
            if (counts.error().code != Errc::bad_input) return session.exit;
            continue;
        }
        // What is wrong with a file is more urgent than what was refused.
        if (counts->rejected > 0) session.exit = ExitCode::bad_input;
        else if (counts->refused > 0 && session.exit == ExitCode::done)
            session.exit = ExitCode::refused;
    }
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_ingest(CLI::App& app, Session& session) {
    const auto arguments = std::make_shared<IngestArguments>();
    Verb verb(app, "ingest",
              "Read back what tools did and found\n\n"
              "Examples:\n"
              "  ferry ingest move-report.csv\n"
              "  ferry ingest test-computer.txt --as synthetic --check services-started\n"
              "  ferry ingest replication.csv --pool ocs01.contoso.com\n\n"
              "A move report becomes reports of moves, a synthetic transaction and the state of "
              "replication become checks. The same file read again changes nothing, unless "
              "what a check says does not stand any more.");
    verb.add_option("FILE", arguments->files, "Files of results, CSV or Format-List").required();
    verb.add_option("--as", arguments->as, "What they are, where the columns do not say")
        .one_of({"moves", "synthetic", "replication"});
    verb.add_option("--check", arguments->options.check,
                    "Which check a synthetic transaction is, such as services-started; of rows of "
                    "members, the check that they are instead of reports of moves");
    verb.add_option("--pool", arguments->options.pool,
                    "Of replication: whose replicas these are; one check says it for all");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, arguments] { run(session, *arguments); });
}

}  // namespace ferry
