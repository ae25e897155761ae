#pragma once
/// What a home server value says about the pool that serves a user. DNs are read by libldap.
#include <expected>
#include <string>
#include <string_view>

namespace ferry::intake {

struct HomeServer {
    enum class Form {
        none,     ///< empty: no pool
        pool,     ///< names a pool, as legacy home servers do
        cluster,  ///< `site:cluster`, such as 1:1: the new side, and no pool is named
    };
    Form form = Form::none;
    std::string name;  ///< lower case: the pool's name, often the short one, or `site:cluster`
};

/// Reads a distinguished name such as `CN=LC Services,CN=Microsoft,CN=OCS01,CN=Pools,…`, or a bare
/// host name. Where it is neither, the error says why.
std::expected<HomeServer, std::string> home_server(std::string_view value);

}  // namespace ferry::intake
