#include "events/sqlite_survey.hpp"

#include "events/sqlite_row.hpp"

#include <fmt/format.h>

#include <limits>

namespace ferry {

namespace {

constexpr std::int64_t before_all = std::numeric_limits<std::int64_t>::min();

void note_site_stream(SqliteSurvey& survey, const CommitView& commit) {
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        if (!placed.readable || event.entity() != 0) return;
        survey.site_version = {event.version()};
        survey.site_position = placed.position;
    });
}

void refuse(SqliteSurvey& survey, std::int64_t row, Bytes bytes, std::string_view why) {
    if (!survey.first_refused) {
        survey.first_refused = row;
        survey.damage = fmt::format("row {} does not count: {}", row, why);
    }
    const auto header = claimed_header(bytes);
    if (header && header->kind == CommitKind::seal) survey.seal_refused = row;
    ++survey.rows_refused;
    survey.bytes_refused += bytes.size();
}

/// False where the row is of a format of later Ferry versions.
bool judge_row(SqliteSurvey& survey, std::int64_t row, Bytes bytes) {
    if (survey.first_refused) {
        refuse(survey, row, bytes, "");
        return true;
    }
    const bool reserves = read_reservation(bytes).shape != ReservationShape::not_a_reservation;
    const auto place = reserves ? 0 : static_cast<std::int64_t>(survey.kept.position.next().value);
    if (row != place) {
        refuse(survey, row, bytes, "it stands in the wrong row");
        return true;
    }
    const Judged judged = accept(survey.kept, bytes);
    if (judged.judgement == Judgement::unknown_format) return false;
    if (judged.judgement == Judgement::reservation_counts) {
        survey.begins_reserved = true;
        return true;
    }
    if (judged.judgement != Judgement::commit_counts) {
        refuse(survey, row, bytes, name_of(judged.reason));
        return true;
    }
    survey.last_kept = judged.commit.header;
    note_site_stream(survey, judged.commit);
    return true;
}

void note_malformed(SqliteSurvey& survey, const Error& error) {
    survey.malformed = true;
    if (survey.damage.empty()) survey.damage = error.message;
}

/// Pages that no row needs may be broken too, and the next write would stumble over them.
void check_pages(SqliteSurvey& survey, SqliteDatabase& database) {
    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check) return note_malformed(survey, check.error());
    if (check->step() != SQLITE_ROW)
        return note_malformed(survey, database.error("check its pages"));
    const Bytes said = check->blob(0);
    const std::string_view text(reinterpret_cast<const char*>(said.data()), said.size());
    if (text != "ok")
        note_malformed(survey,
                       {Errc::damaged, fmt::format("the SQLite file is malformed: {}", text)});
}

void compare_head_file(SqliteSurvey& survey, const Head& proved, bool seen_in_log) {
    if (!survey.damage.empty()) return;
    if (proved.position > survey.kept.position) {
        survey.damage = fmt::format(
            "the log ends at position {}, but the head file proves that it reached {}: commits are "
            "missing",
            survey.kept.position.value, proved.position.value);
    } else if (!seen_in_log) {
        survey.head_contradicts = true;
        survey.damage =
            fmt::format("the head file names another commit at position {}", proved.position.value);
    }
}

}  // namespace

Result<void> for_each_row(SqliteDatabase& database, std::int64_t from, const RowVisitor& visit) {
    auto rows = database.prepare(
        "SELECT position, bytes FROM commits WHERE position >= ? ORDER BY position");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, from);
    int step = SQLITE_ROW;
    while ((step = rows->step()) == SQLITE_ROW)
        if (!visit(rows->number(0), rows->blob(1))) return {};
    if (step == SQLITE_DONE) return {};
    return std::unexpected(database.error("read its rows"));
}

Result<SqliteSurvey> survey_sqlite(const std::filesystem::path& directory, const std::string& site,
                                   const SqliteOptions& options) {
    const auto file = site_file(directory, site, "db");
    const auto proved = read_head_file(site_file(directory, site, "head"));
    if (!proved) return std::unexpected(proved.error());
    auto database = SqliteDatabase::open(file, SqliteAccess::read, options.vfs);
    if (!database) return std::unexpected(database.error());
    const auto log = holds_log(*database);
    if (!log) return std::unexpected(log.error());
    SqliteSurvey survey;
    bool known_format = true;
    bool head_seen = false;
    if (*log) {
        const auto visited =
            for_each_row(*database, before_all, [&](std::int64_t row, Bytes bytes) {
                known_format = judge_row(survey, row, bytes);
                head_seen |= *proved && survey.kept.head == (*proved)->hash;
                return known_format;
            });
        if (!visited && visited.error().code != Errc::damaged)
            return std::unexpected(visited.error());
        if (!visited) note_malformed(survey, visited.error());
        if (!known_format)
            return fail(Errc::configuration,
                        fmt::format("{}: the commit after position {} is of a format that this "
                                    "Ferry does not know. Use the version that wrote it.",
                                    file.string(), survey.kept.position.value));
        check_pages(survey, *database);
    }
    if (*proved) compare_head_file(survey, **proved, head_seen);
    return survey;
}

}  // namespace ferry
