// Who could not talk to whom while some users are on either side: because a client cannot sign in
// where its user is, or because nobody has shown that the two sides of a pool reach each other.
#include "engine/words.hpp"
#include "projections/what_if.hpp"

#include <fmt/format.h>

#include <map>

namespace ferry {

namespace {

/// A user all of whose clients are of the other side.
std::optional<Apart> without_client(const Fleet& fleet, const Pack& pack, EntityNumber number) {
    const auto clients = fleet.clients.find(static_cast<std::uint32_t>(number.value));
    const Entity& user = fleet.at(number);
    if (user.kind != v1::KIND_USER || clients == fleet.clients.end()) return std::nullopt;
    std::string names;
    for (const ClientState& seen : clients->second) {
        const std::string client(fleet.texts.text(seen.client));
        const ClientRule* rule = pack.rule_of(client);
        if (!rule || (user.on_new_side ? rule->on_successor : rule->on_legacy)) return std::nullopt;
        names += fmt::format("{}{}", names.empty() ? "" : ", ", client);
    }
    if (names.empty()) return std::nullopt;
    return Apart{std::string(fleet.id(number)),
                 fmt::format("could talk to nobody: {} cannot sign in to the {} side", names,
                             user.on_new_side ? "new" : "legacy")};
}

struct Sides {
    std::size_t users = 0;
    std::size_t legacy = 0;
    std::size_t successor = 0;
};

/// Who changes sides counts on both: they are on the one while others are on the other.
std::map<std::uint32_t, Sides> sides_of_pools(const Fleet& before, const Fleet& fleet) {
    std::map<std::uint32_t, Sides> pools;
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& user = fleet.at({number});
        if (user.kind != v1::KIND_USER || !user.present()) continue;
        Sides& sides = pools[user.pool];
        ++sides.users;
        const bool was_new =
            before.knows({number}) ? before.at({number}).on_new_side : user.on_new_side;
        if (user.on_new_side || was_new) ++sides.successor;
        if (!user.on_new_side || !was_new) ++sides.legacy;
    }
    return pools;
}

}  // namespace

std::vector<Apart> who_is_apart(const Fleet& before, const Fleet& fleet, const Pack& pack,
                                std::span<const EntityNumber> scope) {
    std::vector<Apart> apart;
    std::map<std::uint32_t, bool> touched;
    for (const EntityNumber number : scope) {
        if (!fleet.knows(number) || !fleet.at(number).is_member()) continue;
        touched[fleet.at(number).pool] = true;
        if (auto one = without_client(fleet, pack, number)) apart.push_back(std::move(*one));
    }
    for (const auto& [pool, sides] : sides_of_pools(before, fleet)) {
        // One user alone is never on both sides at once.
        const bool split = sides.users > 1 && sides.legacy > 0 && sides.successor > 0;
        if (!touched.contains(pool) || !split) continue;
        std::string missing;
        for (const std::string& check : pack.coexistence_checks)
            if (!passes(fleet, pack, {pool}, check))
                missing += fmt::format("{}{}", missing.empty() ? "" : ", ", check);
        if (missing.empty()) continue;
        apart.push_back(
            {std::string(fleet.id({pool})),
             fmt::format("meanwhile up to {} of its users are on the new side and up to "
                         "{} on the legacy side: nobody has shown that they reach each "
                         "other, not passed: {}",
                         sides.successor, sides.legacy, missing)});
    }
    return apart;
}

}  // namespace ferry
