#include "cli/import/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry::intake {
namespace {

std::string names_of(const PoolBook::Found& pools) {
    std::string names;
    for (const auto* pool : pools) names += (names.empty() ? "" : " and ") + pool->name;
    return names;
}

/// All that the steps below look at.
struct Case {
    const Whereabouts& member;
    const PoolBook& book;
    const Mapping& mapping;
    const std::optional<KnownMember>& known;

    bool home_is(HomeServer::Form form) const {
        return member.home != nullptr && member.home->form == form;
    }
    /// The pool that a mapping gives for `from`; null where there is none, or where its pool is not
    /// known (`unknown_target` then says which).
    const PoolEntry* mapped(std::string_view from, std::string& unknown_target) const {
        const auto target = mapping.find(from);
        if (target.empty()) return nullptr;
        const auto& pools = book.legacy(target);
        if (pools.size() != 1) unknown_target = target;
        return pools.size() == 1 ? pools.front() : nullptr;
    }
};

Placement unknown_pool(std::string_view name) {
    return Misplaced{false, fmt::format("the pool \"{}\" is not known", name),
                     "import the list of pools first or with it, or give --map " +
                         std::string(name) + "=LEGACYPOOL"};
}

Placement unknown_target(std::string_view name) {
    return Misplaced{false, fmt::format("--map names \"{}\", which is no single legacy pool", name),
                     "name a pool that Ferry knows or that is in this import"};
}

Placement ask_which(std::string what, std::string_view from) {
    return Misplaced{true, std::move(what), fmt::format("give --map {}=LEGACYPOOL", from)};
}

/// Several pools share the successor that was named: the home server or what Ferry knows may tell.
const PoolEntry* narrowed(const Case& one, const PoolBook::Found& pools) {
    const auto among = [&](const PoolEntry* pool) {
        return std::find(pools.begin(), pools.end(), pool) != pools.end();
    };
    if (one.home_is(HomeServer::Form::pool)) {
        const auto& home = one.book.legacy(one.member.home->name);
        if (home.size() == 1 && among(home.front())) return home.front();
    }
    if (!one.known || one.known->withdrawn) return nullptr;
    const auto* pool = one.book.find(one.known->pool);
    return pool != nullptr && among(pool) ? pool : nullptr;
}

Placement several_legacy(std::string_view name, const PoolBook::Found& pools) {
    return Misplaced{
        false,
        fmt::format("\"{}\" can mean {}: two pools share this short name", name, names_of(pools)),
        "give the pool's full name in RegistrarPool or --map ADDRESS=LEGACYPOOL"};
}

Placement place_by_name(const Case& one, std::string_view name) {
    std::string missing;
    const auto& legacy = one.book.legacy(name);
    const auto& replaced = one.book.replaced_by(name);
    if (legacy.size() == 1) return Placed{legacy.front(), false};
    const auto* mapped = one.mapped(name, missing);
    if (!missing.empty()) return unknown_target(missing);
    if (!legacy.empty()) {
        if (mapped != nullptr) return Placed{mapped, false};
        return several_legacy(name, legacy);
    }
    if (replaced.size() == 1) return Placed{replaced.front(), true};
    if (mapped != nullptr) {
        // A home server that names a pool is a legacy one, a registrar nobody registered is new.
        const bool legacy_form = one.member.registrar_pool.empty() && replaced.empty();
        return Placed{mapped, !legacy_form};
    }
    if (replaced.empty()) return unknown_pool(name);
    if (const auto* pool = narrowed(one, replaced)) return Placed{pool, true};
    return ask_which(
        fmt::format("moved to \"{}\", which is the successor of {}", name, names_of(replaced)),
        one.member.member);
}

Placement place_by_cluster(const Case& one) {
    const std::string_view cluster = one.member.home->name;
    std::string missing;
    const auto* mapped = one.mapped(cluster, missing);
    if (!missing.empty()) return unknown_target(missing);
    if (mapped != nullptr) return Placed{mapped, true};
    if (one.known && !one.known->withdrawn)
        if (const auto* pool = one.book.find(one.known->pool)) return Placed{pool, true};
    return ask_which(fmt::format("already on the new side, but the home server {} cannot tell from "
                                 "which pool",
                                 cluster),
                     one.member.member);
}

Placement contradiction(std::string_view registrar, std::string_view home) {
    return Misplaced{
        false,
        fmt::format("RegistrarPool says \"{}\" and the home server says \"{}\"", registrar, home),
        "export again once the move has settled, or give --map ADDRESS=LEGACYPOOL"};
}

/// A registrar that is a legacy pool and a home server that is another place exclude each other.
bool contradicts(const Case& one, const PoolEntry& legacy) {
    if (one.home_is(HomeServer::Form::cluster)) return true;
    if (!one.home_is(HomeServer::Form::pool)) return false;
    const auto& home = one.book.legacy(one.member.home->name);
    return !home.empty() && std::find(home.begin(), home.end(), &legacy) == home.end();
}

/// Which side the export shows, where a mapping by address has already said which pool.
bool shows_new_side(const Case& one) {
    const auto name = one.member.registrar_pool;
    if (name.empty() && one.home_is(HomeServer::Form::cluster)) return true;
    const auto looked_up = name.empty() ? std::string_view(one.member.home->name) : name;
    return one.book.legacy(looked_up).empty() &&
           (!name.empty() || !one.book.replaced_by(looked_up).empty());
}

}  // namespace

Placement place(const Whereabouts& whereabouts, const PoolBook& book, const Mapping& mapping,
                const std::optional<KnownMember>& known) {
    const Case one{whereabouts, book, mapping, known};
    std::string missing;
    if (const auto* mapped = one.mapped(whereabouts.member, missing))
        return Placed{mapped, shows_new_side(one)};
    if (!missing.empty()) return unknown_target(missing);
    if (!whereabouts.registrar_pool.empty()) {
        auto placement = place_by_name(one, whereabouts.registrar_pool);
        const auto* placed = std::get_if<Placed>(&placement);
        if (placed != nullptr && !placed->on_new_side && contradicts(one, *placed->pool))
            return contradiction(whereabouts.registrar_pool, whereabouts.home->name);
        return placement;
    }
    if (one.home_is(HomeServer::Form::cluster)) return place_by_cluster(one);
    return place_by_name(one, whereabouts.home->name);
}

}  // namespace ferry::intake
