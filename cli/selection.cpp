#include "cli/selection.hpp"

#include "cli/entity_argument.hpp"
#include "cli/import/letter_case.hpp"
#include "engine/words.hpp"
#include "projections/selector.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace ferry {

namespace {

Narrowing narrowing_of(const SelectionOptions& options) {
    Narrowing narrowing;
    narrowing.kind = kind_of(options.kind);
    narrowing.lifecycle = lifecycle_of(options.state);
    narrowing.application_class = intake::lower_case(options.application_class);
    narrowing.pool = intake::lower_case(options.pool);
    narrowing.with_withdrawn = options.with_withdrawn;
    return narrowing;
}

/// Names what the selector is about, where that is unknown, with what was meant perhaps.
Result<void> check_names(Sites& sites, const std::string& selector) {
    if (selector.starts_with('@') || selector.ends_with('%')) return {};
    if (sites.find(entity_id(selector))) return {};
    constexpr std::string_view site_stream = "site:";
    const std::string name = selector.substr(0, selector.rfind('/'));
    if (name.starts_with(site_stream)) {
        if (name == selector || sites.named(name.substr(site_stream.size()))) return {};
        return fail(Errc::bad_input,
                    fmt::format("there is no {}; `ferry status` lists the sites", name));
    }
    const auto found = find_entity(sites, name);
    if (!found) return std::unexpected(found.error());
    return {};
}

Result<void> check_names(Sites& sites, const SelectionOptions& options) {
    if (!options.pool.empty())
        if (const auto pool = find_entity(sites, "pool:" + options.pool); !pool)
            return std::unexpected(pool.error());
    for (const std::string& selector : options.selectors)
        if (auto known = check_names(sites, selector); !known) return known;
    return {};
}

/// File names keep their case.
std::string normalised(const std::string& selector) {
    return selector.starts_with('@') ? selector : intake::lower_case(selector);
}

}  // namespace

void add_selection_options(Verb& verb, SelectionOptions& options) {
    verb.add_option("SELECTOR", options.selectors,
                    "An entity; pool:NAME/* (or /users, /applications); site:NAME/*; a share such "
                    "as pool:NAME/5%; @FILE with one id or address a line")
        .required();
    verb.add_option("--pool", options.pool,
                    "Members of this pool alone; where a bare share such as 5% is taken");
    verb.add_option("--kind", options.kind, "Entities of this kind alone")
        .one_of({"pool", "user", "application"});
    verb.add_option("--state", options.state, "Entities in this state alone")
        .one_of({"legacy", "coexist-test", "pilot", "production", "retired"});
    verb.add_option("--class", options.application_class, "Applications of this class alone");
}

Result<std::vector<Sites::Place>> select_entities(Sites& sites, const SelectionOptions& options) {
    std::vector<Site*> by_index;
    std::vector<const Fleet*> fleets;
    for (Site& site : sites.all()) {
        by_index.push_back(&site);
        fleets.push_back(&site.replica.fleet);
    }
    if (fleets.empty())
        return fail(Errc::bad_input, "nothing is registered here yet; begin with `ferry import`, "
                                     "or name the right logs with --log");
    if (auto known = check_names(sites, options); !known) return std::unexpected(known.error());
    const Narrowing narrowing = narrowing_of(options);
    std::vector<Sites::Place> places;
    // With one selector nothing comes twice, and a wave of a million needs no set.
    const bool may_repeat = options.selectors.size() > 1;
    std::vector<std::unordered_set<std::uint64_t>> seen(fleets.size());
    for (const std::string& selector : options.selectors) {
        const auto selected = select(fleets, normalised(selector), narrowing);
        if (!selected) return std::unexpected(selected.error());
        for (const Selected& each : *selected)
            if (!may_repeat || seen[each.site].insert(each.number.value).second)
                places.push_back({by_index[each.site], each.number});
    }
    return places;
}

}  // namespace ferry
