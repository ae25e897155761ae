#include "tests/embedded/power_disk.hpp"

#include "tests/embedded/disk_state.hpp"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <utility>

namespace ferry::test {

namespace {

struct Disk {
    DiskPlan plan;
    std::mt19937_64 random;
    DiskNames names;
    std::uint64_t changes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t writes = 0;
    bool cut = false;
    bool failed = false;
};

Disk disk;

enum class Part { database, journal, wal };

/// Ours in front, the system's own file behind it in the same memory.
struct File {
    sqlite3_file base;
    Part part;
    bool directory_to_sync;  ///< its name may be new: SQLite syncs the directory with the file
    std::shared_ptr<DiskFile> state;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& ours(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file).real(); }

/// Counts a change; false where there is no power for it any more.
bool changes() {
    if (disk.cut) return false;
    ++disk.changes;
    disk.cut = disk.changes == disk.plan.power_cut_at;
    return true;
}

bool fails(std::uint64_t& count, std::uint64_t failing) {
    ++count;
    const bool now =
        failing != 0 && (count == failing || (disk.plan.failing_for_good && count > failing));
    disk.failed |= now;
    return now;
}

/// Passes a method of the file on. `Method` is a member of sqlite3_io_methods.
template <auto Method>
struct Pass;
template <class Answer, class... Arguments,
          Answer (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct Pass<Method> {
    static Answer on(sqlite3_file* file, Arguments... arguments) {
        return (real(file)->pMethods->*Method)(real(file), arguments...);
    }
};

CachePage read_page(sqlite3_file* file, std::int64_t page) {
    CachePage content{};
    real(file)->pMethods->xRead(real(file), content.data(), static_cast<int>(content.size()),
                                page * cache_page_bytes);
    return content;
}

bool is_there(sqlite3_file* file, const void* data, int amount, sqlite3_int64 at) {
    std::vector<char> found(static_cast<std::size_t>(amount));
    return real(file)->pMethods->xRead(real(file), found.data(), amount, at) == SQLITE_OK &&
           std::memcmp(found.data(), data, found.size()) == 0;
}

int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 at) {
    if (!changes()) return SQLITE_IOERR_WRITE;
    DiskFile& state = *ours(file).state;
    const bool failing = fails(disk.writes, disk.plan.failing_write);
    if (failing) amount /= 2;
    if (disk.plan.skips_writes_of_what_is_there && is_there(file, data, amount, at))
        return SQLITE_OK;
    if (amount > 0) {
        const int written = real(file)->pMethods->xWrite(real(file), data, amount, at);
        if (written != SQLITE_OK) return written;
        for (std::int64_t page = at / cache_page_bytes; page * cache_page_bytes < at + amount;
             ++page)
            state.unsynced[page].push_back(read_page(file, page));
        sqlite3_int64 size = 0;
        real(file)->pMethods->xFileSize(real(file), &size);
        state.sizes.push_back(size);
    }
    if (failing) return SQLITE_FULL;
    return disk.cut ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
    if (!changes()) return SQLITE_IOERR_FSYNC;
    const Part part = ours(file).part;
    if (disk.plan.skips_syncs_of_database && part == Part::database) return SQLITE_OK;
    if (disk.plan.skips_syncs_of_wal && part == Part::wal) return SQLITE_OK;
    if (disk.cut) return SQLITE_IOERR_FSYNC;
    if (fails(disk.syncs, disk.plan.failing_sync)) {
        ours(file).state->store_some(disk.random);
        return SQLITE_IOERR_FSYNC;
    }
    ours(file).state->store_all();
    if (std::exchange(ours(file).directory_to_sync, false)) store_names(disk.names);
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (!changes()) return SQLITE_IOERR_TRUNCATE;
    const int result = real(file)->pMethods->xTruncate(real(file), size);
    DiskFile& state = *ours(file).state;
    state.sizes.push_back(size);
    // What stood behind the end is gone for who reads; the disk may still hold it.
    for (auto& [page, states] : state.unsynced)
        if (page * cache_page_bytes >= size) states.push_back({});
    return disk.cut ? SQLITE_IOERR_TRUNCATE : result;
}

int close(sqlite3_file* file) {
    const int result = real(file)->pMethods->xClose(real(file));
    ours(file).state.~shared_ptr();
    return result;
}

const sqlite3_io_methods methods = {
    2,
    close,
    Pass<&sqlite3_io_methods::xRead>::on,
    write,
    truncate,
    sync,
    Pass<&sqlite3_io_methods::xFileSize>::on,
    Pass<&sqlite3_io_methods::xLock>::on,
    Pass<&sqlite3_io_methods::xUnlock>::on,
    Pass<&sqlite3_io_methods::xCheckReservedLock>::on,
    Pass<&sqlite3_io_methods::xFileControl>::on,
    Pass<&sqlite3_io_methods::xSectorSize>::on,
    Pass<&sqlite3_io_methods::xDeviceCharacteristics>::on,
    Pass<&sqlite3_io_methods::xShmMap>::on,
    Pass<&sqlite3_io_methods::xShmLock>::on,
    Pass<&sqlite3_io_methods::xShmBarrier>::on,
    Pass<&sqlite3_io_methods::xShmUnmap>::on,
    nullptr,
    nullptr,
};

sqlite3_vfs* system_of(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

/// SQLite's own answer would leave out files of no bytes.
bool exists(const char* name) { return std::filesystem::exists(name); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* opened) {
    file->pMethods = nullptr;
    const bool makes = name && (flags & SQLITE_OPEN_CREATE) && !exists(name);
    if (makes && (!changes() || disk.cut)) return SQLITE_CANTOPEN;
    const int result = system_of(vfs)->xOpen(system_of(vfs), name, real(file), flags, opened);
    if (result != SQLITE_OK) return result;
    const Part part = flags & SQLITE_OPEN_WAL            ? Part::wal
                      : flags & SQLITE_OPEN_MAIN_JOURNAL ? Part::journal
                                                         : Part::database;
    auto& state = disk.names[name ? name : ""].now;
    if (makes || !state) state = std::make_shared<DiskFile>();
    File& mine = ours(file);
    mine.part = part;
    mine.directory_to_sync = part != Part::database && (flags & SQLITE_OPEN_CREATE);
    new (&mine.state) std::shared_ptr<DiskFile>(state);
    file->pMethods = &methods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    if (!exists(name)) return SQLITE_IOERR_DELETE_NOENT;
    if (!changes()) return SQLITE_IOERR_DELETE;
    const int result = system_of(vfs)->xDelete(system_of(vfs), name, 0);
    disk.names[name].now.reset();
    if (sync_directory && !disk.cut) store_names(disk.names);
    return disk.cut ? SQLITE_IOERR_DELETE : result;
}

}  // namespace

std::string power_disk() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
        made.pAppData = sqlite3_vfs_find(nullptr);
        made.szOsFile += static_cast<int>(sizeof(File));
        made.zName = "ferry-power";
        made.pNext = nullptr;
        made.xOpen = open;
        made.xDelete = remove;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : "";
}

void begin_disk(const DiskPlan& plan, std::uint64_t seed) {
    disk = {};
    disk.random.seed(seed);
    disk.plan = plan;
}

void plan_disk(const DiskPlan& plan) {
    disk.plan = plan;
    disk.failed = false;
}

std::uint64_t disk_changes() { return disk.changes; }
std::uint64_t disk_syncs() { return disk.syncs; }
bool power_is_cut() { return disk.cut; }
bool disk_has_failed() { return disk.failed; }

void power_up() {
    put_after_power_cut(disk.names, disk.random);
    disk.plan = {};
    disk.cut = false;
}

}  // namespace ferry::test
