#include "projections/ownership.hpp"

#include "engine/home_evidence.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <map>

namespace ferry {

namespace {

std::string entity_of(const v1::CarriedState& state) {
    return fmt::format("{}:{}", word(state.kind()), state.name());
}

class Comparison {
public:
    explicit Comparison(std::span<const SiteHomes> sites) : sites_(sites) {
        for (const SiteHomes& site : sites)
            for (const HomeChange& change : site.changes) {
                places_[transfer_name(site.site, change.position)] = &change;
                if (change.event.has_release_declined()) note_declined(site, change);
                if (change.event.has_site_taken_over()) note_taken(site, change);
            }
    }

    Ownership run() {
        for (const SiteHomes& site : sites_)
            for (const HomeChange& change : site.changes)
                if (change.event.has_accepted()) compare(site, change);
        return std::move(found_);
    }

private:
    void find(const SiteHomes& site, const HomeChange& at, std::string what) {
        found_.findings.push_back({site.site, at.position, std::move(what)});
    }

    const SiteHomes* read(const std::string& name) const {
        for (const SiteHomes& site : sites_)
            if (site.site == name) return &site;
        return nullptr;
    }

    void note_declined(const SiteHomes& site, const HomeChange& change) {
        const auto& body = change.event.release_declined();
        declined_[transfer_name(body.from_site(), {body.release_position()})] = {&site, &change};
    }

    void note_taken(const SiteHomes& site, const HomeChange& change) {
        const auto& body = change.event.site_taken_over();
        const auto before = taken_.emplace(body.site(), Taking{site.site, {body.position()}});
        if (!before.second)
            find(site, change,
                 fmt::format("two owners: site {} was taken over by {} and by {}", body.site(),
                             before.first->second.taker, site.site));
        const SiteHomes* lost = read(body.site());
        if (lost && lost->read_to.value > body.position())
            found_.orphaned.push_back(
                {body.site(), {body.position() + 1}, lost->read_to, site.site});
    }

    /// Written by a lost site after what is known of it: kept, and part of nothing.
    bool is_orphaned(const std::string& site, Position position) const {
        const auto taken = taken_.find(site);
        return taken != taken_.end() && position > taken->second.known;
    }

    void compare(const SiteHomes& site, const HomeChange& change) {
        // What it says it accepted has gone on elsewhere.
        if (is_orphaned(site.site, change.position)) return;
        const v1::Accepted& body = change.event.accepted();
        const std::string entity = entity_of(body.state());
        const std::string transfer = transfer_name(body.from_site(), {body.release_position()});
        // Of a site that was taken over every entity has the same place.
        const std::string once = body.taken_over() ? transfer + " " + entity : transfer;
        const auto [first, fresh] =
            accepted_.emplace(once, transfer_name(site.site, change.position));
        if (!fresh)
            find(site, change,
                 fmt::format("two owners: {} was accepted at {} and at {}:{}", entity,
                             first->second, site.site, change.position.value));
        if (!read(body.from_site()) || body.taken_over()) return;
        const auto place = places_.find(transfer);
        if (place == places_.end() || !place->second->event.has_released())
            return find(site, change,
                        fmt::format("{} was accepted, and no release of it stands at {}", entity,
                                    transfer));
        if (is_orphaned(body.from_site(), {body.release_position()}))
            find(
                site, change,
                fmt::format("two owners: {} was accepted from {}, which site {} wrote after it was "
                            "taken over",
                            entity, transfer, body.from_site()));
        compare_release(site, change, *place->second, transfer);
    }

    void compare_release(const SiteHomes& site, const HomeChange& change,
                         const HomeChange& released, const std::string& transfer) {
        ++found_.compared;
        const v1::Accepted& body = change.event.accepted();
        const v1::Released& release = released.event.released();
        const std::string entity = entity_of(body.state());
        if (text_of(released.commit) != body.release_hash())
            find(site, change,
                 fmt::format("{} was accepted from another history of site {}: the commit at {} "
                             "is not the one it names",
                             entity, body.from_site(), transfer));
        if (entity_of(release.state()) != entity)
            find(site, change,
                 fmt::format("{} was accepted, and {} released {}", entity, transfer,
                             entity_of(release.state())));
        const bool taken_back = !body.declined_by().empty();
        if (!taken_back && release.to_site() != site.site)
            find(site, change,
                 fmt::format("{} was accepted here, and {} released it to site {}", entity,
                             transfer, release.to_site()));
        if (taken_back && read(body.declined_by()) && !declined_.contains(transfer) &&
            !taken_.contains(body.declined_by()))
            find(site, change,
                 fmt::format("{} was taken back, and site {} never declined it", entity,
                             body.declined_by()));
    }

    std::span<const SiteHomes> sites_;
    Ownership found_;
    std::map<std::string, const HomeChange*> places_;
    std::map<std::string, std::pair<const SiteHomes*, const HomeChange*>> declined_;
    struct Taking {
        std::string taker;
        Position known;
    };
    std::map<std::string, Taking> taken_;          ///< by lost site
    std::map<std::string, std::string> accepted_;  ///< transfer → where
};

}  // namespace

Ownership compare_ownership(std::span<const SiteHomes> sites) { return Comparison(sites).run(); }

}  // namespace ferry
