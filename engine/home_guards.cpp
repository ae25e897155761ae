#include "engine/home_guards.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

std::string where_it_went(const Fleet& fleet, EntityNumber number) {
    const auto release = fleet.releases.find(static_cast<std::uint32_t>(number.value));
    if (release == fleet.releases.end())
        return fmt::format("{} belongs to another site; `ferry show {}` names it", fleet.id(number),
                           fleet.id(number));
    const ReleaseState& went = release->second;
    return fmt::format("{} was released to site {} at {}:{} and is not this site's any more; ask "
                       "there, or where it has not been accepted yet finish the release with "
                       "`ferry release {} --to {}`",
                       fleet.id(number), went.to_site, fleet.site, went.position.value,
                       fleet.id(number), went.to_site);
}

}  // namespace

std::optional<std::string> owned_here(const GuardContext& at) {
    if (at.entity().away) return where_it_went(at.fleet, at.number);
    // What a member may do rests on its pool, and that one is decided elsewhere now.
    const bool rests_on_pool =
        (at.action >= v1::ACTION_REGISTER && at.action <= v1::ACTION_WITHDRAW) ||
        at.action == v1::ACTION_CORRECT;
    if (rests_on_pool && at.fleet.at(at.pool()).away) return where_it_went(at.fleet, at.pool());
    return {};
}

}  // namespace ferry
