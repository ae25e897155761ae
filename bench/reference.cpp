#include "bench/reference.hpp"

#include "bench/give_up.hpp"
#include "events/commit.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <unistd.h>

namespace ferry::bench {

namespace {

void need(bool fine, const char* what) {
    if (!fine) give_up(fmt::format("the reference could not {}", what));
}

sqlite3* open_database(const std::filesystem::path& file, int flags) {
    sqlite3* database = nullptr;
    need(
        sqlite3_open_v2(file.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK,
        "open its database");
    return database;
}

sqlite3_stmt* prepared(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    need(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK,
         "prepare a statement");
    return statement;
}

std::string_view blob(sqlite3_stmt* statement) {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, 0));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement, 0))};
}

void finish(sqlite3_stmt* statement) {
    need(sqlite3_step(statement) == SQLITE_DONE, "run a statement");
    sqlite3_reset(statement);
}

std::uint64_t parse_events(std::string_view events) {
    google::protobuf::io::CodedInputStream stream(
        reinterpret_cast<const std::uint8_t*>(events.data()), static_cast<int>(events.size()));
    static v1::StoredEvent event;
    std::uint64_t count = 0;
    for (std::uint32_t size = 0; stream.ReadVarint32(&size); ++count) {
        const char* at = events.data() + stream.CurrentPosition();
        need(event.ParseFromArray(at, static_cast<int>(size)), "parse an event");
        stream.Skip(static_cast<int>(size));
    }
    return count;
}

}  // namespace

std::uint64_t read_whole(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    need(descriptor >= 0, "open a file");
    std::vector<char> buffer(1 << 20);
    std::uint64_t bytes = 0;
    ssize_t got = 0;
    while ((got = ::read(descriptor, buffer.data(), buffer.size())) > 0)
        bytes += static_cast<std::uint64_t>(got);
    ::close(descriptor);
    need(got == 0, "read a file");
    return bytes;
}

std::vector<std::string> rows_after(const std::filesystem::path& log, std::uint64_t position) {
    sqlite3* database = open_database(log, SQLITE_OPEN_READONLY);
    sqlite3_stmt* select =
        prepared(database, "SELECT bytes FROM commits WHERE position > ? ORDER BY position");
    sqlite3_bind_int64(select, 1, static_cast<std::int64_t>(position));
    std::vector<std::string> rows;
    while (sqlite3_step(select) == SQLITE_ROW) rows.emplace_back(blob(select));
    sqlite3_finalize(select);
    sqlite3_close(database);
    return rows;
}

std::uint64_t hash_parse(std::string_view commit) {
    static EVP_MD* const sha = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static EVP_MD_CTX* const context = EVP_MD_CTX_new();
    unsigned char hash[32];
    need(EVP_DigestInit_ex(context, sha, nullptr) == 1 &&
             EVP_DigestUpdate(context, commit.data() + 32, commit.size() - 32) == 1 &&
             EVP_DigestFinal_ex(context, hash, nullptr) == 1 &&
             commit.starts_with(std::string_view(reinterpret_cast<char*>(hash), 32)),
         "verify a commit");
    return parse_events(commit.substr(commit_header_bytes));
}

std::uint64_t read_hash_parse(const std::filesystem::path& log) {
    sqlite3* database = open_database(log, SQLITE_OPEN_READONLY);
    sqlite3_stmt* select = prepared(database, "SELECT bytes FROM commits ORDER BY position");
    std::uint64_t events = 0;
    while (sqlite3_step(select) == SQLITE_ROW) events += hash_parse(blob(select));
    sqlite3_finalize(select);
    sqlite3_close(database);
    return events;
}

BareInserts::BareInserts(const std::filesystem::path& file)
    : database_(open_database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
    need(sqlite3_exec(database_,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                      "CREATE TABLE commits(position INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
                      nullptr, nullptr, nullptr) == SQLITE_OK,
         "create its table");
    begin_ = prepared(database_, "BEGIN IMMEDIATE");
    insert_ = prepared(database_, "INSERT INTO commits(position, bytes) VALUES(?, ?)");
    commit_ = prepared(database_, "COMMIT");
}

BareInserts::~BareInserts() {
    for (sqlite3_stmt* statement : {begin_, insert_, commit_}) sqlite3_finalize(statement);
    sqlite3_close(database_);
}

void BareInserts::insert(std::string_view bytes) {
    finish(begin_);
    sqlite3_bind_int64(insert_, 1, next_++);
    sqlite3_bind_blob64(insert_, 2, bytes.data(), bytes.size(), SQLITE_STATIC);
    finish(insert_);
    finish(commit_);
}

BareReads::BareReads(const std::filesystem::path& log)
    : database_(open_database(log, SQLITE_OPEN_READONLY)),
      select_(prepared(database_, "SELECT bytes FROM commits WHERE position <= ? "
                                  "ORDER BY position DESC LIMIT 1")) {}

BareReads::~BareReads() {
    sqlite3_finalize(select_);
    sqlite3_close(database_);
}

std::size_t BareReads::read(std::uint64_t position) {
    sqlite3_bind_int64(select_, 1, static_cast<std::int64_t>(position));
    need(sqlite3_step(select_) == SQLITE_ROW, "find a row");
    copy_ = blob(select_);
    sqlite3_reset(select_);
    return copy_.size();
}

}  // namespace ferry::bench
