#include "cli/import/drift.hpp"

#include <string_view>

namespace ferry::intake {
namespace {

/// Collects the differences of one entity.
struct Comparison {
    const Registration& entity;
    std::vector<Drift> drifts = {};

    void compare(DriftField field, std::string_view known, std::string_view found) {
        if (known == found) return;
        drifts.push_back({entity.kind, entity.name, field, std::string(known), std::string(found),
                          entity.place});
    }
};

std::string_view side(bool new_side) { return new_side ? "new" : "legacy"; }

std::string_view truth(std::optional<bool> value) {
    if (!value) return "unknown";
    return *value ? "true" : "false";
}

}  // namespace

std::vector<Drift> drift_of(const Registration& found, const KnownPool& known) {
    Comparison comparison{found};
    comparison.compare(DriftField::site, known.site, found.site);
    if (!found.successor.empty())
        comparison.compare(DriftField::successor, known.successor, found.successor);
    return std::move(comparison.drifts);
}

std::vector<Drift> drift_of(const Registration& found, const KnownMember& known) {
    Comparison comparison{found};
    if (known.withdrawn) {
        comparison.compare(DriftField::presence, "withdrawn", "present");
        return std::move(comparison.drifts);
    }
    comparison.compare(DriftField::site, known.site, found.site);
    comparison.compare(DriftField::pool, known.pool, found.pool);
    comparison.compare(DriftField::side, side(known.on_new_side), side(found.found_on_new_side));
    if (found.kind == Kind::application)
        comparison.compare(DriftField::application_class, known.application_class,
                           found.application_class);
    if (found.enabled)
        comparison.compare(DriftField::enabled, truth(known.enabled), truth(found.enabled));
    return std::move(comparison.drifts);
}

std::string_view name_of(DriftField field) {
    switch (field) {
        case DriftField::pool: return "pool";
        case DriftField::successor: return "successor";
        case DriftField::side: return "side";
        case DriftField::enabled: return "enabled";
        case DriftField::application_class: return "class";
        case DriftField::site: return "site";
        case DriftField::presence: return "presence";
    }
    return "unknown";
}

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::pool: return "pool";
        case Kind::user: return "user";
        case Kind::application: return "application";
    }
    return "unknown";
}

}  // namespace ferry::intake
