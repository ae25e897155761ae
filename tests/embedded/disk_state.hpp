#pragma once
/// What a disk holds of a file, beside what the operating system would give who reads it.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ferry::test {

constexpr std::int64_t cache_page_bytes = 4096;
constexpr std::int64_t sector_bytes = 512;
using CachePage = std::array<char, cache_page_bytes>;

/// One file's bytes, whatever it is called.
struct DiskFile {
    std::vector<char> stored;                                 ///< certain
    std::map<std::int64_t, std::vector<CachePage>> unsynced;  ///< states of a page since the sync
    std::vector<std::int64_t> sizes;                          ///< and of the size

    void store_all();
    /// Some of the pages; all are taken for clean.
    void store_some(std::mt19937_64& random);
    /// What is there after a power cut.
    std::vector<char> after_power_cut(std::mt19937_64& random) const;

private:
    void store(std::int64_t page, const CachePage& content);
};

/// A name in the directory: a file made or removed is so for certain only after the directory was
/// synced.
struct DiskName {
    std::shared_ptr<DiskFile> stored;
    std::shared_ptr<DiskFile> now;
};
using DiskNames = std::map<std::string, DiskName>;

void store_names(DiskNames& names);

/// Writes each file as it is after a power cut, and forgets what was not stored.
void put_after_power_cut(DiskNames& names, std::mt19937_64& random);

}  // namespace ferry::test
