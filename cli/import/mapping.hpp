#pragma once
/// What a person adds where an export cannot tell which legacy pool is meant: `--map FROM=POOL`.
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "events/error.hpp"

namespace ferry::intake {

/// FROM is a user's address, an application's name, the name of a pool as the export spells it, or
/// the `site:cluster` of a home server; POOL is the legacy pool. Both are kept in lower case.
class Mapping {
public:
    /// Reads options of the form `FROM=POOL`. Another form, or two pools for one FROM, is usage.
    static Result<Mapping> read(std::span<const std::string> options);

    /// The legacy pool for that name, or nothing.
    std::string_view find(std::string_view from) const;

private:
    std::map<std::string, std::string, std::less<>> pools_;
};

}  // namespace ferry::intake
