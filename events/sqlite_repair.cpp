#include "events/sqlite_repair.hpp"

#include "events/sqlite_survey.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <limits>

namespace ferry {

namespace {

using Path = std::filesystem::path;

struct Repair {
    const Path& directory;
    const std::string& site;
    const RepairOptions& options;
    SqliteSurvey survey;
    std::vector<Byte> takeover;  ///< empty where none is to be appended

    Path file(std::string_view suffix) const { return site_file(directory, site, suffix); }
    std::int64_t first_free() const {
        return static_cast<std::int64_t>(survey.kept.position.next().value);
    }
};

std::vector<Byte> takeover_commit(const SqliteSurvey& survey, const RepairOptions& options,
                                  Randomness& randomness, const Clock& clock) {
    const AcceptanceState& kept = survey.kept;
    CommitHeader header;
    header.kind = CommitKind::takeover;
    header.log_id = kept.log_id;
    header.commit_id = randomness.id<CommitId>();
    header.first = kept.position.next();
    header.term = kept.term.next();
    header.writer = randomness.id<WriterId>();
    header.previous = kept.head;
    header.read_back = kept.position;
    header.recorded = std::max(clock.now(), kept.recorded);
    header.machine_digest = survey.last_kept.machine_digest;
    header.pack = survey.last_kept.pack;
    v1::StoredEvent event;
    event.set_version(survey.site_version.next().value);
    event.set_previous_position(survey.site_position.value);
    event.set_actor(options.actor);
    event.set_reason(options.reason);
    auto& taken = *event.mutable_owner_taken();
    taken.set_term(header.term.value);
    taken.set_writer_id(header.writer.bytes.data(), header.writer.bytes.size());
    taken.set_cause("repaired");
    CommitBuilder builder;
    FERRY_ASSERT(builder.add(event), "an OwnerTaken fits a commit");
    return builder.finish(header);
}

/// A name that no file has yet, so that nothing set aside before is overwritten.
Path tail_name(const Repair& repair, Time now, std::string_view ending) {
    const auto stamp =
        fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
    const std::string base = fmt::format("tail-{}-{}", repair.first_free(), stamp);
    Path name = repair.file(fmt::format("{}.{}", base, ending));
    for (int i = 2; std::filesystem::exists(name); ++i)
        name = repair.file(fmt::format("{}-{}.{}", base, i, ending));
    return name;
}

Result<void> insert_row(SqliteDatabase& database, SqliteStatement& insert, std::int64_t row,
                        Bytes bytes) {
    insert.bind(1, row);
    insert.bind(2, bytes);
    if (insert.step() != SQLITE_DONE) return std::unexpected(database.error("copy a row"));
    insert.reset();
    return {};
}

/// Copies the rows from `from` up to and without `to` into a new file of the same layout, with
/// `more` after them; durable when it returns.
Result<void> copy_rows(SqliteDatabase& source, std::int64_t from, std::int64_t to,
                       const Path& target_file, const Repair& repair, Bytes more) {
    auto target =
        SqliteDatabase::open(target_file, SqliteAccess::create, repair.options.sqlite.vfs);
    if (!target) return std::unexpected(target.error());
    if (auto begun = target->run("PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE"); !begun) return begun;
    if (auto created = create_layout(*target); !created) return created;
    auto insert = target->prepare("INSERT INTO commits(position, bytes) VALUES(?, ?)");
    if (!insert) return std::unexpected(insert.error());
    Result<void> copied;
    bool complete = false;
    const auto visited = for_each_row(source, from, [&](std::int64_t row, Bytes bytes) {
        if (row >= to) return false;
        copied = insert_row(*target, *insert, row, bytes);
        const auto header = claimed_header(bytes);
        complete = header && header->last().next().value == static_cast<std::uint64_t>(to);
        return copied.has_value();
    });
    if (!copied) return copied;
    // A malformed file may break off right behind the last row that is wanted.
    if (!visited && !complete) return visited;
    if (!more.empty())
        if (auto added = insert_row(*target, *insert, to, more); !added) return added;
    return target->run("COMMIT");
}

/// What is derived, and the old head, would contradict the log from the next step on.
Result<void> remove_derived(const Repair& repair, const Path& head_aside) {
    std::error_code error;
    for (const std::string& suffix : repair.options.derived_suffixes) {
        std::filesystem::remove_all(repair.file(suffix), error);
        if (error) break;
    }
    const Path head = repair.file("head");
    if (!error && repair.survey.head_contradicts) std::filesystem::rename(head, head_aside, error);
    if (!error) std::filesystem::remove(head, error);
    if (!error) return {};
    return fail(Errc::io, fmt::format("{}: cannot remove what no longer fits the log: {}. The log "
                                      "is unchanged; repair it again.",
                                      repair.directory.string(), error.message()));
}

Result<void> cut_rows(SqliteDatabase& database, const Repair& repair) {
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
    if (repair.survey.first_refused) {
        const auto sql =
            fmt::format("DELETE FROM commits WHERE position >= {}", *repair.survey.first_refused);
        if (auto deleted = database.run(sql.c_str()); !deleted) return deleted;
    }
    if (!repair.takeover.empty()) {
        auto insert = database.prepare("INSERT INTO commits(position, bytes) VALUES(?, ?)");
        if (!insert) return std::unexpected(insert.error());
        if (auto added = insert_row(database, *insert, repair.first_free(), repair.takeover);
            !added)
            return added;
    }
    if (auto committed = database.run("COMMIT"); !committed) return committed;
    return database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// The file is whole: the tail is copied out, then cut off in one transaction with the takeover.
Result<void> repair_rows(const Repair& repair, const Path& tail) {
    auto database =
        SqliteDatabase::open(repair.file("db"), SqliteAccess::write, repair.options.sqlite.vfs);
    if (!database) return std::unexpected(database.error());
    if (auto set = database->run("PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE)"); !set)
        return set;
    if (repair.survey.first_refused) {
        constexpr auto end = std::numeric_limits<std::int64_t>::max();
        auto copied = copy_rows(*database, *repair.survey.first_refused, end, tail, repair, {});
        if (!copied) return copied;
    }
    Path head_aside = tail;
    if (auto removed = remove_derived(repair, head_aside.replace_extension("head")); !removed)
        return removed;
    return cut_rows(*database, repair);
}

/// The file is not whole: what counts is copied to a new one, and the old one is set aside.
Result<void> rebuild_file(const Repair& repair, const Path& tail) {
    const Path rebuilt = repair.file("rebuilt");
    std::error_code error;
    std::filesystem::remove(rebuilt, error);
    {
        auto source =
            SqliteDatabase::open(repair.file("db"), SqliteAccess::read, repair.options.sqlite.vfs);
        if (!source) return std::unexpected(source.error());
        // Without its reservation a copy would pass for a log of its own, and fork the history.
        const std::int64_t begin = repair.survey.begins_reserved ? 0 : 1;
        auto copied =
            copy_rows(*source, begin, repair.first_free(), rebuilt, repair, repair.takeover);
        if (!copied) return copied;
    }
    Path head_aside = tail;
    if (auto removed = remove_derived(repair, head_aside.replace_extension("head")); !removed)
        return removed;
    // The old file keeps its write-ahead log, which the new one must not meet.
    std::filesystem::create_hard_link(repair.file("db"), tail, error);
    const Path wal = repair.file("db-wal");
    if (!error && std::filesystem::exists(wal))
        std::filesystem::rename(wal, Path(tail) += "-wal", error);
    if (!error) std::filesystem::remove(repair.file("db-shm"), error);
    if (!error) std::filesystem::rename(rebuilt, repair.file("db"), error);
    if (!error) return {};
    return fail(Errc::io,
                fmt::format("{}: cannot put the rebuilt log in place: {}. Repair it again.",
                            rebuilt.string(), error.message()));
}

Result<void> write_head(const Repair& repair) {
    AcceptanceState state = repair.survey.kept;
    if (!repair.takeover.empty()) accept(state, repair.takeover);
    if (!state.started()) return {};
    HeadFile head(repair.file("head"));
    if (auto written = head.write({state.position, state.head}); !written) return written;
    return head.sync();
}

RepairReport report_of(const SqliteSurvey& survey) {
    RepairReport report;
    report.damage = survey.damage;
    report.kept_to = survey.kept.position;
    report.rows_set_aside = survey.rows_refused;
    report.bytes_set_aside = survey.bytes_refused;
    report.malformed = survey.malformed;
    report.term = survey.kept.term;
    return report;
}

}  // namespace

Result<RepairReport> repair_sqlite(const Path& directory, const std::string& site,
                                   Randomness& randomness, const Clock& clock,
                                   const RepairOptions& options) {
    std::optional<WriterLock> lock;
    if (!std::filesystem::exists(site_file(directory, site, "db")))
        return fail(Errc::bad_input,
                    fmt::format("{}: there is no log to repair. Name the directory "
                                "and site of one.",
                                site_file(directory, site, "db").string()));
    if (!options.dry_run) {
        auto taken =
            WriterLock::take(site_file(directory, site, "lock"), options.sqlite.command, clock);
        if (!taken) return std::unexpected(taken.error());
        lock.emplace(std::move(*taken));
    }
    auto survey = survey_sqlite(directory, site, options.sqlite);
    if (!survey) return std::unexpected(survey.error());
    RepairReport report = report_of(*survey);
    if (options.dry_run || report.damage.empty()) return report;
    if (survey->seal_refused && !survey->kept.reserved_for)
        return fail(Errc::configuration,
                    fmt::format("{}: row {}, which would be set aside, seals this log: it goes on "
                                "elsewhere, and without its seal it would be written to here too. "
                                "Leave it as it is and use the log it was moved to",
                                site_file(directory, site, "db").string(), *survey->seal_refused));
    Repair repair{directory, site, options, std::move(*survey), {}};
    const AcceptanceState& kept = repair.survey.kept;
    if (kept.started() && !kept.sealed_for && !kept.reserved_for)
        repair.takeover = takeover_commit(repair.survey, options, randomness, clock);
    const Path tail = tail_name(repair, clock.now(), "db");
    auto repaired = report.malformed ? rebuild_file(repair, tail) : repair_rows(repair, tail);
    if (!repaired) return std::unexpected(repaired.error());
    if (auto written = write_head(repair); !written) return std::unexpected(written.error());
    if (report.malformed || repair.survey.first_refused) report.tail_file = tail;
    if (!repair.takeover.empty()) {
        report.taken_over_at = repair.survey.kept.position.next();
        report.term = report.term.next();
    }
    if (auto noted = lock->note_stop({}); !noted) return std::unexpected(noted.error());
    return report;
}

}  // namespace ferry
