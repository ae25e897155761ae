#pragma once
/// A log's life on a disk that loses power: written, failed, started again, until the power is cut
/// and it is read back. Everything follows from the seed.
#include "tests/embedded/power_disk.hpp"

#include <cstdint>
#include <string>

namespace ferry::test {

struct Life {
    std::string violation;  ///< empty where what was acknowledged is there, and nothing half
    std::uint64_t acknowledged = 0;
    std::uint64_t changes = 0;   ///< calls that the disk saw
    bool failed_before = false;  ///< a sync or a write failed before the power was cut
};

/// `planted` has the errors that are to be found; what goes wrong besides is the seed's.
Life live(std::uint64_t seed, const DiskPlan& planted = {});

}  // namespace ferry::test
