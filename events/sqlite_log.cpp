#include "events/sqlite_log.hpp"

#include "events/commit.hpp"
#include "events/log_name.hpp"
#include "events/sqlite_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace ferry {

bool is_site_name(std::string_view site) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !site.empty() && site.size() <= 63 && site.front() != '-' &&
           std::all_of(site.begin(), site.end(), fits);
}

std::filesystem::path site_file(const std::filesystem::path& directory, std::string_view site,
                                std::string_view suffix) {
    return directory / fmt::format("{}.{}", site, suffix);
}

SqliteLog::SqliteLog(std::filesystem::path directory, std::string site, SqliteOptions options)
    : directory_(std::move(directory)),
      site_(std::move(site)),
      options_(std::move(options)),
      file_(site_file(directory_, site_, "db")),
      head_file_(site_file(directory_, site_, "head")) {
    if (!is_log_name(site_))
        failed_ = Error{Errc::usage,
                        fmt::format("`{}` is no site name: use lower-case letters, digits and "
                                    "hyphens, at most 63, and no hyphen first.",
                                    site_)};
}

std::string SqliteLog::derived_path(std::string_view suffix) const {
    return site_file(directory_, site_, suffix).string();
}

std::string SqliteLog::name() const {
    return fmt::format("sqlite:{} ({})", directory_.string(), site_);
}

std::optional<ClockReading> SqliteLog::last_stop() const {
    return lock_ ? lock_->last_stop() : std::nullopt;
}

/// Rows copied out of one short read transaction, so that no reader holds a checkpoint up. Used
/// again and again, and small enough to be looked at before it leaves the processor's cache.
struct SqliteLog::Chunk {
    static constexpr std::size_t rows_max = 256;
    static constexpr std::size_t bytes_max = 1 << 19;
    struct Row {
        std::int64_t position;
        std::size_t begin, size;
    };
    std::vector<Row> rows;
    std::vector<Byte> bytes;
    std::optional<Error> error;

    void clear() {
        rows.clear();
        bytes.clear();
        error.reset();
    }
    bool full() const { return rows.size() == rows_max || bytes.size() >= bytes_max; }
    void add(std::int64_t position, Bytes record) {
        rows.push_back({position, bytes.size(), record.size()});
        bytes.insert(bytes.end(), record.begin(), record.end());
    }
    Bytes record(const Row& row) const { return Bytes(bytes).subspan(row.begin, row.size); }
};

Result<bool> SqliteLog::open_reading() {
    if (reading_) return true;
    std::error_code error;
    if (!std::filesystem::exists(file_, error) && !error) return false;
    auto database = SqliteDatabase::open(file_, SqliteAccess::read, options_.vfs);
    if (!database) return std::unexpected(database.error());
    const auto log = holds_log(*database);
    if (!log || !*log) return log;
    auto page = database->prepare(
        "SELECT position, bytes FROM commits WHERE position BETWEEN ? AND ? ORDER BY position");
    auto last_before = database->prepare(
        "SELECT position, bytes FROM commits WHERE position <= ? ORDER BY position DESC LIMIT 1");
    if (!page) return std::unexpected(page.error());
    if (!last_before) return std::unexpected(last_before.error());
    reading_.emplace(std::move(*database), std::move(*page), std::move(*last_before));
    return true;
}

void SqliteLog::read_chunk(Chunk& chunk, std::int64_t from, std::int64_t to) {
    chunk.clear();
    SqliteStatement& page = reading_->page;
    page.bind(1, from);
    page.bind(2, to);
    int step = SQLITE_ROW;
    while (!chunk.full() && (step = page.step()) == SQLITE_ROW)
        chunk.add(page.number(0), page.blob(1));
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        chunk.error = reading_->database.error(
            chunk.rows.empty() ? fmt::format("read the row of position {} or after it", from)
                               : fmt::format("read on after row {}", chunk.rows.back().position));
    page.reset();
}

Result<Offset> SqliteLog::read(Offset from, const RecordVisitor& visit) {
    if (failed_) return std::unexpected(*failed_);
    const auto log = open_reading();
    if (!log) return std::unexpected(log.error());
    if (!*log) return from;
    // The end is fixed before reading, so that a busy writer cannot keep a reader for ever.
    const auto end = reading_->database.number("SELECT ifnull(max(position), 0) FROM commits");
    if (!end) return std::unexpected(end.error());
    auto next = from.value == 0 ? std::numeric_limits<std::int64_t>::min()
                                : static_cast<std::int64_t>(from.value);
    Chunk chunk;
    while (next <= *end) {
        read_chunk(chunk, next, *end);
        for (const Chunk::Row& row : chunk.rows) {
            if (auto error = misplaced(file_, row.position, chunk.record(row)))
                return std::unexpected(std::move(*error));
            next = row.position + 1;
            from = Offset{static_cast<std::uint64_t>(next)};
            if (!visit({Offset{static_cast<std::uint64_t>(row.position)}, chunk.record(row)}))
                return from;
        }
        if (chunk.error) return std::unexpected(*chunk.error);
        if (chunk.rows.empty()) break;
    }
    return from;
}

Result<std::optional<std::vector<Byte>>> SqliteLog::find(Position position) {
    if (failed_) return std::unexpected(*failed_);
    const auto log = open_reading();
    if (!log) return std::unexpected(log.error());
    if (!*log) return std::nullopt;
    SqliteStatement& statement = reading_->last_before;
    statement.bind(1, static_cast<std::int64_t>(position.value));
    const int step = statement.step();
    std::int64_t row = 0;
    std::vector<Byte> bytes;
    if (step == SQLITE_ROW) {
        row = statement.number(0);
        const Bytes stored = statement.blob(1);
        bytes.assign(stored.begin(), stored.end());
    }
    std::optional<Error> error;
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        error =
            reading_->database.error(fmt::format("find the commit of position {}", position.value));
    statement.reset();
    if (step == SQLITE_DONE) return std::nullopt;
    if (error) return std::unexpected(std::move(*error));
    if (auto wrong = misplaced(file_, row, bytes)) return std::unexpected(std::move(*wrong));
    if (row == 0) return std::nullopt;  // a reservation, and no commit before the position
    const CommitReading reading = read_commit(bytes);
    if (reading.shape == CommitShape::unknown_format) return bytes;
    if (reading.shape != CommitShape::whole)
        return std::unexpected(damaged_row(file_, row, "its hash is not that of its bytes"));
    if (reading.view.header.last() < position) return std::nullopt;
    return bytes;
}

}  // namespace ferry
