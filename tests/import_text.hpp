#pragma once
/// Small exports for the tests of the import, written as text.
#include <string>
#include <string_view>

#include "cli/import/resolution.hpp"

namespace ferry::intake {

inline constexpr std::string_view pools_text =
    "\"PoolFQDN\",\"Site\",\"SuccessorPoolFqdn\"\r\n"
    "\"ocs01.contoso.com\",\"paris\",\"lync01.contoso.com\"\r\n"
    "\"ocs02.contoso.com\",\"lyon\",\"lync02.contoso.com\"\r\n";

inline constexpr std::string_view users_header =
    "\"SipAddress\",\"Enabled\",\"HomeServer\",\"RegistrarPool\",\"TargetRegistrarPool\","
    "\"DisplayName\"\r\n";

/// The distinguished name of a home server whose pool, or `site:cluster`, is `name`.
inline std::string home_dn(std::string_view name) {
    return "CN=LC Services,CN=Microsoft,CN=" + std::string(name) +
           ",CN=Pools,CN=RTC Service,CN=Microsoft,CN=System,DC=contoso,DC=com";
}

/// One row under `users_header`.
inline std::string user_line(std::string_view address, std::string_view home,
                             std::string_view registrar = "", std::string_view enabled = "True",
                             std::string_view target = "", std::string_view name = "A") {
    const auto quoted = [](std::string_view text) {
        return text.empty() ? std::string() : '"' + std::string(text) + '"';
    };
    return quoted(address) + ',' + quoted(enabled) + ',' + quoted(home) + ',' + quoted(registrar) +
           ',' + quoted(target) + ',' + quoted(name) + "\r\n";
}

inline Reading read(std::string_view text, std::string file = "users.csv") {
    auto reading = read_export(std::move(file), std::string(text));
    return reading ? std::move(*reading) : Reading{};
}

/// The pools above and these users, resolved against what is known.
inline Resolution resolve_users(std::string_view lines, const Known& known = {},
                                const Mapping& mapping = {}, std::string_view pools = pools_text) {
    const Reading files[] = {read(pools, "pools.csv"),
                             read(std::string(users_header) + std::string(lines))};
    return resolve(files, known, mapping);
}

}  // namespace ferry::intake
