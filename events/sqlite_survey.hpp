#pragma once
/// What a repair must know of an embedded log before it changes anything: how far acceptance takes
/// it, what follows, and what a takeover commit needs. Reads only.
#include "events/acceptance.hpp"
#include "events/sqlite_log.hpp"

namespace ferry {

struct SqliteSurvey {
    std::string damage;      ///< the first thing that is wrong, in words; empty where nothing is
    bool malformed = false;  ///< the SQLite file itself
    bool head_contradicts = false;  ///< the head file names another commit than the log holds
    AcceptanceState kept;           ///< at the end of what counts
    bool begins_reserved = false;   ///< row 0 holds the reservation of a copy
    CommitHeader last_kept;
    std::optional<std::int64_t> first_refused;  ///< the row from which all is to be set aside
    std::uint64_t rows_refused = 0;             ///< what of it can be read
    std::uint64_t bytes_refused = 0;
    std::optional<std::int64_t> seal_refused;  ///< a row of it that claims to seal the log
    /// The end of the stream `site:NAME` in what counts.
    Version site_version;
    Position site_position;
};

/// Errc::configuration where a row is of a later format; that is no damage.
Result<SqliteSurvey> survey_sqlite(const std::filesystem::path& directory, const std::string& site,
                                   const SqliteOptions& options);

using RowVisitor = std::function<bool(std::int64_t row, Bytes bytes)>;

/// Visits all rows from `from` on; false stops. An error where the file cannot be read on.
Result<void> for_each_row(SqliteDatabase& database, std::int64_t from, const RowVisitor& visit);

}  // namespace ferry
