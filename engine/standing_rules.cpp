#include "engine/standing_rules.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

std::string broken_rule(const Standing& member, v1::State pool) {
    if (!member.present) return {};
    const v1::State state = member.lifecycle;
    const bool user = member.kind == v1::KIND_USER;
    if (pool == v1::STATE_RETIRED) {
        const bool moved = user ? state >= v1::STATE_PRODUCTION : state == v1::STATE_RETIRED;
        if (!moved || member.moving)
            return fmt::format("a retired pool has no member in {}", word(state));
    }
    if (member.exempt) return {};
    if (state == v1::STATE_COEXIST_TEST && pool == v1::STATE_LEGACY)
        return "coexist-test needs a pool beyond legacy";
    if (state == v1::STATE_PILOT && pool != v1::STATE_PILOT && pool != v1::STATE_PRODUCTION)
        return "pilot needs its pool in pilot or production";
    if (state == v1::STATE_PRODUCTION && pool < v1::STATE_PRODUCTION)
        return "production needs its pool in production or retired";
    if (user && state == v1::STATE_RETIRED && pool != v1::STATE_RETIRED)
        return "a retired user needs a retired pool";
    return {};
}

bool stands(const Standing& member, v1::State pool) { return broken_rule(member, pool).empty(); }

}  // namespace ferry
