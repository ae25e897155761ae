#include "tests/embedded/victim.hpp"

#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace ferry::test {

namespace {

std::string content_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::string& file, const std::string& content) {
    if (content.empty()) std::filesystem::remove(file);
    else std::ofstream(file, std::ios::binary) << content;
}

void grow(Estate& estate, int number) {
    estate.done(
        check("pool:ocs01.contoso.com", "services-started", number % 2 == 0 ? "PASS" : "FAIL"));
    if (number % 5 == 0)
        estate.done(add_user(fmt::format("user{}@contoso.com", number), "ocs01.contoso.com"));
}

}  // namespace

Victim::Victim(std::size_t database_bytes, std::size_t commits_in_wal) {
    {
        Estate estate(std::make_unique<SqliteLog>(scratch_.path(), "paris"));
        Log& log = *estate.replica.log;
        estate.done(add_pool("ocs01.contoso.com"));
        int number = 0;
        const std::size_t half = database_bytes / 800;
        while (estate.position().value < half) grow(estate, ++number);
        REQUIRE(log.stop());
        earlier_ = copy();
        REQUIRE(log.lead());
        for (std::size_t i = 0; i < commits_in_wal; ++i) grow(estate, ++number);
        // The database itself grows at checkpoints only.
        while (commits_in_wal == 0 && copy().database.size() < database_bytes) {
            for (int i = 0; i < 10; ++i) grow(estate, ++number);
            REQUIRE(log.stop());
            if (copy().database.size() < database_bytes) REQUIRE(log.lead());
        }
    }
    whole_ = copy();
    SqliteLog log(scratch_.path(), "paris");
    records_ = all_records(log);
    put(whole_);
}

std::string Victim::path(std::string_view suffix) const {
    return site_file(scratch_.path(), "paris", suffix).string();
}

Copy Victim::copy() const {
    return {content_of(path("db")), content_of(path("db-wal")), content_of(path("head"))};
}

void Victim::put(const Copy& copy) const {
    std::filesystem::remove(path("db-shm"));
    write(path("db"), copy.database);
    write(path("db-wal"), copy.wal);
    write(path("head"), copy.head);
}

void Victim::flip(std::string_view suffix, std::size_t bit) const {
    std::filesystem::remove(path("db-shm"));
    std::fstream file(path(suffix), std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(bit / 8);
    file.seekg(at);
    const int before = file.get();
    file.seekp(at);
    file.put(static_cast<char>(before ^ (1 << (bit % 8))));
    REQUIRE(file.good());
}

EndProof Victim::checkpoint() const {
    const CommitReading last = read_commit(records_.back());
    return {last.view.header.last(), last.view.hash, "checkpoint kept.note",
            last.view.header.log_id};
}

Verdict Victim::judge(std::vector<EndProof> proofs) const {
    SqliteLog log(scratch_.path(), "paris");
    const auto verified = verify_log(log, std::move(proofs));
    if (!verified || verified->verdict != Integrity::intact) return Verdict::detected;
    Records found;
    const auto read = log.read({0}, [&](const Record& record) {
        found.emplace_back(record.bytes.begin(), record.bytes.end());
        return true;
    });
    return read && found == records_ ? Verdict::harmless : Verdict::silent;
}

std::string Victim::said(std::vector<EndProof> proofs) const {
    SqliteLog log(scratch_.path(), "paris");
    const auto verified = verify_log(log, std::move(proofs));
    return verified ? to_text(*verified) : verified.error().message;
}

Verdict Victim::judge_after_an_append() const {
    SqliteLog log(scratch_.path(), "paris");
    const CommitReading last = read_commit(records_.back());
    CommitHeader header = last.view.header;
    header.first = header.last().next();
    header.kind = CommitKind::plain;
    header.previous = last.view.hash;
    const auto next = commit_of(header);
    if (!log.lead() || !log.append(next) || !log.stop()) return Verdict::detected;
    SqliteLog again(scratch_.path(), "paris");
    Records found;
    const auto read = again.read({0}, [&](const Record& record) {
        found.emplace_back(record.bytes.begin(), record.bytes.end());
        return true;
    });
    if (!read) return Verdict::detected;
    Records wanted = records_;
    wanted.push_back(next);
    return found == wanted ? Verdict::harmless : Verdict::silent;
}

}  // namespace ferry::test
