// `ferry export`: an auditor's file, for spreadsheets or for programs.
#include "cli/event_filter.hpp"
#include "cli/event_row.hpp"
#include "cli/program.hpp"
#include "engine/words.hpp"
#include "events/commit.hpp"

#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace ferry {

namespace {

struct ExportOptions {
    EventFilterOptions filter;
    std::string format = "csv";
    std::string out;
};

/// The hash of the commit that holds an event. Events come in order, so one commit is remembered.
class CommitHashes {
public:
    Result<Hash> of(Log& log, Position position) {
        if (&log == log_ && position >= first_ && position <= last_) return hash_;
        const auto stored = log.find(position);
        if (!stored) return std::unexpected(stored.error());
        const CommitReading reading = *stored ? read_commit(**stored) : CommitReading{};
        if (reading.shape != CommitShape::whole)
            return fail(Errc::damaged,
                        fmt::format("{}: the commit that holds position {} cannot be "
                                    "read; run `ferry verify`",
                                    log.name(), position.value));
        log_ = &log;
        first_ = reading.view.header.first;
        last_ = reading.view.header.last();
        hash_ = reading.view.hash;
        return hash_;
    }

private:
    const Log* log_ = nullptr;
    Position first_;
    Position last_;
    Hash hash_{};
};

Result<std::uint64_t> write_rows(View& view, const ExportOptions& options, std::ostream& out) {
    const bool csv = options.format == "csv";
    std::uint64_t rows = 0;
    // Not before it is known that there is something to read: what fails leaves nothing behind.
    bool headed = !csv;
    const auto head = [&] {
        if (!std::exchange(headed, true)) out << csv_header();
    };
    CommitHashes hashes;
    Result<void> written;
    const auto scanned =
        scan_sites(view, options.filter, [&](const SiteView& site, const v1::Event& event) {
            const auto hash = hashes.of(site.log(), {event.position()});
            if (!hash) {
                written = std::unexpected(hash.error());
                return false;
            }
            head();
            out << (csv ? csv_row(event, *hash) : json_row(event, *hash));
            ++rows;
            return out.good();
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (!written) return std::unexpected(written.error());
    head();
    return rows;
}

ExitCode export_events(Session& session, const ExportOptions& options) {
    const auto view = View::open(session);
    if (!view) return session.report(view.error());
    const bool to_file = !options.out.empty() && options.out != "-";
    std::ofstream file;
    if (to_file) file.open(options.out, std::ios::binary | std::ios::trunc);
    const Error unwritable{Errc::io, fmt::format("{}: cannot be written; give a file in a folder "
                                                 "that you may write to and that has room",
                                                 options.out)};
    if (to_file && !file) return session.report(unwritable);
    const auto rows = write_rows(**view, options, to_file ? file : session.out);
    if (!rows) return session.report(rows.error());
    if (to_file) file.close();
    if (to_file && !file) return session.report(unwritable);
    if (to_file)
        session.err << fmt::format("{} written to {}\n", counted(*rows, "event"), options.out);
    return (*view)->finish();
}

}  // namespace

void add_export(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ExportOptions>();
    Verb verb(
        app, "export",
        "Write what happened as a file for auditors: who, when, what, why, and the proof\n\n"
        "Examples:\n"
        "  ferry export --out events.csv\n"
        "  ferry export --format jsonl --site paris --since 2026-11-23T00:00:00Z\n\n"
        "Each row ends with the hash of the commit it stands in. In CSV a value that begins with "
        "=, +, -, @, a tab or a carriage return has an apostrophe put before it, so that no "
        "spreadsheet runs it as a formula; JSON lines have every value as it is.");
    verb.add_option("--format", options->format, "csv, or jsonl for one JSON object a line")
        .one_of({"csv", "jsonl"})
        .with_default_shown();
    verb.add_option("--out", options->out, "Write to this file, not to stdout").takes("FILE");
    add_filter_options(verb, options->filter);
    verb.callback([&session, options] { export_events(session, *options); });
}

}  // namespace ferry
