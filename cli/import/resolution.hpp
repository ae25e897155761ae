#pragma once
/// What an import amounts to: the rows of all its files against what Ferry knows. Pure.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/finding.hpp"
#include "cli/import/known.hpp"
#include "cli/import/mapping.hpp"
#include "cli/import/reading.hpp"

namespace ferry::intake {

/// One entity to be registered. Fields that its kind does not have are empty.
struct Registration {
    Kind kind = Kind::user;
    std::string name;  ///< bare: without the kind
    std::string site;
    std::string pool;
    std::string successor;
    std::string application_class;
    bool found_on_new_side = false;
    std::optional<bool> enabled;
    Place place;
};

enum class DriftField { pool, successor, side, enabled, application_class, site, presence };

/// A difference between what Ferry knows of an entity and what an export shows. Sides are
/// `legacy` and `new`, enabled is `true`, `false` or `unknown`.
struct Drift {
    Kind kind = Kind::user;
    std::string name;
    DriftField field = DriftField::pool;
    std::string known;
    std::string found;
    Place place;
};

struct Resolution {
    std::vector<Registration> registrations;  ///< pools, then users, then applications
    std::vector<Drift> drifts;
    std::vector<Finding> rejects;     ///< of this half; `Reading::rejects` come before them
    std::vector<Finding> ambiguous;   ///< not imported until a mapping says which pool
    std::vector<Finding> moving;      ///< not imported until the move has settled
    std::vector<Finding> unassigned;  ///< users without any pool: not part of the migration
    std::vector<Finding> warnings;
    std::size_t unchanged = 0;  ///< entities that Ferry knows just so
};

/// `pool`, `successor`, `side`, `enabled`, `class`, `site` or `presence`.
std::string_view name_of(DriftField field);

/// Resolves all files of one import together, in the order given.
Resolution resolve(std::span<const Reading> files, const Known& known, const Mapping& mapping);

}  // namespace ferry::intake
