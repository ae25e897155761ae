// Somebody or something damages the files of a log: it is found, or lies outside committed data.
#include "tests/embedded/counts.hpp"
#include "tests/embedded/victim.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

namespace ferry::test {

namespace {

constexpr std::size_t database_bytes = 65'536;
constexpr std::size_t page_bytes = 4096;

struct Tally {
    std::uint64_t tried = 0, detected = 0, harmless = 0, silent = 0;
    std::string first_silent;

    void count(Verdict verdict, const std::string& what) {
        ++tried;
        detected += verdict == Verdict::detected;
        harmless += verdict == Verdict::harmless;
        silent += verdict == Verdict::silent;
        if (verdict == Verdict::silent && first_silent.empty()) first_silent = what;
    }
    std::string text() const {
        return fmt::format("{} tried, {} detected, {} outside committed data, {} silent", tried,
                           detected, harmless, silent);
    }
};

void check_none_silent(const Tally& tally) {
    CHECK_MESSAGE(tally.silent == 0, tally.first_silent);
    CHECK(tally.detected > 0);
}

/// Flips every `step`-th bit of a file, and every one of its first bytes.
Tally flip_bits(const Victim& victim, std::string_view suffix, std::size_t bytes, std::size_t step,
                std::size_t all_of_first_bytes) {
    Tally tally;
    std::uint64_t harmless = 0;
    for (std::size_t bit = 0; bit < bytes * 8; bit += bit < all_of_first_bytes * 8 ? 1 : step) {
        victim.flip(suffix, bit);
        Verdict verdict = victim.judge();
        const bool write_on = verdict == Verdict::harmless && ++harmless % 64 == 0;
        if (write_on) verdict = victim.judge_after_an_append();
        tally.count(verdict, fmt::format("bit {} of .{} is flipped", bit, suffix));
        // Reading may have made files, and writing on changes them all.
        if (write_on || !victim.whole().wal.empty()) victim.put(victim.whole());
        else victim.flip(suffix, bit);
    }
    return tally;
}

Copy with_database(const Copy& copy, std::string database) {
    return {std::move(database), copy.wal, copy.head};
}

}  // namespace

TEST_CASE("damage: flipped bits of a database are found or lie outside committed data") {
    const Victim victim(database_bytes, 0);
    REQUIRE(victim.whole().database.size() >= database_bytes);
    REQUIRE(victim.judge() == Verdict::harmless);
    const Tally tally =
        flip_bits(victim, "db", victim.whole().database.size(), many(67, 1), many(512, 1));
    check_none_silent(tally);
    REQUIRE(victim.judge() == Verdict::harmless);
    figures(fmt::format("{} bytes: {}", victim.whole().database.size(), tally.text()));
}

TEST_CASE("damage: flipped bits of a write-ahead log are found or lie outside committed data") {
    const Victim victim(16'384, 8);
    REQUIRE(victim.whole().wal.size() > 2 * page_bytes);
    REQUIRE(victim.judge() == Verdict::harmless);
    const Tally tally = flip_bits(victim, "db-wal", victim.whole().wal.size(), many(67, 3), 32);
    check_none_silent(tally);
    figures(fmt::format("{} bytes: {}", victim.whole().wal.size(), tally.text()));
}

TEST_CASE("damage: flipped bits of the head file lose nothing") {
    const Victim victim(16'384, 0);
    Tally tally;
    for (std::size_t bit = 0; bit < victim.whole().head.size() * 8; ++bit) {
        victim.flip("head", bit);
        tally.count(victim.judge(), fmt::format("bit {} of .head is flipped", bit));
        victim.flip("head", bit);
    }
    CHECK(tally.silent == 0);
    CHECK(tally.detected == 0);
    figures(tally.text());
}

TEST_CASE("damage: zeroed sectors and swapped pages are found or lie outside committed data") {
    const Victim victim(database_bytes, 0);
    const std::string& database = victim.whole().database;
    Tally tally;
    for (std::size_t at = 0; at < database.size(); at += 512) {
        std::string damaged = database;
        damaged.replace(at, 512, 512, '\0');
        victim.put(with_database(victim.whole(), damaged));
        tally.count(victim.judge(), fmt::format("sector at {} is zeroed", at));
    }
    const std::size_t pages = database.size() / page_bytes;
    for (std::size_t a = 0; a < pages; ++a)
        for (std::size_t b = a + 1; b < pages; ++b) {
            std::string damaged = database;
            damaged.replace(a * page_bytes, page_bytes, database, b * page_bytes, page_bytes);
            damaged.replace(b * page_bytes, page_bytes, database, a * page_bytes, page_bytes);
            victim.put(with_database(victim.whole(), damaged));
            tally.count(victim.judge(), fmt::format("pages {} and {} are swapped", a, b));
        }
    check_none_silent(tally);
    figures(tally.text());
}

TEST_CASE("damage: a database cut short, or without its write-ahead log, is found") {
    Tally tally;
    {
        const Victim victim(database_bytes, 0);
        const std::string& database = victim.whole().database;
        for (std::size_t size = 0; size < database.size(); size += 512) {
            victim.put(with_database(victim.whole(), database.substr(0, size)));
            tally.count(victim.judge(), fmt::format("the database is cut to {} bytes", size));
        }
    }
    const Victim victim(16'384, 8);
    const std::string& wal = victim.whole().wal;
    for (std::size_t size = 0; size < wal.size(); size += 512) {
        victim.put({victim.whole().database, wal.substr(0, size), victim.whole().head});
        tally.count(victim.judge(), fmt::format("the write-ahead log is cut to {} bytes", size));
        if (size == 0) CHECK(victim.said().find("end-missing") != std::string::npos);
    }
    check_none_silent(tally);
    figures(tally.text());
}

TEST_CASE("damage: an old copy of the database is found, of the directory by a checkpoint") {
    const Victim victim(database_bytes, 0);
    const Copy& earlier = victim.earlier();
    const Copy& whole = victim.whole();
    REQUIRE(earlier.database != whole.database);
    Tally tally;
    victim.put({earlier.database, whole.wal, whole.head});
    tally.count(victim.judge(), "an old database beside the new head file");
    CHECK(victim.said().find("end-missing") != std::string::npos);
    victim.put({earlier.database, earlier.wal, earlier.head});
    // Nothing in the directory can tell; verify says that it cannot.
    CHECK(victim.said().find("not proved elsewhere") != std::string::npos);
    tally.count(victim.judge({victim.checkpoint()}), "an old directory against a checkpoint");
    CHECK(victim.said({victim.checkpoint()}).find("end-missing") != std::string::npos);
    victim.put(whole);
    CHECK(victim.said({victim.checkpoint()}).find("not proved elsewhere") == std::string::npos);
    CHECK(tally.detected == tally.tried);
    figures(tally.text() + "; without a checkpoint verify says `not proved elsewhere`");
}

}  // namespace ferry::test
