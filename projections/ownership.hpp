#pragma once
/// Compares what sites' logs say about entities whose home moved: each acceptance with the release
/// that it names, and each entity with the sites that would both go on with it. What a verification
/// of one log cannot see. Pure.
#include "projections/verification.hpp"

#include <span>
#include <string>
#include <vector>

namespace ferry {

struct SiteHomes {
    std::string site;
    Position read_to;
    std::vector<HomeChange> changes;
};

struct OwnershipFinding {
    std::string site;
    Position position;
    std::string what;
};

struct Ownership {
    std::uint64_t compared = 0;  ///< acceptances whose release was read
    std::vector<OwnershipFinding> findings;
    /// What a lost site wrote after it was taken over: kept, and no part of anything.
    struct Orphaned {
        std::string site;
        Position from, to;
        std::string taker;
    };
    std::vector<Orphaned> orphaned;
};

/// Sites whose log is not among these are not compared with.
Ownership compare_ownership(std::span<const SiteHomes> sites);

}  // namespace ferry
