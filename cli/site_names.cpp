#include "cli/site_names.hpp"

#include "cli/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

using Names = Result<std::vector<std::string>>;

Result<SiteNames> names_at(const Session& session, const std::string& only,
                           Names (*all)(const LogUrl&)) {
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return std::unexpected(url.error());
    auto names = all(*url);
    if (!names) return std::unexpected(names.error());
    if (names->empty()) return std::unexpected(no_log_at(session));
    if (only.empty()) return SiteNames{*url, std::move(*names)};
    if (std::find(names->begin(), names->end(), only) == names->end())
        return fail(Errc::bad_input, fmt::format("there is no site `{}` at {}; known are: {}", only,
                                                 session.log_url, fmt::join(*names, ", ")));
    return SiteNames{*url, {only}};
}

}  // namespace

Result<SiteNames> log_names(const Session& session, const std::string& only) {
    return names_at(session, only, logs_at);
}

Result<SiteNames> site_names(const Session& session, const std::string& only) {
    return names_at(session, only, sites_at);
}

}  // namespace ferry
