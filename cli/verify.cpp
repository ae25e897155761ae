// `ferry verify`: is what is stored what was written, and all of it.
#include "cli/key_file.hpp"
#include "cli/program.hpp"
#include "cli/site_names.hpp"
#include "engine/words.hpp"
#include "projections/ownership.hpp"
#include "projections/verification.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>

namespace ferry {

namespace {

struct VerifyOptions {
    std::string site;
    std::string key;
    std::vector<std::string> checkpoints;
    bool rebuild = false;
};

/// What is known from outside about the end of each site's log.
using Proofs = std::map<std::string, std::vector<EndProof>>;

Result<Proofs> read_proofs(const VerifyOptions& options) {
    Proofs proofs;
    if (options.key.empty() != options.checkpoints.empty())
        return fail(Errc::usage, "--checkpoint and --key belong together: a checkpoint proves "
                                 "something only to who has the key that signed it");
    if (options.key.empty()) return proofs;
    const auto key = verifier_key_argument(options.key);
    if (!key) return std::unexpected(key.error());
    for (const std::string& file : options.checkpoints) {
        const auto checkpoint = read_checkpoint_file(file, *key);
        if (!checkpoint) return std::unexpected(checkpoint.error());
        if (!options.site.empty() && checkpoint->site != options.site)
            return fail(Errc::bad_input,
                        fmt::format("{}: this checkpoint is of site {}, and --site "
                                    "asks for {}",
                                    file, checkpoint->site, options.site));
        proofs[checkpoint->site].push_back(
            {checkpoint->position, checkpoint->head, "checkpoint " + file, checkpoint->log_id});
    }
    return proofs;
}

struct SiteReport {
    std::string site;
    Verification log;
    std::optional<RebuildComparison> rebuild;

    bool intact() const {
        return log.verdict == Integrity::intact && (!rebuild || rebuild->agrees());
    }
};

void print_rebuild(std::ostream& out, const RebuildComparison& rebuild) {
    const std::string folded = to_hex(rebuild.folded);
    const std::uint64_t position = rebuild.position.value;
    if (!rebuild.agrees())
        out << fmt::format("  state at {} from position 1: {}\n  not what is kept on file: {}\n"
                           "  delete the files made from the log (.snapshot, .ids), they are made "
                           "again\n",
                           position, folded, fmt::join(rebuild.differing, ", "));
    else if (rebuild.from_snapshot)
        out << fmt::format("  state at {} from position 1 and from the snapshot: {}\n", position,
                           folded);
    else
        out << fmt::format("  state at {} from position 1: {}; no snapshot to compare{}{}\n",
                           position, folded, rebuild.refusal.empty() ? "" : ": ", rebuild.refusal);
}

void print_text(Session& session, const SiteReport& report) {
    std::ostream& out = session.out;
    out << fmt::format("{}: {}\n", report.site, to_text(report.log));
    for (const Discrepancy& each : report.log.discrepancies)
        out << fmt::format("  {}:{} {}\n", report.site, each.position.value, each.what);
    const std::uint64_t more = report.log.discrepancies_count - report.log.discrepancies.size();
    if (more > 0) out << fmt::format("  and {} more\n", more);
    for (const auto& [reason, count] : report.log.voids)
        out << fmt::format(
            "  {}: {}\n", counted(count, "record that does not count", "records that do not count"),
            explained(reason));
    if (report.log.waits_for_seal) out << "  a copy, read-only until its origin is sealed for it\n";
    else if (report.log.sealed) out << "  sealed: it goes on elsewhere\n";
    if (report.log.unknown_bodies > 0)
        out << fmt::format("  {} this build does not know: read on with a newer ferry\n",
                           counted(report.log.unknown_bodies, "event"));
    if (report.rebuild) print_rebuild(out, *report.rebuild);
}

void print_json(Session& session, const SiteReport& report) {
    const Verification& log = report.log;
    boost::json::object json;
    json["site"] = report.site;
    json["intact"] = report.intact();
    json["verdict"] = std::string(name_of(log.verdict));
    json["intactTo"] = log.intact_to.value;
    json["readTo"] = log.read_to.value;
    json["commits"] = log.commits;
    json["logId"] = to_hex(log.log_id.bytes);
    json["head"] = to_hex(log.head);
    if (log.end_proved_to) {
        json["endProvedTo"] = log.end_proved_to->value;
        json["endProvedBy"] = log.end_proved_by;
        json["endProvedElsewhere"] = log.proved_elsewhere;
    }
    if (!log.where.empty()) json["where"] = log.where;
    if (!log.reason.empty()) json["reason"] = log.reason;
    boost::json::array wrong;
    for (const Discrepancy& each : log.discrepancies)
        wrong.push_back(
            boost::json::object{{"position", each.position.value}, {"what", each.what}});
    if (!wrong.empty()) json["discrepancies"] = std::move(wrong);
    json["unknownBodies"] = log.unknown_bodies;
    json["waitsForSeal"] = log.waits_for_seal;
    json["sealed"] = log.sealed;
    json["rollbackDigests"] = log.rollback_digests;
    if (report.rebuild) {
        json["digest"] = to_hex(report.rebuild->folded);
        if (report.rebuild->from_snapshot)
            json["snapshotDigest"] = to_hex(*report.rebuild->from_snapshot);
        const auto& differing = report.rebuild->differing;
        json["differing"] = boost::json::array(differing.begin(), differing.end());
    }
    session.out << boost::json::serialize(json) << '\n';
}

Result<SiteReport> verify_site(const LogUrl& url, const std::string& site, bool rebuild,
                               std::vector<EndProof> proofs) {
    SiteReport report{site, {}, std::nullopt};
    const auto log = open_log(url, site, "ferry verify");
    auto verified = verify_log(*log, std::move(proofs));
    if (!verified) return std::unexpected(verified.error());
    report.log = std::move(*verified);
    if (!rebuild || !report.intact()) return report;
    auto compared = compare_rebuild(*log);
    if (!compared) return std::unexpected(compared.error());
    report.rebuild = std::move(*compared);
    return report;
}

/// What only several logs together can show: two owners of one entity, and what a lost site wrote
/// after it was taken over.
void print_ownership(Session& session, std::span<const SiteHomes> homes) {
    const Ownership found = compare_ownership(homes);
    if (session.json) {
        if (found.compared == 0 && found.findings.empty() && found.orphaned.empty()) return;
        boost::json::object json{{"homesCompared", found.compared},
                                 {"intact", found.findings.empty()}};
        boost::json::array& wrong = json["discrepancies"].emplace_array();
        for (const OwnershipFinding& each : found.findings)
            wrong.push_back(boost::json::object{
                {"site", each.site}, {"position", each.position.value}, {"what", each.what}});
        boost::json::array& orphaned = json["orphaned"].emplace_array();
        for (const Ownership::Orphaned& each : found.orphaned)
            orphaned.push_back(boost::json::object{{"site", each.site},
                                                   {"from", each.from.value},
                                                   {"to", each.to.value},
                                                   {"takenOverBy", each.taker}});
        session.out << boost::json::serialize(json) << '\n';
    } else {
        if (found.compared > 0)
            session.out << fmt::format("{} between sites compared\n",
                                       counted(found.compared, "move"));
        for (const OwnershipFinding& each : found.findings)
            session.out << fmt::format("  {}:{} {}\n", each.site, each.position.value, each.what);
        for (const Ownership::Orphaned& each : found.orphaned)
            session.out << fmt::format("orphaned: {}:{}–{}, {}, written after site {} took "
                                       "it over\n",
                                       each.site, each.from.value, each.to.value,
                                       counted(each.to.value - each.from.value + 1, "event"),
                                       each.taker);
    }
    if (!found.findings.empty()) session.exit = ExitCode::io;
}

ExitCode verify(Session& session, const VerifyOptions& options) {
    auto proofs = read_proofs(options);
    if (!proofs) return session.report(proofs.error());
    const auto sites = log_names(session, options.site);
    if (!sites) return session.report(sites.error());
    std::vector<SiteHomes> homes;
    for (const std::string& site : sites->names) {
        auto report = verify_site(sites->url, site, options.rebuild, std::move((*proofs)[site]));
        proofs->erase(site);
        if (!report) {
            session.report(report.error());
            // What a wrong configuration keeps from being read is not proved either.
            session.exit = ExitCode::io;
            continue;
        }
        if (session.json) print_json(session, *report);
        else print_text(session, *report);
        if (!report->intact()) session.exit = ExitCode::io;
        homes.push_back({site, report->log.read_to, std::move(report->log.home_changes)});
    }
    print_ownership(session, homes);
    for (const auto& [site, missing] : *proofs)
        session.report(
            {Errc::damaged,
             fmt::format("{}: the log is missing: {} proves that it went to position {}, "
                         "and {} holds no log of this site; restore it from a copy",
                         site, missing.back().by, missing.back().position.value, session.log_url)});
    return session.exit;
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
    const auto options = std::make_shared<VerifyOptions>();
    Verb verb(app, "verify",
              "Prove that nobody rewrote history\n\n"
              "Examples:\n"
              "  ferry verify\n"
              "  ferry verify --site paris --rebuild\n"
              "  ferry --log sqlite:copy verify --key audit.pub --checkpoint "
              "paris-1240.note\n\n"
              "Every commit is read from the beginning and compared with the chain of hashes, "
              "the head file and checkpoints kept elsewhere. Nothing is written, and neither "
              "the writer nor a network is needed: a copy can be verified anywhere.");
    verb.add_option("--site", options->site, "This site alone");
    verb.add_flag("--rebuild", options->rebuild,
                  "Also rebuild everything that is kept on file from position 1, and compare");
    verb.add_option("--key", options->key, "Verifier key of the checkpoints, or a file with it")
        .takes("PUB|FILE");
    verb.add_option("--checkpoint", options->checkpoints,
                    "Checkpoints that were kept elsewhere (ferry checkpoint)")
        .takes("FILE");
    add_read_options(verb, session);
    verb.callback([&session, options] { verify(session, *options); });
}

}  // namespace ferry
