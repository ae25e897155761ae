#include "engine/pack.hpp"

#include "engine/fleet.hpp"
#include "engine/pack_toml.hpp"
#include "events/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace ferry {

Pack::Pack() = default;
Pack::Pack(const Pack&) = default;
Pack::Pack(Pack&&) noexcept = default;
Pack& Pack::operator=(const Pack&) = default;
Pack& Pack::operator=(Pack&&) noexcept = default;
Pack::~Pack() = default;

const Pack& side_by_side() {
    static const Pack pack = [] {
        PackReading reading = read_pack(built_in_packs().front().toml);
        FERRY_ASSERT(reading.pack, "the default pack cannot be read");
        return std::move(*reading.pack);
    }();
    return pack;
}

std::span<const std::string> Pack::checks_for(v1::Kind kind, v1::Action action) const {
    for (const RequiredChecks& row : required) {
        const bool of_any = row.application_class.empty() && !row.of_pool && row.from == 0;
        if (row.kind == kind && row.action == action && of_any) return row.checks;
    }
    return {};
}

bool Pack::is_newer(std::string_view client) const {
    return std::any_of(newer_families.begin(), newer_families.end(),
                       [&](const std::string& family) { return client.starts_with(family); });
}

const ClientRule* Pack::rule_of(std::string_view client) const {
    for (const ClientRule& rule : clients)
        if (rule.client == client) return &rule;
    return nullptr;
}

const CheckRule* Pack::check_rule(std::string_view check) const {
    for (const CheckRule& rule : checks)
        if (rule.check == check) return &rule;
    return nullptr;
}

const Role* Pack::role(std::string_view wanted) const {
    for (const Role& each : roles)
        if (each.name == wanted) return &each;
    return nullptr;
}

const Pack& pack_in_force(const Fleet& fleet, const Pack& otherwise) {
    return fleet.packs.empty() ? otherwise : fleet.packs.back()->pack;
}

Position pack_before(const Fleet& fleet, Position position) {
    for (const auto& adopted : std::views::reverse(fleet.packs))
        if (adopted->position < position) return adopted->position;
    return {};
}

void adopt_pack(Fleet& fleet, Position position, const std::string& toml) {
    PackReading reading = read_pack(toml);
    fleet.pack = position;
    if (reading.pack) {
        fleet.packs.push_back(std::make_shared<const AdoptedPack>(
            AdoptedPack{position, toml, std::move(*reading.pack)}));
        return;
    }
    if (!fleet.unknown) fleet.unknown = {position, "a pack with rules it does not know"};
}

}  // namespace ferry
