#include "cli/import/dn.hpp"

#include <ldap.h>

#include <memory>
#include <optional>
#include <utility>

#include "cli/import/letter_case.hpp"

namespace ferry::intake {
namespace {

using Dn = std::unique_ptr<LDAPRDN, decltype(&ldap_dnfree)>;

std::string_view value_of(LDAPRDN rdn) {
    if (rdn == nullptr || rdn[0] == nullptr || rdn[0]->la_value.bv_val == nullptr) return {};
    return {rdn[0]->la_value.bv_val, rdn[0]->la_value.bv_len};
}

/// The value right below `CN=Pools`; a DN lists the lowest first.
std::optional<std::string> below_pools(LDAPDN dn) {
    std::string_view below;
    for (auto rdn = dn; rdn != nullptr && *rdn != nullptr; ++rdn) {
        const auto value = value_of(*rdn);
        if (equal_without_case(value, "Pools") && !below.empty()) return lower_case(below);
        below = value;
    }
    return std::nullopt;
}

}  // namespace

std::expected<HomeServer, std::string> home_server(std::string_view value) {
    using enum HomeServer::Form;
    if (value.empty()) return HomeServer{};
    if (value.find('=') == value.npos) return HomeServer{pool, lower_case(value)};
    LDAPDN parsed = nullptr;
    berval text{value.size(), const_cast<char*>(value.data())};  // only read, in spite of its type
    if (ldap_bv2dn(&text, &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return std::unexpected("the home server is not a distinguished name");
    const Dn dn(parsed, &ldap_dnfree);
    auto name = below_pools(dn.get());
    if (!name) return std::unexpected("the home server's distinguished name has no CN=Pools");
    // No host name holds a colon, so the form of the name tells the sides apart.
    const auto form = name->find(':') == name->npos ? pool : cluster;
    return HomeServer{form, std::move(*name)};
}

}  // namespace ferry::intake
