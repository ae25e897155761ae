#include "engine/pack.hpp"

#include <algorithm>

namespace ferry {

namespace {

const std::vector<std::string> coexistence{"services-started", "site-administrable",
                                           "clients-reach-current-users",
                                           "clients-reach-legacy-users"};

std::vector<std::string> with(std::vector<std::string> checks, std::vector<std::string> more) {
    checks.insert(checks.end(), more.begin(), more.end());
    return checks;
}

/// Who can sign in where: the interoperability tables of the Lync Server 2013 and 2010 libraries.
std::vector<ClientRule> client_table() {
    const std::string back = "communicator-2007-r2";
    const std::string forward = "lync-2013";
    const std::string presence_only = "instant messages and presence only, no conferencing";
    return {
        {"lync-2013", false, true, "", back, ""},
        {"lync-2010", false, true, "", back, ""},
        {"lync-2010-attendee", false, false, "", back, forward},
        {"communicator-2007-r2", true, true, presence_only, "", ""},
        {"communicator-2007", true, false, "", "", forward},
        {"live-meeting-2007", true, false, "", "", forward},
        {"attendant-2007-r2", true, false, "", "", forward},
    };
}

Pack build() {
    Pack pack;
    pack.name = "side-by-side";
    pack.coexistence_checks = coexistence;
    pack.required = {
        {v1::KIND_POOL, v1::ACTION_START_PILOT, coexistence},
        {v1::KIND_POOL, v1::ACTION_PROMOTE,
         with(coexistence, {"legacy-operational", "successor-operational", "features-verified"})},
        {v1::KIND_APPLICATION, v1::ACTION_PROMOTE, {std::string(compatibility_check)}},
    };
    pack.clients = client_table();
    return pack;
}

/// Product families whose every release is newer than the legacy system of this pack.
constexpr std::string_view newer_families[] = {"lync-20", "skype-for-business", "teams"};

}  // namespace

const Pack& side_by_side() {
    static const Pack pack = build();
    return pack;
}

std::span<const std::string> Pack::checks_for(v1::Kind kind, v1::Action action) const {
    for (const RequiredChecks& row : required)
        if (row.kind == kind && row.action == action) return row.checks;
    return {};
}

bool Pack::is_newer(std::string_view client) const {
    return std::any_of(std::begin(newer_families), std::end(newer_families),
                       [&](std::string_view family) { return client.starts_with(family); });
}

const ClientRule* Pack::rule_of(std::string_view client) const {
    for (const ClientRule& rule : clients)
        if (rule.client == client) return &rule;
    return nullptr;
}

}  // namespace ferry
