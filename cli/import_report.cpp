#include "cli/import_report.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ferry {

namespace {

using intake::Finding;

/// So many of one kind say what is the matter; a whole directory of them would hide the rest.
constexpr std::size_t findings_listed_max = 20;

std::string_view noun_of(intake::FileKind kind) {
    switch (kind) {
        case intake::FileKind::pools: return "pool";
        case intake::FileKind::applications: return "application";
        case intake::FileKind::users:
        case intake::FileKind::users_ldif: return "user";
    }
    return "record";
}

void print_warnings(Session& session, const std::vector<Finding>& findings, std::string_view what) {
    const std::size_t listed = std::min(findings.size(), findings_listed_max);
    for (std::size_t i = 0; i < listed; ++i)
        session.err << fmt::format("{}: {}: {}; {}\n", to_text(findings[i].place), what,
                                   findings[i].what, findings[i].remedy);
    if (listed < findings.size())
        session.err << fmt::format("… and {} more like this; --json lists all\n",
                                   findings.size() - listed);
}

/// Every one of them in a file; on a terminal those that ask for the same are cut short, because
/// two thousand lines of one mistake hide the other mistakes.
void print_rejects(Session& session, const std::vector<Finding>& findings) {
    std::map<std::string_view, std::size_t> listed;
    for (const Finding& finding : findings)
        if (++listed[finding.remedy] <= findings_listed_max || !session.err_is_terminal)
            session.err << to_text(finding) << '\n';
    for (const auto& [remedy, count] : listed)
        if (count > findings_listed_max)
            session.err << fmt::format(
                "{} records in all: {}{}\n", count, remedy,
                session.err_is_terminal ? "; 2>FILE or --json lists each" : "");
}

void print_file(Session& session, const ImportedFile& file) {
    if (!file.refused.empty()) {
        session.out << fmt::format("{}: refused whole\n", file.name);
        return;
    }
    session.out << fmt::format("{}: {}", file.name, counted(file.records, noun_of(file.kind)));
    if (file.rejects) session.out << fmt::format(", {} rejected", file.rejects);
    if (file.not_users)
        session.out << ", " << counted(file.not_users, "record no user", "records no users");
    session.out << '\n';
}

void print_drifts(Session& session, const ImportReport& report) {
    if (report.drifts.empty()) return;
    session.out << fmt::format(
        "differs from what Ferry knows: {}{}\n", report.drifts.size(),
        report.accepting ? "" : " (nothing was changed; --accept-drift records it)");
    for (const ListedDrift& listed : report.drifts) {
        const intake::Drift& drift = listed.drift;
        session.out << fmt::format("  {}:{} {}: {} → {} ({}){}\n", name_of(drift.kind), drift.name,
                                   name_of(drift.field), drift.known, drift.found,
                                   to_text(drift.place), listed.accepted ? ", accepted" : "");
    }
}

}  // namespace

std::size_t ImportReport::refused_files() const {
    return static_cast<std::size_t>(std::count_if(
        files.begin(), files.end(), [](const auto& file) { return !file.refused.empty(); }));
}

bool ImportReport::whole() const {
    return rejects.empty() && ambiguous.empty() && refused_files() == 0;
}

void print_findings(Session& session, const ImportReport& report) {
    for (const ImportedFile& file : report.files)
        if (!file.refused.empty()) session.err << file.refused << '\n';
    print_rejects(session, report.rejects);
    print_rejects(session, report.ambiguous);
    print_warnings(session, report.warnings, "warning");
    print_warnings(session, report.moving, "warning");
    print_warnings(session, report.unassigned, "warning");
    for (const ListedDrift& listed : report.drifts)
        if (!listed.why_not.empty())
            session.err << fmt::format("{}: {}:{} {} not accepted: {}\n",
                                       to_text(listed.drift.place), name_of(listed.drift.kind),
                                       listed.drift.name, name_of(listed.drift.field),
                                       listed.why_not);
}

void print_text(Session& session, const ImportReport& report) {
    for (const ImportedFile& file : report.files) print_file(session, file);
    const auto count = [&](intake::Kind kind) {
        return counted(report.registered[static_cast<std::size_t>(kind)], name_of(kind));
    };
    session.out << fmt::format("{}: {}, {}, {}", session.dry_run ? "would register" : "registered",
                               count(intake::Kind::pool), count(intake::Kind::user),
                               count(intake::Kind::application));
    if (report.already_moved)
        session.out << fmt::format("; {} already on the new side", report.already_moved);
    if (report.disabled) session.out << fmt::format("; {} disabled", report.disabled);
    if (report.enabled_unknown)
        session.out << fmt::format("; of {} the file does not say whether they are enabled",
                                   report.enabled_unknown);
    session.out << fmt::format("\nknown before: {}\n", report.unchanged);
    print_drifts(session, report);
    session.out << fmt::format(
        "not imported: {} rejected, {} ambiguous, {} being moved, {} without a pool\n",
        report.rejects.size(), report.ambiguous.size(), report.moving.size(),
        report.unassigned.size());
}

}  // namespace ferry
