#include "tests/faulty_vfs.hpp"

#include <sqlite3.h>

#include <new>
#include <utility>

namespace ferry::test {

namespace {

struct Plan {
    DiskCall call = DiskCall::write;
    int left = 0;  ///< calls until the one that fails; 0 = none does
    bool for_good = false;
    bool failed = false;
};

Plan plan;

bool fails(DiskCall call) {
    if (plan.left == 0 || plan.call != call) return false;
    if (plan.left > 1) {
        --plan.left;
        return false;
    }
    if (!plan.for_good) plan.left = 0;
    return plan.failed = true;
}

/// Ours in front, the system's own file behind it in the same memory.
struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

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

int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 at) {
    if (fails(DiskCall::write)) return SQLITE_IOERR_WRITE;
    return real(file)->pMethods->xWrite(real(file), data, amount, at);
}

int sync(sqlite3_file* file, int flags) {
    if (fails(DiskCall::sync)) return SQLITE_IOERR_FSYNC;
    return real(file)->pMethods->xSync(real(file), flags);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (fails(DiskCall::truncate)) return SQLITE_IOERR_TRUNCATE;
    return real(file)->pMethods->xTruncate(real(file), size);
}

const sqlite3_io_methods methods = {
    2,
    Pass<&sqlite3_io_methods::xClose>::on,
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

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* opened) {
    auto* system = static_cast<sqlite3_vfs*>(vfs->pAppData);
    file->pMethods = nullptr;
    const int result = system->xOpen(system, name, real(file), flags, opened);
    if (result == SQLITE_OK) file->pMethods = &methods;
    return result;
}

}  // namespace

std::string faulty_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
        made.pAppData = sqlite3_vfs_find(nullptr);
        made.szOsFile += static_cast<int>(sizeof(File));
        made.zName = "ferry-faulty";
        made.pNext = nullptr;
        made.xOpen = open;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : "";
}

void fail_call(DiskCall call, int n, bool for_good) { plan = {call, n, for_good, false}; }

bool heal_disk() { return std::exchange(plan, Plan{}).failed; }

}  // namespace ferry::test
