#pragma once
/// The embedded log: `DIR/<site>.db`, one row per commit, keyed by the commit's first position; a
/// copy's reservation stands in row 0. One process writes, behind `DIR/<site>.lock`; any number
/// read meanwhile and change nothing. Thread rule and contract: events/log.hpp. Offsets are first
/// positions. Errors: damaged (named by row), io (the object then refuses everything), unavailable
/// (another writer), configuration (not a Ferry log, or of a later layout), usage (a site name that
/// is none).
#include "events/head_file.hpp"
#include "events/log.hpp"
#include "events/sqlite_database.hpp"
#include "events/writer_lock.hpp"

namespace ferry {

struct SqliteOptions {
    std::string command = "ferry";  ///< what others are told about who writes
    std::string vfs;                ///< SQLite's file layer; empty is the system's
    int wal_pages_max = 4000;       ///< 16 MB: more makes opening after a crash slow
    const Clock* clock = nullptr;   ///< for the lock file only; none is the system's
};

/// Lower-case letters, digits and hyphens, at most 63, the first no hyphen: fit for a file, a host
/// and a topic.
bool is_site_name(std::string_view site);

/// `DIR/<site>.<suffix>`.
std::filesystem::path site_file(const std::filesystem::path& directory, std::string_view site,
                                std::string_view suffix);

class SqliteLog final : public Log {
public:
    SqliteLog(std::filesystem::path directory, std::string site, SqliteOptions options = {});
    /// Without `stop` before it, it leaves what a crash would leave, but for an unused lock file.
    ~SqliteLog() override;

    Result<Offset> read(Offset from, const RecordVisitor& visit) override;
    Result<std::optional<std::vector<Byte>>> find(Position position) override;
    /// Also ends what an unclean stop left open, and refuses a log whose end is not the one that
    /// the head file proves.
    Result<void> lead() override;
    Result<Appended> append(Bytes record) override;
    Result<void> stop() override;
    bool void_is_damage() const override { return true; }
    std::string derived_path(std::string_view suffix) const override;
    std::string name() const override;

    /// The clocks when the last writer that appended stopped in order. Known after `lead`.
    std::optional<ClockReading> last_stop() const;

private:
    struct Reading {
        SqliteDatabase database;
        SqliteStatement page, last_before;
    };
    struct Writing {
        SqliteDatabase database;
        SqliteStatement begin, last, insert, commit;
        bool has_table = false;
        int wal_pages = 0;
        int checkpoint_at = 0;
    };
    struct Chunk;

    Result<bool> open_reading();
    void read_chunk(Chunk& chunk, std::int64_t from, std::int64_t to);
    Result<void> take_lead();
    Result<void> open_writing(SqliteAccess access);
    Result<void> prepare_writing();
    Result<void> end_unclean_stop();
    Result<void> learn_head();
    Result<void> compare_head_file();
    Result<void> check_fits(Bytes record) const;
    Result<void> store(Bytes record);
    Result<void> check_head_unchanged();
    Result<void> checkpoint_when_due();
    Result<void> put_away();
    void release();

    std::filesystem::path directory_;
    std::string site_;
    SqliteOptions options_;
    std::filesystem::path file_;
    std::optional<Error> failed_;  ///< set once, refuses everything from then on
    std::optional<Reading> reading_;
    std::optional<WriterLock> lock_;
    std::vector<std::filesystem::path> created_directories_;
    std::unique_ptr<Writing> writing_;
    HeadFile head_file_;
    Head head_;  ///< of the last commit, as this writer believes; position 0 in an empty log
    bool appended_ = false;
};

}  // namespace ferry
