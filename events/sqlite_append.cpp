#include "events/commit.hpp"
#include "events/reservation.hpp"
#include "events/sqlite_log.hpp"
#include "events/sqlite_row.hpp"
#include "events/sqlite_wal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

// The writing half of SqliteLog: becoming the writer, appending, stopping.
namespace ferry {

namespace {

/// A new directory lasts only once the directory above it is synced.
bool sync_directory(const std::filesystem::path& directory) {
    const int descriptor =
        ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool synced = fsync(descriptor) == 0;
    ::close(descriptor);
    return synced;
}

/// Creates what is missing of `directory`, outermost first, and lists it in `created`.
Result<void> make_directories(const std::filesystem::path& directory,
                              std::vector<std::filesystem::path>& created) {
    std::error_code error;
    if (directory.empty() || std::filesystem::is_directory(directory, error)) return {};
    if (auto made = make_directories(directory.parent_path(), created); !made) return made;
    if (std::filesystem::create_directory(directory, error)) created.push_back(directory);
    if (!error && sync_directory(directory.parent_path())) return {};
    const std::string why = error ? error.message() : std::strerror(errno);
    return fail(Errc::io, fmt::format("{}: cannot create the log's directory: {}. Create it, or "
                                      "name another one.",
                                      directory.string(), why));
}

/// Whether the bytes are what somebody wrote, by their own hash.
bool is_whole(Bytes bytes) {
    return read_commit(bytes).shape == CommitShape::whole ||
           read_reservation(bytes).shape == ReservationShape::whole;
}

/// Steps a statement that yields no row, and ends it.
bool done(SqliteStatement& statement) {
    const bool stepped = statement.step() == SQLITE_DONE;
    // After a failure the message must be read before anything else touches the handle.
    if (stepped) statement.reset();
    return stepped;
}

}  // namespace

SqliteLog::~SqliteLog() { release(); }

Result<void> SqliteLog::lead() {
    if (failed_) return std::unexpected(*failed_);
    if (lock_) return {};
    auto led = take_lead();
    if (!led) release();
    return led;
}

Result<void> SqliteLog::take_lead() {
    if (auto made = make_directories(directory_, created_directories_); !made) return made;
    static const SystemClock system_clock;
    if (!options_.clock) options_.clock = &system_clock;
    auto lock =
        WriterLock::take(site_file(directory_, site_, "lock"), options_.command, *options_.clock);
    if (!lock) return std::unexpected(lock.error());
    lock_.emplace(std::move(*lock));
    head_ = {};
    std::error_code error;
    if (std::filesystem::exists(file_, error)) {
        if (auto opened = open_writing(SqliteAccess::write); !opened) return opened;
    }
    return compare_head_file();
}

Result<void> SqliteLog::open_writing(SqliteAccess access) {
    std::error_code error;
    const auto wal_bytes =
        std::filesystem::file_size(site_file(directory_, site_, "db-wal"), error);
    const bool clean = error || wal_bytes == 0;
    auto database = SqliteDatabase::open(file_, access, options_.vfs);
    if (!database) return std::unexpected(database.error());
    writing_ = std::make_unique<Writing>();
    writing_->database = std::move(*database);
    const auto log = holds_log(writing_->database);
    if (!log) return std::unexpected(log.error());
    writing_->has_table = *log;
    if (!*log) return {};
    if (!clean)
        if (auto ended = end_unclean_stop(); !ended) return ended;
    if (auto prepared = prepare_writing(); !prepared) return prepared;
    return learn_head();
}

/// A page whose sync failed before reads back as if it were stored. Only frames that were written
/// again, and a checkpoint after that, make what is read true: a checkpoint alone would leave newer
/// pages beside a write-ahead log that a power cut sets back.
Result<void> SqliteLog::end_unclean_stop() {
    if (auto written = write_wal_again(writing_->database); !written) return written;
    if (sqlite3_wal_checkpoint_v2(writing_->database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                  nullptr, nullptr) == SQLITE_OK)
        return {};
    return std::unexpected(
        writing_->database.error("complete the checkpoint that an unclean stop left open"));
}

Result<void> SqliteLog::prepare_writing() {
    SqliteDatabase& database = writing_->database;
    if (auto mode = database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                 "PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF");
        !mode)
        return mode;
    // Checkpoints happen where this class says, also after a failure: never when a handle closes.
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const auto note_pages = [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(database.handle(), note_pages, &writing_->wal_pages);
    writing_->checkpoint_at = options_.wal_pages_max;
    if (!writing_->has_table) {
        if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
        if (auto created = create_layout(database); !created) return created;
        if (auto committed = database.run("COMMIT"); !committed) return committed;
        writing_->has_table = true;
    }
    const std::pair<SqliteStatement*, const char*> statements[] = {
        {&writing_->begin, "BEGIN IMMEDIATE"},
        {&writing_->last, "SELECT position, bytes FROM commits ORDER BY position DESC LIMIT 1"},
        {&writing_->insert, "INSERT INTO commits(position, bytes) VALUES(?, ?)"},
        {&writing_->commit, "COMMIT"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = database.prepare(sql);
        if (!prepared) return std::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    return {};
}

Result<void> SqliteLog::learn_head() {
    const int step = writing_->last.step();
    std::optional<Error> error;
    if (step == SQLITE_ROW) {
        const std::int64_t row = writing_->last.number(0);
        const Bytes bytes = writing_->last.blob(1);
        const auto head = claimed_head(row, bytes);
        if (head && is_whole(bytes)) head_ = *head;
        else error = damaged_row(file_, row, "it is not the commit that was written");
    } else if (step != SQLITE_DONE) {
        error = writing_->database.error("read its last row");
    }
    writing_->last.reset();
    if (error) return std::unexpected(std::move(*error));
    return {};
}

Result<void> SqliteLog::compare_head_file() {
    const auto proved = read_head_file(site_file(directory_, site_, "head"));
    if (!proved) return std::unexpected(proved.error());
    if (!*proved) return {};
    const Head& promise = **proved;
    if (promise.position > head_.position)
        return std::unexpected(
            damage(file_, fmt::format("the log ends at position {}, but the head file proves that "
                                      "it reached {}: commits are missing",
                                      head_.position.value, promise.position.value)));
    const auto stored = find(promise.position);
    if (!stored) return std::unexpected(stored.error());
    const bool same =
        *stored && std::memcmp((*stored)->data(), promise.hash.data(), promise.hash.size()) == 0;
    if (same) return {};
    return std::unexpected(
        damage(file_, fmt::format("the commit at position {} is not the one that the head file "
                                  "names: the log was written anew",
                                  promise.position.value)));
}

Result<void> SqliteLog::check_fits(Bytes record) const {
    const auto header = claimed_header(record);
    const bool follows = header && header->first == head_.position.next() &&
                         (head_.position.value == 0 || header->previous == head_.hash);
    const bool reserves =
        head_.position.value == 0 && read_reservation(record).shape == ReservationShape::whole;
    if (follows || reserves) return {};
    // Here a row that acceptance refuses would be damage, so it is never written.
    return fail(Errc::usage, fmt::format("{}: what was to be appended is not the record that "
                                         "follows position {}. Nothing was written.",
                                         file_.string(), head_.position.value));
}

Result<void> SqliteLog::check_head_unchanged() {
    const int step = writing_->last.step();
    bool same = step == SQLITE_DONE && head_.position.value == 0;
    if (step == SQLITE_ROW) {
        const auto head = claimed_head(writing_->last.number(0), writing_->last.blob(1));
        same = head && *head == head_;
    }
    writing_->last.reset();
    if (same) return {};
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return std::unexpected(writing_->database.error("read its last row"));
    return std::unexpected(
        damage(file_, fmt::format("somebody else wrote to the log after position {}, past the lock",
                                  head_.position.value)));
}

Result<Appended> SqliteLog::append(Bytes record) {
    if (failed_) return std::unexpected(*failed_);
    if (!lock_) return fail(Errc::usage, name() + ": only its writer may append; lead it first.");
    if (auto stored = store(record); !stored) {
        failed_ = stored.error();
        return std::unexpected(*failed_);
    }
    return Appended::stands;
}

Result<void> SqliteLog::store(Bytes record) {
    if (auto fits = check_fits(record); !fits) return fits;
    if (!writing_)
        if (auto opened = open_writing(SqliteAccess::create); !opened) return opened;
    if (!writing_->has_table)
        if (auto prepared = prepare_writing(); !prepared) return prepared;
    const SqliteDatabase& database = writing_->database;
    if (!done(writing_->begin)) return std::unexpected(database.error("begin an append"));
    if (auto unchanged = check_head_unchanged(); !unchanged) return unchanged;
    const bool reserves = !claimed_header(record);
    const auto row = reserves ? 0 : static_cast<std::int64_t>(head_.position.next().value);
    const Head head = *claimed_head(row, record);
    writing_->insert.bind(1, row);
    writing_->insert.bind(2, record);
    if (!done(writing_->insert)) return std::unexpected(database.error("append a commit"));
    if (!done(writing_->commit)) return std::unexpected(database.error("make a commit durable"));
    head_ = head;
    appended_ = true;
    // The head file proves ends; before the first commit there is none to prove.
    if (!reserves)
        if (auto written = head_file_.write(head_); !written) return written;
    return checkpoint_when_due();
}

Result<void> SqliteLog::checkpoint_when_due() {
    Writing& writing = *writing_;
    if (writing.wal_pages < options_.wal_pages_max) writing.checkpoint_at = options_.wal_pages_max;
    if (writing.wal_pages < writing.checkpoint_at) return {};
    // Where readers hold it up it is tried again only after as much has been written again.
    writing.checkpoint_at = writing.wal_pages + options_.wal_pages_max;
    const int result = sqlite3_wal_checkpoint_v2(writing.database.handle(), nullptr,
                                                 SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        return std::unexpected(writing.database.error("checkpoint"));
    return head_file_.sync();
}

Result<void> SqliteLog::stop() {
    if (!lock_) return {};
    Result<void> ended;
    if (!failed_) ended = put_away();
    release();
    return ended;
}

Result<void> SqliteLog::put_away() {
    if (writing_ && appended_) {
        const int result = sqlite3_wal_checkpoint_v2(writing_->database.handle(), nullptr,
                                                     SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        // A reader that holds it up leaves the rest to the next writer: nothing is lost by that.
        if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
            return std::unexpected(writing_->database.error("checkpoint at the stop"));
    }
    if (auto synced = head_file_.sync(); !synced) return synced;
    // A writer that appended nothing may have stopped because the clock was wrong.
    std::optional<ClockReading> reading;
    if (appended_) reading = read_clocks(*options_.clock);
    return lock_->note_stop(reading);
}

/// Leaves no trace of a writer that never wrote: a command that was refused creates nothing.
void SqliteLog::release() {
    writing_.reset();
    std::error_code error;
    if (lock_ && lock_->created() && !std::filesystem::exists(file_, error)) lock_->remove();
    lock_.reset();
    for (; !created_directories_.empty(); created_directories_.pop_back())
        std::filesystem::remove(created_directories_.back(), error);
    appended_ = false;
}

}  // namespace ferry
