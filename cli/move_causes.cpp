#include "cli/move_causes.hpp"

#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/printable.hpp"
#include "events/short_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t said_bytes_max = 800;

// What each tool says is documented with the tool: Microsoft's support article on
// SetMoveResourceData, and the pages of Move-CsUser, Move-CsConferenceDirectory,
// Move-CsRgsConfiguration, Import-CsLegacyConfiguration and Invoke-CsUcsRollback.
constexpr MoveCause causes[] = {
    {"replicator-not-done", "is not provisioned", "the user replicator has not done this user yet",
     "wait for event 30024 of the user replicator, which polls every 60 seconds", true},
    {"data-migration-started", "data migration might have already started",
     "the conference directory has begun to move",
     "try again; do not use -Force, which loses the dial-in codes of existing meetings", true},
    {"shared-sip-space-off", "error=(510)", "the two deployments share no SIP address space",
     "enable shared SIP address space, then try again", false},
    {"wmi-not-reachable", "cannot access wmi settings",
     "the SQL Server 2005 native client is missing where the command runs",
     "install the SQL Server 2005 native client there", false},
    {"legacy-configuration-missing", "import-cslegacyconfiguration",
     "the legacy configuration was not imported, or changed since",
     "run Import-CsLegacyConfiguration again, then move", false},
    {"unified-contact-store", "unified contact store", "the contacts are in Exchange",
     "set -UcsAllowed $False, run Invoke-CsUcsRollback, then move", false},
    {"edge-space-in-name", "leading or trailing", "the name begins or ends with a space",
     "correct the display name in the directory", false},
    {"no-certificate", "does not have any assigned certificates",
     "the machine has no certificate for this", "assign a certificate, then try again", false},
    {"backend-store", "backend store", "the back-end database did not take part",
     "look at the back-end database; -IgnoreBackendStoreException loses what it holds", true},
    {"no-permission", "access is denied", "the account may not do this",
     "open a new shell with the right group membership", false},
    {"no-permission", "insufficient access rights", "the account may not do this",
     "open a new shell with the right group membership", false},
    {"not-reachable", "could not connect", "a server could not be reached",
     "look at the network between here and the pools", true},
    {"not-reachable", "rpc server is unavailable", "a server could not be reached",
     "look at the network between here and the pools", true},
    {"timed-out", "timed out", "no answer came in time", "look whether the pool is overloaded",
     true},
};

std::string readable(std::string_view text) {
    auto decoded = intake::decode(std::string(text));
    if (!decoded) return "";
    std::ranges::replace(decoded->utf8, intake::not_text, '?');
    return printable(decoded->utf8);
}

}  // namespace

std::span<const MoveCause> known_causes() { return causes; }

const MoveCause* known_cause(std::string_view text) {
    const std::string lower = intake::lower_case(text);
    for (const MoveCause& cause : causes)
        if (lower.find(cause.says) != std::string::npos) return &cause;
    return nullptr;
}

std::string cause_text(std::string_view text) {
    const MoveCause* cause = known_cause(text);
    std::string said = shortened(readable(text), said_bytes_max);
    if (!cause) return said;
    return fmt::format("{}: {} ({}); {}", cause->name, said, cause->meaning, cause->remedy);
}

}  // namespace ferry
