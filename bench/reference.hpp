#pragma once
/// The references: bare code that does the physical minimum with the same bytes, and knows nothing
/// of Ferry but where its bytes lie. Each stops the process with a message where it fails.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace ferry::bench {

/// Reads a file to its end, and says how many bytes it had.
std::uint64_t read_whole(const std::filesystem::path& file);

/// The rows of an embedded log after `position`, in order.
std::vector<std::string> rows_after(const std::filesystem::path& log, std::uint64_t position);

/// Hashes one stored commit with SHA-256 and parses its events with protobuf, in the calling
/// thread. Returns how many events there were.
std::uint64_t hash_parse(std::string_view commit);

/// Reads every row of an embedded log, hashes it with SHA-256 and parses its events with protobuf,
/// in one thread. Returns how many events there were.
std::uint64_t read_hash_parse(const std::filesystem::path& log);

/// One table in a fresh database in WAL mode with full synchronisation, one transaction a row.
class BareInserts {
public:
    explicit BareInserts(const std::filesystem::path& file);
    ~BareInserts();
    BareInserts(const BareInserts&) = delete;
    BareInserts& operator=(const BareInserts&) = delete;
    void insert(std::string_view bytes);

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    std::int64_t next_ = 1;
};

/// Reads single rows of an embedded log by the position they hold.
class BareReads {
public:
    explicit BareReads(const std::filesystem::path& log);
    ~BareReads();
    BareReads(const BareReads&) = delete;
    BareReads& operator=(const BareReads&) = delete;
    /// How many bytes the row has; all of them were copied.
    std::size_t read(std::uint64_t position);

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* select_ = nullptr;
    std::string copy_;
};

}  // namespace ferry::bench
