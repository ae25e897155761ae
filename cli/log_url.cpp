#include "cli/log_url.hpp"

#include "events/memory_log.hpp"
#include "events/sqlite_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

Result<LogUrl> parse_log_url(std::string_view text) {
    if (text == "memory:") return LogUrl{LogKind::memory, {}};
    constexpr std::string_view scheme = "sqlite:";
    if (text.starts_with(scheme) && text.size() > scheme.size())
        return LogUrl{LogKind::sqlite, std::filesystem::path(text.substr(scheme.size()))};
    return fail(Errc::configuration,
                fmt::format("`{}` is not a log this build knows; give sqlite:DIRECTORY (or memory: "
                            "to try something out) with --log or in FERRY_LOG",
                            text));
}

Result<std::vector<std::string>> sites_at(const LogUrl& url) {
    std::vector<std::string> sites;
    if (url.kind == LogKind::memory) return sites;
    std::error_code error;
    if (!std::filesystem::exists(url.directory, error) && !error) return sites;
    for (const auto& entry : std::filesystem::directory_iterator(url.directory, error)) {
        const std::string stem = entry.path().stem().string();
        // Tails that a repair set aside are named with a dot inside, which no site's name has.
        if (entry.path().extension() == ".db" && is_site_name(stem)) sites.push_back(stem);
    }
    if (error)
        return fail(Errc::io, fmt::format("{} cannot be listed: {}", url.directory.string(),
                                          error.message()));
    std::sort(sites.begin(), sites.end());
    return sites;
}

std::unique_ptr<Log> open_log(const LogUrl& url, const std::string& site,
                              const std::string& command) {
    if (url.kind == LogKind::memory)
        return std::make_unique<MemoryLog>(std::make_shared<MemoryStore>(), site);
    SqliteOptions options;
    options.command = command;
    return std::make_unique<SqliteLog>(url.directory, site, options);
}

}  // namespace ferry
