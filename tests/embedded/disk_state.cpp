#include "tests/embedded/disk_state.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace ferry::test {

void DiskFile::store(std::int64_t page, const CachePage& content) {
    const auto begin = static_cast<std::size_t>(page * cache_page_bytes);
    if (begin >= stored.size()) return;
    std::memcpy(stored.data() + begin, content.data(),
                std::min(content.size(), stored.size() - begin));
}

void DiskFile::store_all() {
    if (!sizes.empty()) stored.resize(static_cast<std::size_t>(sizes.back()));
    for (const auto& [page, states] : unsynced) store(page, states.back());
    unsynced.clear();
    sizes.clear();
}

void DiskFile::store_some(std::mt19937_64& random) {
    if (!sizes.empty()) stored.resize(static_cast<std::size_t>(sizes.back()));
    for (const auto& [page, states] : unsynced)
        if (random() % 2 == 0) store(page, states.back());
    unsynced.clear();
    sizes.clear();
}

std::vector<char> DiskFile::after_power_cut(std::mt19937_64& random) const {
    DiskFile left{stored, {}, {}};
    if (!sizes.empty()) {
        const auto which = random() % (sizes.size() + 1);
        if (which < sizes.size()) left.stored.resize(static_cast<std::size_t>(sizes[which]));
    }
    // All kept, all dropped, whole pages, sectors, or all but a few sectors.
    const auto way = random() % 5;
    for (const auto& [page, states] : unsynced) {
        const auto begin = static_cast<std::size_t>(page * cache_page_bytes);
        const bool page_kept = way == 0 || (way == 2 && random() % 2 == 0);
        for (std::size_t at = 0; at < cache_page_bytes; at += sector_bytes) {
            std::optional<std::size_t> state;
            if (page_kept) state = states.size() - 1;
            if (way == 3) state = random() % (states.size() + 1);
            if (way == 4 && random() % 16 != 0) state = states.size() - 1;
            if (!state || *state == states.size() || begin + at >= left.stored.size()) continue;
            std::memcpy(left.stored.data() + begin + at, states[*state].data() + at,
                        std::min<std::size_t>(sector_bytes, left.stored.size() - begin - at));
        }
    }
    return left.stored;
}

void store_names(DiskNames& names) {
    for (auto& [path, name] : names) name.stored = name.now;
}

void put_after_power_cut(DiskNames& names, std::mt19937_64& random) {
    for (auto it = names.begin(); it != names.end();) {
        auto& [path, name] = *it;
        auto file = name.now == name.stored || random() % 2 == 0 ? name.now : name.stored;
        std::filesystem::remove(path);
        std::filesystem::remove(path + "-shm");
        if (!file) {
            it = names.erase(it);
            continue;
        }
        file->stored = file->after_power_cut(random);
        file->unsynced.clear();
        file->sizes.clear();
        name = {file, file};
        std::ofstream(path, std::ios::binary)
            .write(file->stored.data(), static_cast<std::streamsize>(file->stored.size()));
        ++it;
    }
}

}  // namespace ferry::test
