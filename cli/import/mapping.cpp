#include "cli/import/mapping.hpp"

#include <fmt/format.h>

#include "cli/import/letter_case.hpp"
#include "cli/import/name.hpp"

namespace ferry::intake {

Result<Mapping> Mapping::read(std::span<const std::string> options) {
    Mapping mapping;
    for (const auto& option : options) {
        const auto equals = option.rfind('=');
        const auto from = lower_case(without_scheme(std::string_view(option).substr(0, equals)));
        const auto pool =
            equals == option.npos ? std::string() : lower_case(option.substr(equals + 1));
        if (from.empty() || pool.empty())
            return fail(Errc::usage,
                        fmt::format("--map {} is not of the form ADDRESS=LEGACYPOOL or "
                                    "NEWPOOL=LEGACYPOOL",
                                    option));
        const auto [entry, added] = mapping.pools_.try_emplace(from, pool);
        if (!added && entry->second != pool)
            return fail(Errc::usage,
                        fmt::format("--map names two pools for {}: {} and {}; give one", from,
                                    entry->second, pool));
    }
    return mapping;
}

std::string_view Mapping::find(std::string_view from) const {
    const auto found = pools_.find(from);
    return found == pools_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace ferry::intake
