#pragma once
/// `--log URL`: which kind of log, and where.
#include "events/log.hpp"

#include <filesystem>

namespace ferry {

enum class LogKind { sqlite, memory };

struct LogUrl {
    LogKind kind = LogKind::sqlite;
    std::filesystem::path directory;  ///< of `sqlite:`
};

/// Errc::configuration where the URL is none that this build knows.
Result<LogUrl> parse_log_url(std::string_view text);

/// The sites that have a log there, sorted by name.
Result<std::vector<std::string>> sites_at(const LogUrl& url);

/// The log of one site; nothing is created before the first append.
std::unique_ptr<Log> open_log(const LogUrl& url, const std::string& site,
                              const std::string& command);

}  // namespace ferry
