#include "tests/standing_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ferry::test {

namespace {

using Broken = std::vector<std::string>;

void check_member(const Fleet& fleet, EntityNumber number, Broken& broken) {
    const Entity& member = fleet.at(number);
    const v1::State pool = fleet.at({member.pool}).lifecycle;
    const v1::State state = member.lifecycle;
    const auto rule = [&](bool holds, std::string_view text) {
        if (!holds) broken.push_back(fmt::format("{}: {}", fleet.id(number), text));
    };
    if (!member.present() || member.exempt) return;
    if (state == v1::STATE_COEXIST_TEST)
        rule(pool != v1::STATE_LEGACY, "coexist-test, but its pool is legacy");
    if (state == v1::STATE_PILOT)
        rule(pool == v1::STATE_PILOT || pool == v1::STATE_PRODUCTION,
             "pilot, but its pool is neither in pilot nor in production");
    if (state == v1::STATE_PRODUCTION)
        rule(pool == v1::STATE_PRODUCTION || pool == v1::STATE_RETIRED,
             "production, but its pool is neither in production nor retired");
    if (state == v1::STATE_RETIRED && member.kind == v1::KIND_USER)
        rule(pool == v1::STATE_RETIRED, "retired, but its pool is not");
    if (pool != v1::STATE_RETIRED) return;
    const bool moved = state == v1::STATE_RETIRED ||
                       (state == v1::STATE_PRODUCTION && member.kind == v1::KIND_USER);
    rule(moved, "its pool is retired, but it has not moved");
    rule(member.transfer != v1::STATE_MOVING, "its pool is retired, but its move is in flight");
}

/// Home follows the lifecycle: the successor from pilot on.
void check_home(const Fleet& fleet, EntityNumber number, Broken& broken) {
    const Entity& member = fleet.at(number);
    const bool moved = member.lifecycle >= v1::STATE_PILOT;
    if (member.on_new_side != moved)
        broken.push_back(fmt::format("{}: its home and its lifecycle disagree", fleet.id(number)));
}

void check_counts(const Fleet& fleet, Broken& broken) {
    std::map<std::uint32_t, PoolCounts> counted;
    for (std::uint64_t number = 1; number <= fleet.size(); ++number)
        if (const Entity& entity = fleet.at({number}); entity.is_member() && entity.present())
            counted[entity.pool].add(entity, 1);
    for (std::uint32_t pool = 1; pool <= fleet.size(); ++pool) {
        const PoolCounts& kept = fleet.members({pool});
        const PoolCounts& right = counted[pool];
        const bool same = std::equal(std::begin(kept.users), std::end(kept.users), right.users) &&
                          std::equal(std::begin(kept.applications), std::end(kept.applications),
                                     right.applications) &&
                          kept.moving == right.moving;
        if (!same) broken.push_back(fmt::format("{}: its counts are wrong", fleet.id({pool})));
    }
}

}  // namespace

std::vector<std::string> broken_rules(const Fleet& fleet) {
    Broken broken;
    for (std::uint64_t number = 1; number <= fleet.size(); ++number) {
        if (!fleet.at({number}).is_member()) continue;
        check_member(fleet, {number}, broken);
        check_home(fleet, {number}, broken);
    }
    check_counts(fleet, broken);
    return broken;
}

}  // namespace ferry::test
