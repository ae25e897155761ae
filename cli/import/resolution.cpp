#include "cli/import/resolution.hpp"

#include <fmt/format.h>

#include <iterator>
#include <unordered_map>
#include <utility>

#include "cli/import/drift.hpp"
#include "cli/import/placement.hpp"
#include "cli/import/pool_book.hpp"

namespace ferry::intake {
namespace {

/// One import at work: every row is looked at once, in the order pools, users, applications.
class Resolver {
public:
    Resolver(const Known& known, const Mapping& mapping) : known_(known), mapping_(mapping) {
        for (const auto& pool : known.pools) {
            known_pools_.emplace(pool.name, &pool);
            book_.add(pool.name, pool.site, pool.successor);
        }
    }

    void add_successors_of(const Reading& file) {
        for (const auto& row : file.pools)
            if (!row.successor.empty()) replaced_.emplace(row.successor, row.name);
        for (const auto& pool : known_.pools)
            if (!pool.successor.empty()) replaced_.emplace(pool.successor, pool.name);
    }

    void add_pool(const PoolRow& row) {
        if (is_duplicate(row.name, row.place)) return;
        const auto replaced = replaced_.find(row.name);
        if (replaced != replaced_.end() && row.successor.empty()) {
            result.warnings.push_back(
                {row.place,
                 fmt::format("{} is the successor of {}, so it is not registered as a "
                             "legacy pool",
                             row.name, replaced->second),
                 ""});
            return;
        }
        book_.add(row.name, row.site, row.successor);
        Registration found{.kind = Kind::pool,
                           .name = row.name,
                           .site = row.site,
                           .pool = {},
                           .successor = row.successor,
                           .application_class = {},
                           .found_on_new_side = false,
                           .enabled = {},
                           .place = row.place};
        const auto known = known_pools_.find(row.name);
        if (known == known_pools_.end()) result.registrations.push_back(std::move(found));
        else note(drift_of(found, *known->second));
    }

    void add_user(const UserRow& row) {
        if (is_duplicate(row.address, row.place)) return;
        if (!row.moving.empty()) {
            result.moving.push_back({row.place,
                                     fmt::format("{} is being moved: {}", row.address, row.moving),
                                     "import it again when the move has settled"});
            return;
        }
        if (row.unassigned()) {
            result.unassigned.push_back({row.place, fmt::format("{} has no pool", row.address),
                                         "assign one if it is to migrate"});
            return;
        }
        const auto known = known_member(Kind::user, row.address);
        const Whereabouts whereabouts{row.address, row.registrar_pool, &row.home};
        const auto placed = find_place(whereabouts, known, {row.place.file, row.pool_spot});
        if (!placed) return;
        settle({.kind = Kind::user,
                .name = row.address,
                .site = placed->pool->site,
                .pool = placed->pool->name,
                .successor = {},
                .application_class = {},
                .found_on_new_side = placed->on_new_side,
                .enabled = row.enabled,
                .place = row.place},
               known);
    }

    void add_application(const ApplicationRow& row) {
        if (is_duplicate(row.name, row.place)) return;
        const auto known = known_member(Kind::application, row.name);
        const Place at_pool{row.place.file, row.pool_spot};
        const auto placed = find_place({row.name, row.pool, nullptr}, known, at_pool);
        if (!placed) return;
        if (!row.site.empty() && row.site != placed->pool->site) {
            result.rejects.push_back(
                {at_pool,
                 fmt::format("the application is of site {}, its pool {} of site {}", row.site,
                             placed->pool->name, placed->pool->site),
                 "correct the site or the pool"});
            return;
        }
        settle({.kind = Kind::application,
                .name = row.name,
                .site = placed->pool->site,
                .pool = placed->pool->name,
                .successor = {},
                .application_class = row.application_class,
                .found_on_new_side = placed->on_new_side,
                .enabled = {},
                .place = row.place},
               known);
    }

    /// Names may repeat between kinds, not within one.
    void start_kind(std::size_t rows) {
        seen_.clear();
        seen_.reserve(rows);
    }

    Resolution result;

private:
    bool is_duplicate(std::string_view name, const Place& place) {
        const auto [entry, added] = seen_.try_emplace(name, &place);
        if (added) return false;
        result.rejects.push_back(
            {place,
             fmt::format("{} is a duplicate of the one at {}", name, to_text(*entry->second)),
             "keep one of the two"});
        return true;
    }

    std::optional<KnownMember> known_member(Kind kind, std::string_view name) const {
        return known_.member ? known_.member(kind, name) : std::nullopt;
    }

    std::optional<Placed> find_place(const Whereabouts& whereabouts,
                                     const std::optional<KnownMember>& known, Place place) {
        auto placement = ferry::intake::place(whereabouts, book_, mapping_, known);
        if (const auto* placed = std::get_if<Placed>(&placement)) return *placed;
        auto& why = std::get<Misplaced>(placement);
        auto& list = why.mapping_helps ? result.ambiguous : result.rejects;
        list.push_back({std::move(place), fmt::format("{}: {}", whereabouts.member, why.what),
                        std::move(why.remedy)});
        return std::nullopt;
    }

    void settle(Registration found, const std::optional<KnownMember>& known) {
        if (known) note(drift_of(found, *known));
        else result.registrations.push_back(std::move(found));
    }

    void note(std::vector<Drift> drifts) {
        if (drifts.empty()) ++result.unchanged;
        result.drifts.insert(result.drifts.end(), std::make_move_iterator(drifts.begin()),
                             std::make_move_iterator(drifts.end()));
    }

    const Known& known_;
    const Mapping& mapping_;
    PoolBook book_;
    std::unordered_map<std::string_view, const KnownPool*> known_pools_;
    std::unordered_map<std::string_view, std::string_view> replaced_;
    std::unordered_map<std::string_view, const Place*> seen_;
};

}  // namespace

Resolution resolve(std::span<const Reading> files, const Known& known, const Mapping& mapping) {
    Resolver resolver(known, mapping);
    for (const auto& file : files) resolver.add_successors_of(file);
    for (const auto& file : files)
        for (const auto& row : file.pools) resolver.add_pool(row);
    std::size_t users = 0;
    for (const auto& file : files) users += file.users.size();
    resolver.start_kind(users);
    for (const auto& file : files)
        for (const auto& row : file.users) resolver.add_user(row);
    resolver.start_kind(0);
    for (const auto& file : files)
        for (const auto& row : file.applications) resolver.add_application(row);
    return std::move(resolver.result);
}

}  // namespace ferry::intake
