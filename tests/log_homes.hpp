#pragma once
/// Where a log lives between restarts, for tests that hold on every kind of log.
#include "events/memory_log.hpp"
#include "events/sqlite_log.hpp"
#include "tests/log_sample.hpp"

#include <filesystem>
#include <memory>

namespace ferry::test {

struct MemoryHome {
    std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
    std::unique_ptr<Log> log() const { return std::make_unique<MemoryLog>(store, "paris"); }
    bool is_empty() const { return store->size() == 0; }
};

struct SqliteHome {
    ScratchDirectory scratch;
    SqliteOptions options;
    std::unique_ptr<Log> log() const {
        return std::make_unique<SqliteLog>(scratch.path(), "paris", options);
    }
    std::filesystem::path file() const { return site_file(scratch.path(), "paris", "db"); }
    bool is_empty() const { return !std::filesystem::exists(file()); }
};

}  // namespace ferry::test
