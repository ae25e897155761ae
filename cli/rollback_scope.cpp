#include "cli/rollback_scope.hpp"

#include "cli/selection.hpp"

namespace ferry {

Result<std::map<Site*, std::vector<EntityNumber>>> rollback_scope(
    Sites& sites, const std::vector<std::string>& selectors) {
    std::map<Site*, std::vector<EntityNumber>> scopes;
    if (selectors.empty()) {
        for (Site& site : sites.all()) {
            // What a lost site had goes on elsewhere, and is rolled back there.
            if (sites.is_lost(site.name)) continue;
            for (std::size_t number = 1; number <= site.replica.fleet.size(); ++number)
                if (site.replica.fleet.at({number}).kind != v1::KIND_WAVE)
                    scopes[&site].push_back({number});
        }
        return scopes;
    }
    SelectionOptions options;
    options.selectors = selectors;
    options.with_withdrawn = true;
    const auto places = select_entities(sites, options);
    if (!places) return std::unexpected(places.error());
    for (const Sites::Place& place : *places) scopes[place.site].push_back(place.number);
    return scopes;
}

}  // namespace ferry
