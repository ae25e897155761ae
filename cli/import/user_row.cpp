#include "cli/import/user_row.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/import/name.hpp"

namespace ferry::intake {
namespace {

/// What both shapes of file come down to.
struct Values {
    std::string_view address, enabled, home, registrar_pool;
    std::string_view target_server, target_registrar;
    std::string_view moving_server_name;  ///< what the file calls `target_server`
};

struct Spots {
    Spot address, pool;
};

std::expected<std::optional<bool>, std::string> read_enabled(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (equal_without_case(text, "true")) return true;
    if (equal_without_case(text, "false")) return false;
    return std::unexpected(fmt::format("Enabled is \"{}\", neither True nor False", text));
}

std::string read_moving(const Values& values) {
    if (!values.target_server.empty()) return fmt::format("{} is set", values.moving_server_name);
    if (!values.target_registrar.empty()) return "TargetRegistrarPool is set";
    return {};
}

UserRead build(const Values& values, const Spots& spots, HomeCache& homes) {
    auto address = address_name(values.address);
    if (!address)
        return std::unexpected(Flaw{spots.address, address.error().what, address.error().remedy});
    const auto enabled = read_enabled(values.enabled);
    if (!enabled)
        return std::unexpected(
            Flaw{spots.address, enabled.error(), "correct the row or leave the value empty"});
    const auto& home = homes.read(values.home);
    if (!home)
        return std::unexpected(
            Flaw{spots.pool, home.error(), "correct the row or export it again"});
    UserRow row;
    row.place.spot = spots.address;
    row.pool_spot = spots.pool;
    row.address = std::move(*address);
    row.original = values.address;
    row.enabled = *enabled;
    row.home = *home;
    row.registrar_pool = lower_case(values.registrar_pool);
    row.moving = read_moving(values);
    return row;
}

/// A name that was written in an encoding without its letters holds `?`, or U+FFFD.
bool has_lost_letters(std::string_view name) {
    return name.find('?') != name.npos || name.find("\xEF\xBF\xBD") != name.npos;
}

std::string_view text_of(const Record& record, UserColumns::Column column) {
    return column ? record.fields[*column].text : std::string_view();
}

Spot spot_of_column(const Record& record, UserColumns::Column column) {
    return spot_of(record, column.value_or(0));
}

constexpr std::array<std::string_view, 5> ldif_used = {
    "msRTCSIP-PrimaryUserAddress", "msRTCSIP-UserEnabled", "msRTCSIP-PrimaryHomeServer",
    "msRTCSIP-TargetHomeServer", "displayName"};

/// Values such as a GUID may be any bytes; those that are read as text may not.
const Attribute* first_that_is_not_text(const LdifRecord& record) {
    for (const auto name : ldif_used) {
        const auto* found = record.find(name);
        if (found == nullptr) continue;
        const bool nul = found->value.find('\0') != found->value.npos;
        if (nul || stray_bytes(found->value) > 0) return found;
    }
    return nullptr;
}

}  // namespace

UserColumns user_columns(const Header& header) {
    const auto first = [&](std::string_view name, std::string_view other) {
        const auto found = header.find(name);
        return found ? found : header.find(other);
    };
    UserColumns columns;
    columns.address = first("sipaddress", "primaryuri");
    columns.enabled = header.find("enabled");
    columns.home = first("homeserver", "homeserverdn");
    columns.registrar_pool = header.find("registrarpool");
    columns.target_server = first("targetserverifmoving", "targetserverdnifmoving");
    columns.target_registrar = header.find("targetregistrarpool");
    for (const auto* name : {"displayname", "firstname", "lastname", "name"})
        if (const auto column = header.find(name)) columns.names.push_back(*column);
    return columns;
}

UserRead user_row(const Record& record, const UserColumns& columns, HomeCache& homes) {
    const Values values{.address = text_of(record, columns.address),
                        .enabled = text_of(record, columns.enabled),
                        .home = text_of(record, columns.home),
                        .registrar_pool = text_of(record, columns.registrar_pool),
                        .target_server = text_of(record, columns.target_server),
                        .target_registrar = text_of(record, columns.target_registrar),
                        .moving_server_name = "TargetServerIfMoving"};
    const auto pool =
        values.registrar_pool.empty() && columns.home ? columns.home : columns.registrar_pool;
    const Spots spots{spot_of_column(record, columns.address), spot_of_column(record, pool)};
    auto row = build(values, spots, homes);
    if (!row) return row;
    for (const auto column : columns.names)
        row->lost_accents = row->lost_accents || has_lost_letters(record.fields[column].text);
    return row;
}

std::optional<UserRead> user_row(const LdifRecord& record, HomeCache& homes) {
    const Spot start{record.line, 1};
    const auto value = [&](std::string_view name) {
        const auto* found = record.find(name);
        return found == nullptr ? std::string_view() : found->value;
    };
    const auto spot = [&](std::string_view name) {
        const auto* found = record.find(name);
        return found == nullptr ? start : found->spot;
    };
    const auto change = value("changetype");
    if (!change.empty() && !equal_without_case(change, "add"))
        return std::unexpected(Flaw{spot("changetype"), fmt::format("the record is a {}", change),
                                    "give an export of the users, not a list of changes"});
    if (const auto* bad = first_that_is_not_text(record))
        return std::unexpected(Flaw{bad->spot,
                                    fmt::format("{} holds bytes that are not text", bad->name),
                                    "correct the value in the directory and export again"});
    const Values values{.address = value("msRTCSIP-PrimaryUserAddress"),
                        .enabled = value("msRTCSIP-UserEnabled"),
                        .home = value("msRTCSIP-PrimaryHomeServer"),
                        .registrar_pool = {},
                        .target_server = value("msRTCSIP-TargetHomeServer"),
                        .target_registrar = {},
                        .moving_server_name = "msRTCSIP-TargetHomeServer"};
    if (values.address.empty() && values.enabled.empty() && values.home.empty())
        return std::nullopt;
    const Spots spots{spot("msRTCSIP-PrimaryUserAddress"), spot("msRTCSIP-PrimaryHomeServer")};
    auto row = build(values, spots, homes);
    if (row) row->lost_accents = has_lost_letters(value("displayName"));
    return row;
}

}  // namespace ferry::intake
